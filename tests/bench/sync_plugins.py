#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pulls and pushes a synthetic library by `coppicectl sync` and by `git subtree`, and compares what comes out.

usage: sync_plugins.py COPPICECTL [N] [--full] [--seed S] [--splits M]

Prints a JSON line a step: whether trees and commit ids are the same, and the ratio of git subtree's CPU and wall time to
coppicectl's, in one run on copies of one library, both for the same plugins: the ones that have something to push or pull.
Plugins whose links leave them are left out. Exit 1 when anything differs.
"""
import argparse, json, os, resource, shutil, subprocess, sys, tempfile, time
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("coppicectl")
parser.add_argument("plugins", type=int, nargs="?", default=100)
parser.add_argument("--full", action="store_true")
parser.add_argument("--seed", default="42")
parser.add_argument("--splits", type=int, default=10, help="plugins whose split is compared with git's after the pull")
options = parser.parse_args()
options.coppicectl = os.path.abspath(options.coppicectl)
here = Path(__file__).resolve().parent
work = Path(tempfile.mkdtemp(prefix="coppice-bench-"))
env = {
    **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
    "HOME": str(work / "home"), "XDG_STATE_HOME": str(work / "home/state"), "XDG_CACHE_HOME": str(work / "home/cache"),
    "XDG_CONFIG_HOME": str(work / "home/config"), "GIT_CONFIG_GLOBAL": str(work / "gitconfig"), "GIT_CONFIG_SYSTEM": "/dev/null",
    "LC_ALL": "C.UTF-8",
}
(work / "home").mkdir()
(work / "gitconfig").write_text("[user]\n\tname = Bench\n\temail = bench@example.org\n[core]\n\tabbrev = 12\n[gc]\n\tauto = 0\n")


def run(args, cwd=work, codes=(0,)):
    done = subprocess.run([str(a) for a in args], cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if codes and done.returncode not in codes:
        sys.exit(f"{' '.join(map(str, args))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done


def git(repository, *args, codes=(0,)):
    return run(["git", "-C", repository, *args], codes=codes).stdout.strip()


class Measured:
    """Wall and CPU seconds of the children that ran inside the block."""

    def __enter__(self):
        self.usage, self.begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        return self

    def __exit__(self, *_):
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall = time.monotonic() - self.begin
        self.cpu = now.ru_utime + now.ru_stime - self.usage.ru_utime - self.usage.ru_stime


def tell(name, same, baseline, ours, **more):
    print(json.dumps({"name": name, "same": same, "plugins": options.plugins, "full": options.full,
                      "cpu_ratio": round(baseline.cpu / ours.cpu, 1), "wall_ratio": round(baseline.wall / ours.wall, 1),
                      "cpu_ours": round(ours.cpu, 2), "cpu_git": round(baseline.cpu, 2), **more}), flush=True)
    return same


def arm(name):
    """A copy of the library with upstreams of its own."""
    root = work / name
    shutil.copytree(work / "made/upstreams", root / "upstreams", symlinks=True)
    run(["git", "clone", "-q", work / "made/mono.git", root / "library"])
    git(root / "library", "remote", "remove", "origin")
    return root


try:
    made = run([sys.executable, here.parent / "support/make_synthetic.py", options.plugins, work / "made", options.seed]
               + (["--full"] if options.full else []))
    truth = json.loads((work / "made/truth.json").read_text())["plugins"]
    left_out = {name for name, plugin in truth.items() if "escaping_symlink" in plugin["planted"]}
    names = [name for name in truth if name not in left_out]
    clash = {name for name in names if "conflict" in truth[name]["planted"]}

    ours, theirs = arm("ours"), arm("git")
    run([options.coppicectl, "init", "--adopt", ours / "library", "--upstreams", ours / "upstreams"])
    # the same settings in both, so that both begin at the same commit
    git(theirs / "library", "pull", "-q", ours / "library", "main")
    ctl = [options.coppicectl, "--library", ours / "library", "--json"]
    good = True

    def upstream(root, name):
        return git(root / "upstreams" / f"{name}.git", "rev-parse", "main")

    # Push what is ahead: the very same commits.
    ahead = [name for name in names if truth[name]["sync"] == "ahead"]
    with Measured() as mine:
        run([*ctl, "sync", "push", *ahead])
    with Measured() as gits:
        for name in ahead:
            run(["git", "subtree", "push", "-q", f"--prefix=plugins/{name}", theirs / "upstreams" / f"{name}.git", "main"], cwd=theirs / "library")
    differ = [name for name in names if upstream(ours, name) != upstream(theirs, name)]
    good &= tell("sync-push", not differ, gits, mine, pushed=len(ahead), differ=differ)

    # Pull what is behind: the same trees; what clashes for git clashes for us.
    behind = [name for name in names if truth[name]["sync"] in ("behind", "diverged")]
    with Measured() as mine:
        answer = run([*ctl, "sync", "pull", *behind], codes=(0, 4))
    conflicts = {need["plugin"] for need in json.loads(answer.stdout).get("needs", [])}
    refused = set()
    with Measured() as gits:
        for name in behind:
            done = run(["git", "subtree", "pull", "-q", *([] if options.full else ["--squash"]), f"--prefix=plugins/{name}", "-m", "pull",
                        theirs / "upstreams" / f"{name}.git", "main"], cwd=theirs / "library", codes=None)
            if done.returncode:
                refused.add(name)
                git(theirs / "library", "merge", "--abort")
    differ = [name for name in names
              if git(ours / "library", "rev-parse", f"HEAD:plugins/{name}") != git(theirs / "library", "rev-parse", f"HEAD:plugins/{name}")]
    same = not differ and conflicts == refused == clash
    good &= tell("sync-pull", same, gits, mine, pulled=len(behind) - len(refused), conflicts=len(conflicts), differ=differ)

    # After that the splits are git's, and a push fast-forwards.
    run([*ctl, "sync", "status", "--fetch", *names])  # a split needs the commits that squashes name
    chosen = [name for name in behind if name not in clash][:options.splits]
    with Measured() as mine:
        splits = json.loads(run([*ctl, "sync", "split", *[f"--prefix=plugins/{name}" for name in names]]).stdout)["splits"]
    mapped = {split["prefix"]: split["commit"] for split in splits}
    with Measured() as gits:
        expected = {name: run(["git", "subtree", "split", "-q", f"--prefix=plugins/{name}"], cwd=ours / "library").stdout.split()[-1]
                    for name in chosen}
    differ = [name for name in chosen if mapped[f"plugins/{name}"] != expected[name]]
    good &= tell("sync-split-after-pull", not differ, gits, mine, compared=len(chosen), differ=differ)
    run([*ctl, "sync", "push", *[name for name in names if name not in clash]])
    with Measured() as mine:
        counts = json.loads(run([*ctl, "sync", "status", *[name for name in names if name not in clash]]).stdout)["counts"]
    same = counts["clean"] == len(names) - len(clash)
    good &= same
    print(json.dumps({"name": "sync-status", "same": same, "plugins": options.plugins, "full": options.full,
                      "cpu_ours": round(mine.cpu, 2), "wall_ours": round(mine.wall, 2), "counts": counts}), flush=True)
    sys.exit(0 if good else 1)
finally:
    shutil.rmtree(work, ignore_errors=True)
