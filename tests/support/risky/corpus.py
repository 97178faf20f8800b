#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads, writes and checks the cases of risky and harmless patches (README.md beside this file has the format).

    corpus.py check [FOLDER]        is the corpus sound? prints its counts; exits 1 where it is not
    corpus.py diff CASE             one case as a git diff
    corpus.py trees CASE FOLDER     one case as FOLDER/before and FOLDER/after
"""
import collections
import dataclasses
import difflib
import pathlib
import re
import sys
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
KINDS = [
    "tests-deleted", "tests-weakened", "ci", "hooks", "agent-instructions", "lock-file", "new-dependency", "network",
    "process", "secret", "hidden-characters", "generated", "outside-plugin", "size",
]
MARK = re.compile("«(U\\+[0-9A-F]{4,6}(?: U\\+[0-9A-F]{4,6})*)»")


@dataclasses.dataclass
class File:
    path: str
    old_path: str
    before: str | None  # None: the file is added
    after: str | None  # None: the file is deleted


@dataclasses.dataclass
class Case:
    name: str = ""
    origin: str = ""
    about: str = ""
    expect: list = dataclasses.field(default_factory=list)  # ([kind, ...], path): one of the kinds at this path
    may: list = dataclasses.field(default_factory=list)  # the same; neither a hit nor a mistake
    judge: list = dataclasses.field(default_factory=list)  # kinds that the case tells the truth about; none: all of them
    files: list = dataclasses.field(default_factory=list)


def expand(text, number):
    """Text of a line as it stands in the file: marks become the characters that they name."""
    text = MARK.sub(lambda m: "".join(chr(int(c[2:], 16)) for c in m.group(1).split(" ")), text)
    return text.replace("«n»", str(number)).replace("«»", "")


def needs_mark(c):
    return c in "«»" or (c != "\t" and unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn", "Zl", "Zp")) or 0xFE00 <= ord(c) <= 0xFE0F \
        or c in "\u00a0\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0" or 0xE0100 <= ord(c) <= 0xE01EF or ord(c) == 0x1d159


def marked(text):
    """The reverse of expand for a line: what cannot be seen is written as a mark."""
    return "".join(f"«U+{ord(c):04X}»" if needs_mark(c) else c for c in text)


class _Body:
    """Lines of one file section, collected for both sides."""

    def __init__(self):
        self.sides = {"before": [], "after": []}
        self.crlf = False
        self.copies = 1
        self.paths = None
        self.last = ()  # sides of the line before
        self.open = set()  # sides whose last line has no end

    def add(self, line, number):
        sign, text = (line[0], line[1:]) if line else (" ", "")
        if sign == "\\":
            self.open.update(self.last)
            return
        count = 1
        if sign == "*":
            found = re.match(r"(\d+)([ +-])(.*)$", text)
            if not found:
                raise ValueError(f"line {number}: a repeated line is *COUNT, then ' ', '-' or '+', then text")
            count, sign, text = int(found[1]), found[2], found[3]
        self.last = {" ": ["before", "after"], "-": ["before"], "+": ["after"]}[sign]
        for side in self.last:
            self.sides[side].append((text, count))

    def files(self):
        for copy in range(1, self.copies + 1):
            old, new = (expand(p, copy) for p in self.paths)
            sides = []
            for side in ("before", "after"):
                sides.append([expand(text, i if count > 1 else copy) for text, count in self.sides[side] for i in range(1, count + 1)])
            yield old, new, sides


def parse(text):
    case, body, bodies = Case(), None, []
    for number, line in enumerate(text.rstrip("\n").split("\n"), 1):
        if body is not None and (line == "" or line[0] in " +-*\\"):
            body.add(line, number)
            continue
        word, _, rest = line.partition(" ")
        if word == "case":
            case.name = rest
        elif word in ("origin", "about"):
            setattr(case, word, rest)
        elif word in ("expect", "may"):
            kinds, _, path = rest.partition(" ")
            getattr(case, word).append((kinds.split("|"), path))
        elif word == "judge":
            case.judge = rest.split(" ")
        elif word in ("file", "rename"):
            body = _Body()
            bodies.append(body)
            fields = rest.split(" ")
            count = 1 if word == "file" else 2
            body.paths = (fields[0], fields[count - 1])
            for option in fields[count:]:
                if option == "crlf":
                    body.crlf = True
                elif option.startswith("copies="):
                    body.copies = int(option[7:])
                else:
                    raise ValueError(f"line {number}: no option is called {option!r}")
        else:
            raise ValueError(f"line {number}: {word!r} begins no line of a case")
    for body in bodies:
        end = "\r\n" if body.crlf else "\n"
        for old, new, sides in body.files():
            made = []
            for side, lines in zip(("before", "after"), sides):
                content = "".join(line + end for line in lines)
                if side in body.open:
                    content = content[: -len(end)]
                made.append(content if lines else None)
            case.files.append(File(new, old, *made))
    return case


def body_lines(before, after):
    """The body of a file section for two texts, as parse reads it."""
    b, a = (None if t is None else t.split("\n") for t in (before, after))
    lines = []
    closed = [t is None or t.endswith("\n") for t in (before, after)]
    b = [] if b is None else b[:-1] if closed[0] else b
    a = [] if a is None else a[:-1] if closed[1] else a
    last = {}
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, b, a, autojunk=False).get_opcodes():
        for sign, texts in ((" ", b[i1:i2]),) if tag == "equal" else (("-", b[i1:i2]), ("+", a[j1:j2])):
            for text in texts:
                last["before"] = len(lines) if sign != "+" else last.get("before")
                last["after"] = len(lines) if sign != "-" else last.get("after")
                lines.append(sign + marked(text) if sign + text != " " else "")
    open_sides = [s for s, c in zip(("before", "after"), closed) if not c]
    if open_sides and len({last.get("before"), last.get("after")}) == 1 and len(open_sides) == 2:
        lines.append("\\")
    elif open_sides:
        # the sides end apart: the last line of an open side must not be shared with a closed one
        if last.get("before") == last.get("after"):
            text = lines.pop()[1:]
            lines += ["-" + text] + (["\\"] if "before" in open_sides else [])
            lines += ["+" + text] + (["\\"] if "after" in open_sides else [])
        else:
            for side in sorted(open_sides, key=lambda s: -last[s]):
                lines.insert(last[side] + 1, "\\")
    return lines


def render(case):
    out = [f"case {case.name}", f"origin {case.origin}"]
    if case.about:
        out.append(f"about {case.about}")
    for word in ("expect", "may"):
        out += [f"{word} {'|'.join(kinds)} {path}" for kinds, path in getattr(case, word)]
    if case.judge and case.judge != KINDS:
        out.append(f"judge {' '.join(case.judge)}")
    for f in case.files:
        out.append(f"file {f.path}" if f.old_path == f.path else f"rename {f.old_path} {f.path}")
        out += body_lines(f.before, f.after)
    return "\n".join(out) + "\n"


def load(path):
    try:
        return parse(pathlib.Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def load_all(folder=HERE / "cases"):
    return [load(path) for path in sorted(pathlib.Path(folder).glob("*.case"))]


def diff_of(case):
    """The case as a git diff with three lines of context."""
    out = []
    for f in case.files:
        out.append(f"diff --git a/{f.old_path} b/{f.path}\n")
        if f.before is None:
            out.append("new file mode 100644\n")
        if f.after is None:
            out.append("deleted file mode 100644\n")
        if f.old_path != f.path:
            out.append(f"rename from {f.old_path}\nrename to {f.path}\n")
        if f.before == f.after:
            continue
        out.append("--- " + ("/dev/null" if f.before is None else f"a/{f.old_path}") + "\n")
        out.append("+++ " + ("/dev/null" if f.after is None else f"b/{f.path}") + "\n")
        # only LF ends a line of a diff; splitlines would split at others, too
        sides = [re.findall(r"[^\n]*\n|[^\n]+", t or "") for t in (f.before, f.after)]
        for line in list(difflib.unified_diff(*sides))[2:]:
            out.append(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n")
    return "".join(out)


def faults(case, file_name):
    if case.name != file_name:
        yield f"is called {case.name!r} inside"
    if not case.origin or not case.about:
        yield "has no origin or says nothing about itself"
    if not case.files:
        yield "changes no file"
    for f in case.files:
        if f.before == f.after and f.old_path == f.path:
            yield f"{f.path} is the same before and after"
    paths = {f.path for f in case.files}
    for kinds, path in case.expect + case.may:
        for kind in kinds:
            if kind not in KINDS:
                yield f"no kind is called {kind!r}"
        if path not in paths and path != "*":
            yield f"{path} is no path of the patch"
    for kind in case.judge:
        if kind not in KINDS:
            yield f"no kind is called {kind!r}"
    outside = {p for p in paths if not p.startswith("plugins/demo/")}
    told = {p for kinds, p in case.expect if "outside-plugin" in kinds}
    if outside != told:
        yield f"outside the plugin are {sorted(outside)}, told are {sorted(told)}"


def check(folder):
    wrong, counts, harmless, origins, total = 0, collections.Counter(), 0, collections.Counter(), 0
    tests = 0
    for path in sorted(pathlib.Path(folder).glob("*.case")):
        case = load(path)
        total += 1
        for fault in faults(case, path.stem):
            print(f"{path.name}: {fault}")
            wrong += 1
        if parse(render(case)) != case:
            print(f"{path.name}: is not the same once it is written again")
            wrong += 1
        here = {"|".join(kinds) for kinds, _ in case.expect}
        counts.update(here)
        tests += any("tests-" in kinds for kinds in here)
        harmless += not case.expect
        origins[case.origin.split(" ")[0]] += 1
    print(f"{total} cases, {harmless} of them harmless; origins: {dict(origins)}; cases about tests: {tests}")
    for kind, count in counts.most_common():
        print(f"  {count:4} {kind}")
    rare = [k for k in KINDS if sum(n for kinds, n in counts.items() if k in kinds.split("|")) < 6]
    if rare:
        print(f"fewer than six positive cases: {', '.join(rare)}")
    return 1 if wrong or rare or tests < 25 or total < 160 or harmless * 3 < total else 0


def main():
    what = sys.argv[1] if len(sys.argv) > 1 else ""
    if what == "check" and len(sys.argv) <= 3:
        return check(sys.argv[2] if len(sys.argv) == 3 else HERE / "cases")
    if what == "diff" and len(sys.argv) == 3:
        sys.stdout.buffer.write(diff_of(load(sys.argv[2])).encode())
        return 0
    if what == "trees" and len(sys.argv) == 4:
        for f in load(sys.argv[2]).files:
            for side, path, text in (("before", f.old_path, f.before), ("after", f.path, f.after)):
                if text is not None:
                    place = pathlib.Path(sys.argv[3]) / side / path
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(text.encode())
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
