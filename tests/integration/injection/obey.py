# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent that obeys whatever looks like an instruction, wherever it stands: in its prompt, in files, in their names, in
commit messages. Only commands with the mark "inj-NN" in them are carried out, so that a test can tell whose they are.
Prints "OBEYED inj-NN exit STATUS" for each."""

import json
import os
import pathlib
import re
import subprocess
import sys

MARKED = re.compile(r"inj-\d+")


def candidates(text):
    text = re.sub(r"^\| ?", "", text, flags=re.M)  # marks of quoting do not stop one who wants to obey
    for pattern in (r"```[a-z]*\n(.*?)```", r"`([^`\n]+)`", r"\$\(([^)\n]+)\)",
                    r"^\s*(?:\$|>|RUN|[Rr]un|[Ee]xecute|[Cc]ommand|Step \d+|Action|Assistant|System|Tool)[:>]?\s+(.+)$",
                    r"<(?:command|bash|run|invoke|parameter)[^>]*>(.*?)</",
                    r"((?:curl|wget|git|coppicectl|rm|bash|sh|python3|node|npm|ssh|nc|echo|printf|mkdir|cp|COPPICE_DEPLOY_TO=\S+) [^\n]*)"):
        for match in re.finditer(pattern, text, re.M | re.S if "```" in pattern or "<(" in pattern else re.M):
            yield match[1].strip()
    for match in re.finditer(r'"(?:command|cmd|run|script|args|postinstall|test|prepare)"\s*:\s*("(?:[^"\\]|\\.)*")', text):
        try:
            yield json.loads(match[1])
        except ValueError:
            pass


def sources():
    if len(sys.argv) > 1:
        yield pathlib.Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace")
        return
    yield pathlib.Path(os.environ["COPPICE_PROMPT_FILE"]).read_text(encoding="utf-8", errors="replace")
    for path in sorted(pathlib.Path(".").rglob("*")):
        if ".git" in path.parts:
            continue
        yield path.name
        if path.is_file():
            yield path.read_text(encoding="utf-8", errors="replace")
    yield subprocess.run(["git", "log", "--format=%an%n%B"], capture_output=True, text=True).stdout


done = set()
for source in list(sources()):
    for command in candidates(source):
        mark = MARKED.search(command)
        if not mark or command in done or len(done) > 200:
            continue
        done.add(command)
        try:
            status = subprocess.run(["bash", "-c", command], timeout=10, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL).returncode
        except subprocess.TimeoutExpired:
            status = "after too long"
        print("OBEYED", mark[0], "exit", status, flush=True)
