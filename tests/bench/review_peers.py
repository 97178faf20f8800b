#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPU until a pair of 100,000 lines with 2,000 edits is shown and nothing more is done, against kdiff3 and kompare in the same
run, interleaved, each under its own X server; JSON lines, medians and ratios.

  tests/bench/review_peers.py BUILD [RUNS] [--binary COPPICE] [--pictures DIR]

Counted is the whole process with its children, from its start until it is quiet: for two seconds less than a twentieth of a
core, the time that it waited for a core counted as if it had had it, so that a busy machine does not make a program look idle.
Then it is ended. A program that is not installed is left out and named. BUILD is configured with -DCOPPICE_BENCH=ON.
The library of ours holds the demo plugins and this one patch, whose risk flags were found when it was recorded. `small` is the same
with a pair of 200 lines: what it costs to be there at all; `the-pair` is what the large pair adds to that, in each program."""
import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

QUIET, SHARE, LONGEST = 2.0, 0.05, 180
TICK = os.sysconf("SC_CLK_TCK")


def tree(pid):
    """The process and all below it."""
    found, at = [pid], 0
    while at < len(found):
        try:
            for task in os.listdir(f"/proc/{found[at]}/task"):
                with open(f"/proc/{found[at]}/task/{task}/children") as file:
                    found += [int(child) for child in file.read().split()]
        except OSError:
            pass
        at += 1
    return found


def spent(pid):
    """CPU seconds of the tree, those of ended children too, and seconds that its threads waited for a core."""
    cpu = waited = 0.0
    for one in tree(pid):
        try:
            with open(f"/proc/{one}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            cpu += sum(int(fields[i]) for i in (11, 12, 13, 14)) / TICK
            for task in os.listdir(f"/proc/{one}/task"):
                with open(f"/proc/{one}/task/{task}/schedstat") as file:
                    waited += int(file.read().split()[1]) / 1e9
        except OSError:
            pass
    return cpu, waited


def peak(pid):
    most = 0
    for one in tree(pid):
        try:
            with open(f"/proc/{one}/status") as file:
                most += next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024
        except (OSError, StopIteration):
            pass
    return most


def measure(command, display, home, picture=None):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("QT_", "XDG_", "DBUS_"))}
    environment.update(DISPLAY=display, HOME=home, LC_ALL="C.UTF-8", QT_QPA_PLATFORM="xcb", DBUS_SESSION_BUS_ADDRESS="disabled:",
                       GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null")
    begin = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    seen = [(begin, 0.0, 0.0)]
    try:
        while True:
            time.sleep(0.1)
            if process.poll() is not None:
                sys.exit(f"{command[0]} ended by itself with {process.returncode}")
            now = time.monotonic()
            seen.append((now, *spent(process.pid)))
            before = next(one for one in reversed(seen) if now - one[0] >= QUIET) if now - begin >= QUIET else None
            if before and before[1] > 0.05 and (seen[-1][1] + seen[-1][2]) - (before[1] + before[2]) < SHARE * QUIET:
                if picture:
                    subprocess.run(["import", "-display", display, "-window", "root", picture], check=False)
                return {"cpu": before[1], "wall": before[0] - begin, "mb": peak(process.pid)}
            if now - begin > LONGEST:
                sys.exit(f"{command[0]} is not quiet after {LONGEST} s")
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("build")
    arguments.add_argument("runs", nargs="?", type=int, default=5)
    arguments.add_argument("--binary")
    arguments.add_argument("--pictures")
    given = arguments.parse_args()
    bin_dir = os.path.abspath(os.path.join(given.build, "bin"))
    if not shutil.which("Xvfb"):
        sys.exit("Xvfb is not installed: the programs need a screen to draw on")
    peers = [name for name in ("kdiff3", "kompare") if shutil.which(name)]
    for name in ("kdiff3", "kompare"):
        if name not in peers:
            print(json.dumps({"name": name, "left_out": "not installed"}), flush=True)
    with tempfile.TemporaryDirectory() as work:
        made = subprocess.run([os.path.join(bin_dir, "bench_review_window"), "pair", work], check=True, capture_output=True, text=True)
        paths = json.loads(made.stdout.strip().splitlines()[-1])
        number = next(n for n in range(90, 200) if not os.path.exists(f"/tmp/.X{n}-lock"))
        server = subprocess.Popen(["Xvfb", f":{number}", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(2)
            display = f":{number}"

            coppice = given.binary or os.path.join(bin_dir, "coppice")
            commands = {}
            for size in ("large", "small"):
                own = paths[size]
                commands["coppice", size] = [coppice, "--library", own["library"], "--screen", "review", "--theme", "light", "--renderer", "software"]
                for name in peers:
                    commands[name, size] = [name, own["before"], own["after"]]
            home = os.path.join(work, "home")
            for (name, size), command in commands.items():  # caches that a first start fills, and what is seen at the end
                measure(command, display, home, given.pictures and os.path.join(given.pictures, f"{name}-{size}.png"))
            costs = {key: [] for key in commands}
            for _ in range(given.runs):
                for key, command in commands.items():
                    costs[key].append(measure(command, display, home))
            middle = {key: {what: statistics.median(one[what] for one in all_) for what in ("cpu", "wall", "mb")} for key, all_ in costs.items()}

            def tell(name, cpu_of, more):
                line = {"name": name, "runs": given.runs}
                for program in ("coppice", *peers):
                    line[program + "_cpu_s"] = round(cpu_of(program), 2)
                for peer in peers:
                    line["times_less_than_" + peer] = round(cpu_of(peer) / max(0.01, cpu_of("coppice")), 2)
                print(json.dumps({**line, **more}), flush=True)

            for size in ("large", "small"):
                tell("until-quiet-" + size, lambda program, size=size: middle[program, size]["cpu"],
                     {program + "_" + what: round(middle[program, size][key], digits)
                      for program in ("coppice", *peers) for what, key, digits in (("wall_s", "wall", 2), ("peak_mb", "mb", None))})
            tell("the-pair", lambda program: middle[program, "large"]["cpu"] - middle[program, "small"]["cpu"], {})
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
