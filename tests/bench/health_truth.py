#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the health of synthetic libraries and compares what is found with what was planted.

usage: health_truth.py COPPICECTL [N] [--seeds 1,2,3] [--full] [--keep DIR]

Prints a JSON line for each kind of fault (precision, recall, what was missed and what was invented), one for the sums of
reasons, and one for the CPU seconds of a full and of an unchanged round. Exit 1 where precision or recall is below 0.97, or a sum
is not its score.
"""
import argparse, json, os, resource, shutil, sqlite3, subprocess, sys, tempfile, time
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("coppicectl")
parser.add_argument("plugins", type=int, nargs="?", default=100)
parser.add_argument("--seeds", default="11,12,13")
parser.add_argument("--full", action="store_true")
parser.add_argument("--keep", help="leaves the libraries here")
options = parser.parse_args()
options.coppicectl = os.path.abspath(options.coppicectl)
here = Path(__file__).resolve().parent
work = Path(options.keep or tempfile.mkdtemp(prefix="coppice-health-"))
work.mkdir(parents=True, exist_ok=True)
env = {**{k: v for k, v in os.environ.items() if not k.startswith("GIT_")}, "HOME": str(work / "home"), "XDG_STATE_HOME": str(work / "home/state"),
       "XDG_CACHE_HOME": str(work / "home/cache"), "XDG_CONFIG_HOME": str(work / "home/config"), "GIT_CONFIG_GLOBAL": str(work / "gitconfig"),
       "GIT_CONFIG_SYSTEM": "/dev/null", "LC_ALL": "C.UTF-8"}
(work / "home").mkdir(exist_ok=True)
(work / "gitconfig").write_text("[user]\n\tname = Bench\n\temail = bench@example.org\n[gc]\n\tauto = 0\n")
bad = False


def run(*args, cwd=work):
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([str(a) for a in args], cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode not in (0, 1, 4):
        sys.exit(f"{' '.join(map(str, args))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - begin


def git(repository, *args):
    return subprocess.run(["git", "-C", repository, *args], env=env, capture_output=True, text=True, check=True).stdout.strip()


def put(upstreams, library):
    """What fetching each upstream leaves in the library, without a thousand fetches: objects, references, and one pack."""
    references = []
    for upstream in sorted(upstreams.iterdir()):
        shutil.copytree(upstream / "objects", library / ".git/objects", dirs_exist_ok=True)
        commit = git(upstream, "rev-parse", "main")
        references.append(f"create refs/coppice/upstream/{upstream.name.removesuffix('.git')}/main {commit}\n")
    subprocess.run(["git", "-C", library, "update-ref", "--stdin"], input="".join(references), env=env, text=True, check=True)
    subprocess.run(["git", "-C", library, "pack-refs", "--all"], env=env, check=True)
    subprocess.run(["git", "-C", library, "repack", "-adq"], env=env, check=True)


def compare(kind, found, planted, totals):
    """Sets of (plugin, detail)."""
    global bad
    hit = found & planted
    entry = totals.setdefault(kind, [0, 0, 0, [], []])
    entry[0] += len(hit)
    entry[1] += len(found)
    entry[2] += len(planted)
    entry[3] += sorted(planted - found)[:5]
    entry[4] += sorted(found - planted)[:5]


def measure(seed, totals):
    global bad
    root = work / f"s{seed}"
    shutil.rmtree(root, ignore_errors=True)
    run(sys.executable, here.parent / "support/make_synthetic.py", options.plugins, root, seed, *(["--full"] if options.full else []))
    truth = json.loads((root / "truth.json").read_text())["plugins"]
    library = root / "library"
    run("git", "clone", "-q", root / "mono.git", library)
    run(options.coppicectl, "--json", "init", "--adopt", library, "--upstreams", root / "upstreams")
    ctl = [options.coppicectl, "--library", library, "--json"]
    # The shared rules as a template, of which each plugin keeps a copy: what truth.json says of AGENTS.md is drift from it.
    (library / "templates").mkdir(exist_ok=True)
    shutil.copy(library / "shared/AGENTS.md", library / "templates/AGENTS.md")
    with open(library / "coppice.yaml", "a") as settings:
        settings.write("links:\n  AGENTS.md: {template: AGENTS.md, mode: copy}\n")
    run("git", "add", "-A", cwd=library)
    run("git", "commit", "-qm", "chore: the shared rules are a template", cwd=library)
    if options.plugins <= 200:
        run(*ctl, "sync", "status", "--fetch")
    else:
        put(root / "upstreams", library)
    out, full_cpu, full_wall = run(*ctl, "health", "show")
    report = json.loads(out)
    again, same_cpu, same_wall = run(*ctl, "health", "show")
    head_cpu = run(*ctl, "plugins", "list")[1]
    print(json.dumps({"seed": seed, "plugins": len(report["plugins"]), "full_round_cpu": round(full_cpu, 2), "unchanged_round_cpu": round(same_cpu, 2),
                      "full_wall": round(full_wall, 2), "unchanged_wall": round(same_wall, 2), "plugins_list_cpu": round(head_cpu, 2)}), flush=True)
    sums = 0
    for plugin in report["plugins"]:
        exact = sum(round(r["points"] * 10) for r in plugin["reasons"]) == round(plugin["score"] * 10)
        worth = sum(round(r["worth"] * 10) for r in plugin["reasons"]) in (0, 1000)
        silent = all(r["points"] == 0 for r in plugin["reasons"] if r["verdict"] in ("unknown", "exempt"))
        sums += exact and worth and silent
    bad |= sums != len(truth)
    print(json.dumps({"seed": seed, "sums_exact": sums, "of": len(truth), "headline": report["headline"]}), flush=True)
    database = sqlite3.connect(f"file:{library}/.git/coppice/state.db?mode=ro", uri=True)
    facts = {}
    for plugin, probe, value in database.execute("SELECT plugin, probe, value FROM health_facts"):
        facts.setdefault(plugin, {})[probe] = json.loads(value)
    verdicts = {p["plugin"]: {r["signal"]: r["verdict"] for r in p["reasons"]} for p in report["plugins"]}
    names = lambda key: {(p, v["name"]) for p, f in facts.items() for v in f["environment"][key]}
    planted = lambda key: {(p, n) for p, t in truth.items() for n in t["planted"].get(key, [])}
    isbad = lambda signal: {(p, signal) for p, v in verdicts.items() if v.get(signal) == "bad"}
    compare("used, not declared", names("undeclared"), planted("used_not_declared"), totals)
    only = {(p, n) for p, n in planted("declared_in_example_only") if truth[p]["has_server_json"]}
    compare("declared, not used", names("unused"), planted("declared_not_used") | planted("declared_in_example_only"), totals)
    compare("in the example only", names("example_only"), only, totals)
    compare("no licence", isbad("licence"), {(p, "licence") for p, t in truth.items() if t["licence"] == "NONE"}, totals)
    bad_links = lambda states: {(p, b["path"]) for p, f in facts.items() for b in f["links"]["bad"] if b["state"] in states}
    compare("link that leaves the plugin", bad_links({"escaping"}), planted("escaping_symlink"), totals)
    linked = lambda t: "escaping_symlink" in t["planted"]
    compare("copy that is not its template's", bad_links({"edited", "stale"}),
            {(p, "AGENTS.md") for p, t in truth.items() if t["agents_md"] in ("extended", "stale") and not linked(t)}, totals)
    compare("copy that is missing", bad_links({"missing"}), {(p, "AGENTS.md") for p, t in truth.items() if t["agents_md"] == "missing" and not linked(t)}, totals)
    compare("links signal", isbad("links"), {(p, "links") for p, t in truth.items() if t["agents_md"] != "shared" or linked(t)}, totals)
    state = lambda f: ("diverged" if f["ahead"] and f["behind"] else "ahead" if f["ahead"] else "behind" if f["behind"] else "clean") if f["state"] == "blocked" else f["state"]
    compare("drift from upstream", {(p, state(f["sync"])) for p, f in facts.items() if state(f["sync"]) != "clean"},
            {(p, t["sync"]) for p, t in truth.items() if t["sync"] != "clean"}, totals)
    compare("no instructions", isbad("instructions"), {(p, "instructions") for p, t in truth.items() if t["agents_md"] == "missing" and "escaping_symlink" not in t["planted"]}, totals)
    wrong = lambda t: (t["kind"] in ("go", "rust")) or (t["kind"] in ("node", "python") and t["deps"])
    compare("lock file", isbad("lock"), {(p, "lock") for p, t in truth.items() if wrong(t)}, totals)
    # Go names no version in a file, and only a plugin without server.json has none at all; nothing else is wrong in the manifests.
    compare("manifest that is wrong", isbad("manifest"), set(), totals)
    compare("variables declared", {(p, f["environment"]["declared"]) for p, f in facts.items()},
            {(p, len(t["env_declared"]) + len(t["planted"].get("declared_in_example_only", []))) for p, t in truth.items()}, totals)
    compare("variables used", {(p, f["environment"]["used"]) for p, f in facts.items()}, {(p, len(t["env_used"])) for p, t in truth.items()}, totals)
    compare("licence's name", {(p, f["licence"].get("declared") or f["licence"].get("file_says", "")) for p, f in facts.items() if truth[p]["licence"] != "NONE"},
            {(p, t["licence"]) for p, t in truth.items() if t["licence"] != "NONE"}, totals)
    named = {p for p, t in truth.items() if t["kind"] != "go" or t["has_server_json"]}
    compare("version", {(p, f["release"]["version"]) for p, f in facts.items() if f["release"]["version"]}, {(p, truth[p]["version"]) for p in named}, totals)
    # What came after the commit that upstream tagged with the version. A version that the files have said from the first commit
    # on, of which no tag is known here, must be told as unknown, whenever upstream tagged it.
    splits = {s["name"]: s["commit"] for s in json.loads(run(*ctl, "sync", "split", "--all")[0])["splits"]}
    expected, silent = set(), set()
    for plugin, t in truth.items():
        if plugin not in named or len(t["versions"]) < 2:
            if plugin in named and int(git(library, "rev-list", "--count", splits[plugin])) > 1:
                silent.add((plugin, "release"))
            continue
        tagged = git(root / "upstreams" / f"{plugin}.git", "rev-parse", f"v{t['version']}^{{commit}}")
        expected.add((plugin, int(git(library, "rev-list", "--count", "--no-merges", splits[plugin], "--not", tagged))))
    compare("changes since the version", {(p, f["release"]["changes"]) for p, f in facts.items() if p in named and len(truth[p]["versions"]) > 1}, expected, totals)
    silent |= {(p, "release") for p in truth if p not in named}
    compare("release that nobody can tell", {(p, "release") for p, v in verdicts.items() if v.get("release") == "unknown"}, silent, totals)


try:
    totals = {}
    for seed in options.seeds.split(","):
        measure(seed, totals)
    for kind, (hit, found, planted, missed, invented) in totals.items():
        precision, recall = hit / found if found else 1.0, hit / planted if planted else 1.0
        bad |= precision < 0.97 or recall < 0.97
        print(json.dumps({"kind": kind, "planted": planted, "found": found, "precision": round(precision, 4), "recall": round(recall, 4),
                          "missed": missed[:5], "invented": invented[:5]}), flush=True)
finally:
    if not options.keep:
        shutil.rmtree(work, ignore_errors=True)
sys.exit(1 if bad else 0)
