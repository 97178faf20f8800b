#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records what runtimes print when the programs beside this file crash: record.py FOLDER [LANGUAGE …].

Each program is built twice, the second time with comment lines put in (so that lines shift, above a function and inside
it), and crashes at two places in each of five functions, with other ids each time. One file per language is written:
a line `=== function site build`, then what the program printed. Languages whose tools are missing are left out and told.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
WHAT = ["order", "parse", "save", "runtime", "named"]
IDS = [["4711", "9f1c2f6e-1111-4222-8333-444455556666"], ["82", "alice"]]  # of the first build, of the second
NAMES = [["alice", "bob"], ["carol", "dave"]]

# (Mono's optimiser gives two throws of one function the line of the last one.)
# language: source, how to build it in a folder (or nothing), how to run it, more environment
LANGUAGES = {
    "node": ("app.js", None, ["node", "app.js"], {}),
    "python": ("app.py", None, ["/usr/bin/python3", "app.py"], {}),
    "go": ("app.go", ["go", "build", "-o", "app", "app.go"], ["./app"], {"GO111MODULE": "off", "GOFLAGS": ""}),
    "java": ("App.java", ["javac", "-g", "App.java"], ["java", "-cp", ".", "App"], {}),
    "rust": ("app.rs", ["rustc", "-g", "-o", "app", "app.rs"], ["./app"], {"RUST_BACKTRACE": "1"}),
    "rust-short": ("app.rs", ["rustc", "-g", "-o", "app", "app.rs"], ["./app"], {"RUST_BACKTRACE": "0"}),
    "ruby": ("app.rb", None, ["ruby", "app.rb"], {}),
    "php": ("app.php", None, ["php", "-d", "display_errors=stderr", "-d", "log_errors=0", "app.php"], {}),
    "csharp": ("App.cs", ["mcs", "-debug", "-out:App.exe", "App.cs"], ["mono", "--debug", "-O=-all", "App.exe"], {}),
}


def shifted(source, build):
    lines = []
    for number, line in enumerate(source.splitlines()):
        mark = line.strip()
        if mark in ("//SHIFT", "#SHIFT"):
            comment = mark[: -len("SHIFT")]
            lines += [line.replace(mark, f"{comment} line {number}.{i}") for i in range(build * (2 + number % 3))]
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def record(language, folder):
    name, build_command, run_command, more = LANGUAGES[language]
    environment = dict(os.environ, LC_ALL="C.UTF-8", **more)
    told = []
    # the same path both times, as in a container: only the lines differ
    place = pathlib.Path(tempfile.mkdtemp(prefix="traces")) / "srv"
    for build in (0, 1):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        (place / name).write_text(shifted((HERE / name).read_text(), build))
        if build_command:
            subprocess.run(build_command, cwd=place, env=environment, check=True, stdout=subprocess.DEVNULL)
        for what in WHAT:
            for site in "ab":
                for id in (NAMES if what == "named" else IDS)[build]:
                    done = subprocess.run(run_command + [what, site, id], cwd=place, env=environment, capture_output=True, text=True)
                    text = (done.stdout + done.stderr).replace(str(place.parent), "").replace(str(place), "/srv")
                    told.append(f"=== {what} {site} {build}\n{text}" + ("" if text.endswith("\n") else "\n"))
    shutil.rmtree(place.parent)
    (folder / f"{language}.txt").write_text("".join(told))
    return len(told)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for language in sys.argv[2:] or LANGUAGES:
        tools = [c[0] for c in LANGUAGES[language][1:3] if c and not c[0].startswith(".")]
        missing = [tool for tool in tools if not shutil.which(tool)]
        if missing:
            print(f"{language}: left out, {missing[0]} is missing")
        else:
            print(f"{language}: {record(language, folder)} crashes")


main()
