#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many of the dependencies that a made library plants does the graph find, and how many of what it finds are planted?

    graph_truth.py COPPICECTL [--plugins 100] [--seeds 1,2,3] [--library DIR]...

Makes a library for each seed (tests/support/make_synthetic.py), or takes those named (with truth.json beside mono.git), and
prints a JSON line each: plugins among each other, and plugins on packages, each with precision and recall. Exit 1 below 0.97."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

LEAST = 0.97
TYPES = {"node": "npm", "python": "pypi", "go": "golang", "rust": "cargo", "java": "maven"}


def graph_of(program, library):
    out = subprocess.run([program, "--json", "--library", library, "graph", "export", "--format", "json"],
                         check=True, capture_output=True, text=True).stdout
    return json.loads(out)


def rates(found, planted):
    both = len(found & planted)
    return {"found": len(found), "planted": len(planted), "precision": round(both / len(found), 4) if found else 1.0,
            "recall": round(both / len(planted), 4) if planted else 1.0}


def measure(program, folder):
    truth = json.loads((folder / "truth.json").read_text())["plugins"]
    graph = graph_of(program, str(folder / "mono.git"))
    planted = {(name, other) for name, plugin in truth.items() for other in plugin["deps"]}
    found = {(edge["from"], edge["to"]) for edge in graph["edges"]}
    named = set()
    for name, plugin in truth.items():
        for package, _ in plugin["shared_deps"]:
            kind = TYPES[plugin["kind"]]
            named.add((name, kind, package.replace(":", "/").lower() if kind != "maven" else package.replace(":", "/")))
    ids = set(truth)
    used = set()
    for package in graph["packages"]:
        kind, _, rest = package["purl"][4:].partition("/")
        plain = rest.replace("%40", "@")
        if plain.split("/")[-1] in ids:
            continue  # a sibling, counted above
        for use in package["uses"]:
            used.add((use["plugin"], kind, plain))
    return {"library": folder.name, "plugins": len(truth), "certain": sum(edge["certain"] for edge in graph["edges"]),
            "on_plugins": rates(found, planted), "on_packages": rates(used, named)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--plugins", type=int, default=100)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--library", action="append", default=[])
    asked = parser.parse_args()
    maker = pathlib.Path(__file__).resolve().parent.parent / "support" / "make_synthetic.py"
    low = False
    with tempfile.TemporaryDirectory() as scratch:
        folders = [pathlib.Path(name) for name in asked.library]
        for seed in [] if folders else asked.seeds.split(","):
            folder = pathlib.Path(scratch) / f"seed-{seed}"
            subprocess.run([sys.executable, str(maker), str(asked.plugins), str(folder), seed, "--no-upstreams"], check=True, stdout=subprocess.DEVNULL)
            folders.append(folder)
        for folder in folders:
            result = measure(asked.program, folder)
            print(json.dumps(result), flush=True)
            low = low or any(result[part][rate] < LEAST for part in ("on_plugins", "on_packages") for rate in ("precision", "recall"))
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
