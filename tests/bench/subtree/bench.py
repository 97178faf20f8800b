#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures splits against git in the same run, arms in turn, and prints one JSON line per figure.

  bench.py COPPICECTL BENCH_SPLIT [REPOSITORY PREFIX|PREFIXES-FILE]... [--synthetic COMMITS] [--prefixes N] [--runs N]
           [--subtree] [--commit-graph none|plain|paths]

CPU seconds (user and system, children too) are compared; `ratio` is ours by git's, medians of the runs. The floor is
`git rev-list --full-history --count HEAD -- PREFIX`: what git needs to look at one prefix through the whole history.
--subtree also runs `git subtree split` once for each repository's first prefix, which takes minutes. Both arms have the
same commit-graph, or none; `ratio_with_graph` counts what writing it costs git in both, as it must be written at some time.
REPOSITORY is copied first, by hard links where that can be.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
import make_history  # beside this file

here = os.path.dirname(os.path.abspath(__file__))


class Arm:
    """Runs a command; gathers CPU seconds and the highest anonymous memory seen."""

    def __init__(self, command, before=None, accepted=(0,)):
        self.command, self.before, self.accepted = command, before, accepted
        self.cpu, self.memory, self.out = [], 0.0, b""

    def run(self, count=True):
        if self.before:
            self.before()
        process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        watch = threading.Thread(target=self.watch, args=(process.pid,))
        watch.start()
        self.out = process.stdout.read()
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        watch.join()
        if status not in self.accepted:
            sys.exit(f"{' '.join(self.command)} ended with {status}: {error.decode(errors='replace')[-2000:]}")
        if count:
            self.cpu.append(usage.ru_utime + usage.ru_stime)

    def watch(self, pid):
        pause = threading.Event()
        try:
            while True:
                with open(f"/proc/{pid}/status") as status:
                    lines = [line for line in status if line.startswith("RssAnon:")]
                if not lines:
                    return  # a zombie
                self.memory = max(self.memory, int(lines[0].split()[1]) / 1024)
                pause.wait(0.005)
        except OSError:
            pass

    @property
    def median(self):
        return statistics.median(self.cpu)


def in_turn(arms, runs):
    for arm in arms:
        arm.run(count=False)  # warms the caches
    for _ in range(runs):
        for arm in arms:
            arm.run()


def say(name, ours, theirs, goal, **more):
    line = {"bench": name, "cpu": round(ours, 4), "baseline_cpu": round(theirs, 4), "ratio": round(ours / theirs, 3), "goal": goal}
    print(json.dumps(line | more), flush=True)


def git(repository, *args, **more):
    return subprocess.run(["git", "-C", repository, *args], check=True, capture_output=True, **more).stdout.decode().strip()


def copy(repository, to):
    subprocess.run(["cp", "-a", "--reflink=auto", repository, to], check=True)


class Bench:
    def __init__(self, given, folder):
        self.given, self.folder = given, folder
        self.graph_cpu = None  # of writing the commit-graph

    def prepare(self, repository):
        """The same commit-graph for both arms, and nothing of earlier splits."""
        objects = git(repository, "rev-parse", "--path-format=absolute", "--git-path", "objects")
        shutil.rmtree(os.path.join(objects, "info", "commit-graphs"), ignore_errors=True)
        if os.path.exists(os.path.join(objects, "info", "commit-graph")):
            os.remove(os.path.join(objects, "info", "commit-graph"))
        if self.given.commit_graph != "none":
            graph = Arm(["git", "-C", repository, "commit-graph", "write", "--reachable",
                         *(["--changed-paths"] if self.given.commit_graph == "paths" else [])])
            graph.run()
            self.graph_cpu = graph.median
        return git(repository, "rev-parse", "--path-format=absolute", "--git-common-dir")

    def clean(self, repository, common):
        """Takes back what a split wrote: state, references and packs, so that the next run is cold."""
        packs = os.path.join(common, "objects", "pack")
        kept = set(os.listdir(packs))

        def before():
            shutil.rmtree(os.path.join(common, "coppice"), ignore_errors=True)
            shutil.rmtree(os.path.join(common, "refs", "coppice"), ignore_errors=True)
            for name in set(os.listdir(packs)) - kept:
                os.remove(os.path.join(packs, name))
        return before

    def ctl(self, repository, prefixes, *more):
        with_prefixes = ["--prefixes-from", prefixes] if os.path.isfile(prefixes) else ["--prefix", prefixes]
        return [self.given.coppicectl, "--library", repository, "--json", "sync", "split", *with_prefixes, *more]

    def measure(self, name, repository, prefixes):
        repository = os.path.abspath(repository)
        common = self.prepare(repository)
        cold = self.clean(repository, common)
        all_of_them = [prefixes] if not os.path.isfile(prefixes) else open(prefixes).read().split("\n")[:-1]
        one = all_of_them[len(all_of_them) // 2]
        commits = int(git(repository, "rev-list", "--count", "HEAD"))
        about = {"repository": name, "commits": commits, "commit_graph": self.given.commit_graph}
        floor = Arm(["git", "-C", repository, "rev-list", "--full-history", "--count", "HEAD", "--", one])
        written = Arm(self.ctl(repository, one), cold)
        ids = Arm(self.ctl(repository, one, "--dry-run"), cold)
        in_turn([floor, written, ids], self.given.runs)
        say("one prefix, ids", ids.median, floor.median, 1.1 if self.given.commit_graph != "none" else 1.3,
            **self.with_graph(ids.median, floor.median), **about)
        say("one prefix, written", written.median, floor.median, 1.1 if self.given.commit_graph != "none" else 1.3,
            anonymous_mb=round(written.memory), **self.with_graph(written.median, floor.median), **about)
        if self.given.subtree:
            self.against_subtree(repository, one, written, about)
        if len(all_of_them) == 1:
            return
        about["prefixes"] = len(all_of_them)
        written, ids = Arm(self.ctl(repository, prefixes), cold), Arm(self.ctl(repository, prefixes, "--dry-run"), cold)
        in_turn([floor, written, ids], self.given.runs)
        many = len(all_of_them) >= 500
        say("all prefixes, ids", ids.median, floor.median, 4 if many else 2.5, **self.with_graph(ids.median, floor.median), **about)
        say("all prefixes, written", written.median, floor.median, 6 if many else 4, anonymous_mb=round(written.memory),
            **self.with_graph(written.median, floor.median), **about)
        self.again(repository, prefixes, floor, cold, about)

    def with_graph(self, ours, theirs):
        if self.graph_cpu is None:
            return {}
        return {"graph_cpu": round(self.graph_cpu, 4), "ratio_with_graph": round((ours + self.graph_cpu) / (theirs + self.graph_cpu), 3)}

    def against_subtree(self, repository, prefix, ours, about):
        tree = os.path.join(self.folder, "tree")
        subprocess.run(["git", "clone", "-q", "--shared", "--no-checkout", repository, tree], check=True)
        os.makedirs(os.path.join(tree, prefix), exist_ok=True)  # git subtree looks for it
        if self.given.commit_graph != "none":
            git(tree, "commit-graph", "write", "--reachable")
        theirs = Arm(["git", "-C", tree, "subtree", "split", "-q", "-P", prefix])
        theirs.run()
        commit = json.loads(ours.out)["splits"][0]["commit"]
        if theirs.out.decode().strip() != commit:
            sys.exit(f"{prefix}: git subtree says {theirs.out.decode().strip()}, coppicectl {commit}")
        print(json.dumps({"bench": "one prefix, times less than git subtree", "cpu": round(ours.median, 4), "baseline_cpu": round(theirs.cpu[0], 2),
                          "ratio": round(theirs.cpu[0] / ours.median, 1), "goal": 150, **about}), flush=True)
        shutil.rmtree(tree)

    def again(self, repository, prefixes, floor, cold, about):
        cold()
        nothing = Arm(self.ctl(repository, prefixes))
        in_turn([floor, nothing], self.given.runs)
        say("nothing new, whole process", nothing.median, floor.median, 0.15, **about)
        loaded = Arm([self.given.bench_split, repository, prefixes, "--again"])
        loaded.run()
        cpu = json.loads(loaded.out)["again_cpu"]
        print(json.dumps({"bench": "nothing new, in the process", "cpu": cpu, "goal": 0.005, **about}), flush=True)

        # a hundred commits more, each time from the same state
        head = git(repository, "rev-parse", "HEAD~100")
        branch = git(repository, "symbolic-ref", "HEAD")
        tip = git(repository, "rev-parse", "HEAD")
        cold()
        git(repository, "update-ref", "--no-deref", branch, head)
        self.run_once(self.ctl(repository, prefixes))
        state = os.path.join(self.folder, "state")
        common = git(repository, "rev-parse", "--path-format=absolute", "--git-common-dir")
        shutil.copytree(os.path.join(common, "coppice"), state)
        before = self.clean_after(common, state)
        git(repository, "update-ref", "--no-deref", branch, tip)
        count = int(git(repository, "rev-list", "--count", f"{head}..{tip}"))
        log = Arm(["git", "-C", repository, "log", "--raw", f"{head}..{tip}"])
        new = Arm(self.ctl(repository, prefixes), before)
        in_turn([log, new], self.given.runs)
        print(json.dumps({"bench": "again after new commits", "new_commits": count, "cpu": round(new.median, 4), "baseline_cpu": round(log.median, 4),
                          "goal": round(3 * log.median + 0.1, 4), **about}), flush=True)
        shutil.rmtree(state)
        cold()

    @staticmethod
    def run_once(command):
        Arm(command, accepted=(0, 256)).run()  # 1: an older head may lack a folder

    @staticmethod
    def clean_after(common, state):
        packs = os.path.join(common, "objects", "pack")
        kept = set(os.listdir(packs))

        def before():
            shutil.rmtree(os.path.join(common, "coppice"))
            shutil.copytree(state, os.path.join(common, "coppice"))
            for name in set(os.listdir(packs)) - kept:
                os.remove(os.path.join(packs, name))
        return before

    def synthetic(self, commits, prefixes, layout, *more):
        path = os.path.join(self.folder, f"synthetic-{layout}-{commits}{''.join(more)}.git")
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", path], check=True)
        maker = subprocess.Popen([sys.executable, os.path.join(here, "make_history.py"), "--commits", str(commits), "--prefixes", str(prefixes),
                                  "--layout", layout, *more], stdout=subprocess.PIPE)
        subprocess.run(["git", "-C", path, "fast-import", "--quiet"], stdin=maker.stdout, check=True)
        if maker.wait() != 0:
            sys.exit("make_history.py failed")
        git(path, "repack", "-adq")
        listed = path + ".prefixes"
        with open(listed, "w") as out:
            out.writelines(make_history.plugin_path(layout, one) + "\n" for one in range(prefixes))
        return path, listed

    def template_edit(self, prefixes):
        """One commit that edits a template which every plugin links to: recorded, no goal."""
        path, listed = self.synthetic(200, prefixes, "flat", "--links")
        self.run_once(self.ctl(path, listed))
        maker = subprocess.run([sys.executable, os.path.join(here, "make_history.py"), "--after", "200", "--commits", "200", "--template-edit",
                                "--prefixes", str(prefixes)], check=True, capture_output=True)
        subprocess.run(["git", "-C", path, "fast-import", "--quiet"], input=maker.stdout, check=True)
        arm = Arm(self.ctl(path, listed))
        arm.run()
        made = sum(one["new"] for one in json.loads(arm.out)["splits"])
        print(json.dumps({"bench": "a template edit", "linked": prefixes, "new": made, "cpu": round(arm.median, 4)}), flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("coppicectl")
    options.add_argument("bench_split")
    options.add_argument("repositories", nargs="*")
    options.add_argument("--synthetic", type=int, default=0)
    options.add_argument("--prefixes", type=int, default=1000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--subtree", action="store_true")
    options.add_argument("--commit-graph", choices=["none", "plain", "paths"], default="none")
    given = options.parse_args()
    if len(given.repositories) % 2:
        options.error("every repository wants a prefix or a file of prefixes")
    with tempfile.TemporaryDirectory(prefix="coppice-bench-") as folder:
        bench = Bench(given, folder)
        for repository, prefixes in zip(given.repositories[::2], given.repositories[1::2]):
            path = os.path.join(folder, "copy")
            copy(repository, path)
            bench.measure(os.path.basename(repository.rstrip("/")), path, prefixes if not os.path.isfile(prefixes) else os.path.abspath(prefixes))
            shutil.rmtree(path)
        if given.synthetic:
            for layout in ("flat", "grouped"):
                path, listed = bench.synthetic(given.synthetic, given.prefixes, layout)
                bench.measure(f"synthetic, {layout}", path, listed)
                shutil.rmtree(path)
            bench.template_edit(given.prefixes)


main()
