#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run costs beside the agent, and what many cost beside a shell loop that does the same by hand.

usage: runs.py COPPICECTL [N] [--seed S] [--runs R] [--max-runs M]

Prints two JSON lines of ratios (ours to by hand, so lower is better), both arms in one run on one machine:
  overhead     R runs of an agent that computes for a second and waits for another, one after the other, against the same
               command started by hand in the plugin's folder
  queued       N recipe runs over N plugins of a synthetic library: queued, carried out by one engine, patches stored; against
               a shell loop that for each plugin takes its files out of git, runs the recipe in them under bubblewrap, and keeps
               the difference. The engine's part and the queueing (one command for all) are told apart.
Exit 1 when a run did not make its patch.
"""
import argparse, json, os, resource, shutil, signal, subprocess, sys, tempfile, time
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("coppicectl")
parser.add_argument("plugins", type=int, nargs="?", default=100)
parser.add_argument("--seed", default="42")
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--max-runs", type=int, default=os.cpu_count() or 2)
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
(work / "gitconfig").write_text("[user]\n\tname = Bench\n\temail = bench@example.org\n[gc]\n\tauto = 0\n")
AGENT = "python3 -c 'import time\nend = time.process_time() + 1\nwhile time.process_time() < end: pass\ntime.sleep(1)\nopen(\"made-by-agent\", \"a\").write(\"x\\n\")'"
RECIPE = "for file in *.md package.json pyproject.toml; do [ -f \"$file\" ] && cp \"$file\" \"copied-$file\"; done\necho note > NOTE.txt\n"
WORKFLOW = "version: 1\nneeds_ticket: false\nchanges: any\nsteps:\n  - {id: work, kind: agent, prompt: Do it., timeout: 10m}\n"


def run(args, cwd=work):
    done = subprocess.run([str(a) for a in args], cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, args))[:300]}\n{done.stdout[-900:]}{done.stderr[-600:]}")
    return done.stdout


class Measured:
    """Wall and CPU seconds of the children that ended inside the block."""

    def __enter__(self):
        self.usage, self.begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        return self

    def __exit__(self, *_):
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall = time.monotonic() - self.begin
        self.cpu = now.ru_utime + now.ru_stime - self.usage.ru_utime - self.usage.ru_stime


def tell(name, ours, hand, **more):
    print(json.dumps({"name": name, "cpu_ratio": round(ours.cpu / hand.cpu, 2), "wall_ratio": round(ours.wall / hand.wall, 2),
                      "cpu_ours": round(ours.cpu, 2), "cpu_hand": round(hand.cpu, 2), "wall_ours": round(ours.wall, 2),
                      "wall_hand": round(hand.wall, 2), **more}), flush=True)


try:
    run([sys.executable, here.parent / "support/make_synthetic.py", options.plugins, work / "made", options.seed])
    names = list(json.loads((work / "made/truth.json").read_text())["plugins"])
    library = work / "library"
    run(["git", "clone", "-q", work / "made/mono.git", library])
    run(["git", "-C", library, "remote", "remove", "origin"])
    for name in names:  # a split needs the commits that squashes name
        run(["git", "-C", library, "fetch", "-q", work / f"made/upstreams/{name}.git", f"+refs/heads/*:refs/upstreams/{name}/*"])
    for path, text in {"coppice.yaml": f"max_runs: {options.max_runs}\n", "templates/recipes/note/recipe.yaml": "run: sh \"$RECIPE/note.sh\"\n",
                       "templates/recipes/note/note.sh": RECIPE, "templates/playbooks/alone/workflow.yaml": WORKFLOW,
                       "templates/playbooks/alone/SKILL.md": "---\nname: alone\ndescription: One step of an agent.\n---\nDo it.\n"}.items():
        (library / path).parent.mkdir(parents=True, exist_ok=True)
        (library / path).write_text(text)
    run(["git", "-C", library, "add", "-A"])
    run(["git", "-C", library, "commit", "-qm", "recipe"])
    run([options.coppicectl, "init", "--adopt", library])
    for file in (library / ".coppice/plugins").glob("*.yaml"):  # the packages of made-up lock files exist nowhere
        file.write_text(file.read_text() + "commands:\n  setup: 'true'\n")
    run(["git", "-C", library, "add", "-A"])
    run(["git", "-C", library, "commit", "-qm", "settings"])
    ctl = [options.coppicectl, "--library", library, "--json"]
    run([*ctl, "plugins", "list"])  # the catalog is read once
    start = [*ctl, "run", "start", "--playbook", "alone"]

    with Measured() as ours:
        for _ in range(options.runs):
            run([*start, "--plugin", names[0], "--client", "exec", "--command", AGENT, "--wait"])
    shutil.copytree(library / "plugins" / names[0], work / "hand", symlinks=True)
    with Measured() as hand:
        for _ in range(options.runs):
            run(["bash", "-c", AGENT], cwd=work / "hand")
    tell("overhead", ours, hand, runs=options.runs, cpu_beside_each=round((ours.cpu - hand.cpu) / options.runs, 3),
         wall_beside_each=round((ours.wall - hand.wall) / options.runs, 3))

    with Measured() as queueing:
        ids = {one["id"] for one in json.loads(run([*start, "--all", "--client", "recipe:note"]))["runs"]}
    with Measured() as ours:
        engine = subprocess.Popen([str(a) for a in [*ctl, "serve"]], cwd=work, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        asked = 0.0
        while True:
            time.sleep(min(5.0, 0.2 + len(ids) / 200))
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            listed = [one for one in json.loads(run([*ctl, "run", "list"]))["runs"] if one["id"] in ids]
            states = {one["id"]: one["state"] for one in listed}
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            asked += after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            if all(state in ("done", "failed", "cancelled") for state in states.values()):
                break
        engine.send_signal(signal.SIGTERM)
        engine.wait()
    ours.cpu -= asked  # asking how far it is belongs to neither arm
    done = sum(state == "done" for state in states.values())
    patches = len({one["id"] for one in json.loads(run([*ctl, "review", "list", "--all"]))["reviews"]})

    loop = work / "loop.sh"
    loop.write_text("""mkdir -p "$2"
for plugin in $(git -C "$1" ls-tree --name-only HEAD plugins/); do
    folder="$2/$(basename "$plugin")"; mkdir -p "$folder/a" "$folder/b"
    git -C "$1" archive "HEAD:$plugin" | tar -x -C "$folder/a"
    cp -a "$folder/a/." "$folder/b/"
    bwrap --unshare-all --die-with-parent --ro-bind / / --dev /dev --proc /proc --bind "$folder/b" "$folder/b" --chdir "$folder/b" sh "$1/templates/recipes/note/note.sh"
    (cd "$folder" && git diff --no-index a b > patch); rm -rf "$folder/a" "$folder/b"
done
""")
    with Measured() as hand:
        run(["sh", loop, library, work / "loop"])
    by_hand = sum(path.stat().st_size > 0 for path in (work / "loop").glob("*/patch"))
    tell("queued", ours, hand, plugins=len(names), max_runs=options.max_runs, done=done, patches=patches - options.runs, by_hand=by_hand,
         cpu_queueing=round(queueing.cpu, 2), wall_queueing=round(queueing.wall, 2), cpu_ratio_with_queueing=round((ours.cpu + queueing.cpu) / hand.cpu, 2))
    for reason in sorted({one["reason"] for one in listed if one["state"] != "done"})[:5]:
        print(reason, file=sys.stderr)
    sys.exit(0 if done == len(names) == by_hand else 1)
finally:
    shutil.rmtree(work, ignore_errors=True)
