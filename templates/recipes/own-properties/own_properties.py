#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rewrites `thing.hasOwnProperty(name)` to `Object.hasOwn(thing, name)` in the JavaScript and TypeScript of a plugin.

Objects that were made without a prototype (Object.create(null), the answers of querystring.parse, regular-expression
groups, ...) have no hasOwnProperty: asking them ends in "hasOwnProperty is not a function". Object.hasOwn asks the
same question of any object; it is there from Node 16.9 on.

Works on the plugin in the current folder: rewrites the calls, adds a test that keeps them out where the plugin's tests
are run by `node --test`, and a line in CHANGELOG.md where there is one. Changes nothing in a plugin without such calls.
"""

import json
import os
import re
import sys

SOURCES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx")
LEFT_OUT = {"node_modules", "dist", "build", "vendor", "coverage", "third_party"}
CALL = "hasOwnProperty"
# After these words a '/' starts a regular expression, and a '(' or '[' does not belong to what stands before it.
WORDS = {
    "return", "typeof", "instanceof", "in", "of", "new", "delete", "void", "throw", "case", "do", "else", "yield",
    "await", "if", "while", "for", "with", "default", "extends",
}
TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<number>\d[\w.]*)
    |(?P<word>[\w$\#@]+)
    |(?P<mark>\?\.(?!\d)|=>|\.\.\.|\+\+|--|&&|\|\||\?\?|[=!]==?|.)""",
    re.VERBOSE | re.DOTALL,
)
REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[A-Za-z]*")
OPEN = {"(": ")", "[": "]", "{": "}"}


class Token:
    __slots__ = ("kind", "text", "start", "end")

    def __init__(self, kind, text, start):
        self.kind, self.text, self.start, self.end = kind, text, start, start + len(text)


def template_end(text, at):
    """The offset after a template literal that starts at `at`, nested ones included."""
    at += 1
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text[at] == "`":
            return at + 1
        elif text.startswith("${", at):
            depth, at = 1, at + 2
            while at < len(text) and depth:
                if text[at] == "`":
                    at = template_end(text, at)
                    continue
                if text[at] in "\"'":
                    match = TOKEN.match(text, at)
                    if match and match.lastgroup == "string":
                        at = match.end()
                        continue
                depth += {"{": 1, "}": -1}.get(text[at], 0)
                at += 1
        else:
            at += 1
    return at


def regex_may_start(tokens):
    """Whether a '/' here starts a regular expression: not after a value."""
    if not tokens:
        return True
    last = tokens[-1]
    if last.kind == "word":
        return last.text in WORDS
    return last.kind == "mark" and last.text not in (")", "]", "}")


def tokens_of(text):
    """The tokens of a source, without space and comments."""
    tokens, at = [], 0
    if text.startswith("#!"):
        at = text.find("\n") % (len(text) + 1)
    while at < len(text):
        if text[at] == "`":
            end = template_end(text, at)
            tokens.append(Token("template", text[at:end], at))
            at = end
            continue
        if text[at] == "/" and not text.startswith(("//", "/*"), at) and regex_may_start(tokens):
            match = REGEX.match(text, at)
            if match:
                tokens.append(Token("regex", match.group(), at))
                at = match.end()
                continue
        match = TOKEN.match(text, at)
        if match.lastgroup != "space":
            tokens.append(Token(match.lastgroup, match.group(), at))
        at = match.end()
    return tokens


def opening(tokens, at):
    """The index of the bracket that the one at `at` closes; -1 when there is none."""
    depth = 0
    for i in range(at, -1, -1):
        if tokens[i].text in (")", "]", "}") and tokens[i].kind == "mark":
            depth += 1
        elif tokens[i].text in OPEN and tokens[i].kind == "mark":
            depth -= 1
            if depth == 0:
                return i
    return -1


def closing(tokens, at):
    depth = 0
    for i in range(at, len(tokens)):
        if tokens[i].kind != "mark":
            continue
        if tokens[i].text in OPEN:
            depth += 1
        elif tokens[i].text in (")", "]", "}"):
            depth -= 1
            if depth == 0:
                return i
    return -1


def receiver_start(tokens, dot):
    """The index of the first token of the expression before `.hasOwnProperty`; -1 when it cannot be told."""
    at = dot - 1
    while at >= 0:
        token = tokens[at]
        if token.kind == "mark" and token.text in (")", "]"):
            at = opening(tokens, at)
            if at < 0:
                return -1
            before = tokens[at - 1] if at else None
            joined = before and (
                (before.kind == "word" and before.text not in WORDS) or (before.kind == "mark" and before.text in (")", "]"))
                or (before.kind == "mark" and before.text == "?.")
            )
            if joined:
                at -= 2 if before.kind == "mark" and before.text == "?." else 1
                continue
            return at
        if token.kind == "mark" and token.text == "!":  # TypeScript: thing!.hasOwnProperty(name)
            at -= 1
            continue
        if token.kind != "word" or token.text in WORDS:
            return at if token.kind in ("template", "string", "regex") else -1
        if at >= 1 and tokens[at - 1].kind == "mark" and tokens[at - 1].text in (".", "?."):
            at -= 2
            continue
        if at >= 1 and tokens[at - 1].kind == "word" and tokens[at - 1].text == "new":
            return -1
        return at
    return -1


def rewrite(text):
    """The source with every call rewritten, and how many there were."""
    count = 0
    while True:
        tokens = tokens_of(text)
        for i in range(len(tokens) - 2, 0, -1):  # from the end: an inner call is done before the one around it
            name, dot, bracket = tokens[i], tokens[i - 1], tokens[i + 1]
            if name.text != CALL or name.kind != "word" or bracket.text != "(" or dot.text not in (".", "?."):
                continue
            first = receiver_start(tokens, i - 1)
            last = closing(tokens, i + 1)
            if first < 0 or last < 0:
                continue
            receiver = text[tokens[first].start : dot.start]
            if receiver in ("super", "Object.prototype"):
                continue
            if receiver.endswith("!"):
                receiver = receiver[:-1]
            asked = text[bracket.end : tokens[last].start]
            if not asked.strip():
                continue
            call = f"Object.hasOwn({receiver}, {asked})"
            if dot.text == "?." or "?." in receiver:
                call = f"Object.hasOwn({receiver} ?? {{}}, {asked})"
            text = text[: tokens[first].start] + call + text[tokens[last].end :]
            count += 1
            break
        else:
            return text, count


def sources():
    for folder, folders, names in os.walk("."):
        folders[:] = sorted(f for f in folders if f not in LEFT_OUT and not f.startswith("."))
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.endswith(SOURCES) and not name.endswith((".d.ts", ".min.js")) and not os.path.islink(path):
                yield os.path.relpath(path, ".")


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


GUARD = """// Objects without a prototype have no hasOwnProperty: ask by Object.hasOwn(thing, name).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

const files = [
%s];

for (const file of files) {
  test(`${file} asks for own properties in a way that works without a prototype`, () => {
    const source = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
    assert.doesNotMatch(source, /\\.hasOwnProperty\\s*\\(/);
  });
}
"""


def runs_node_tests():
    try:
        scripts = json.loads(read("package.json")).get("scripts", {})
        return isinstance(scripts, dict) and "node --test" in str(scripts.get("test", ""))
    except (OSError, ValueError, AttributeError):
        return False


def add_guard(files):
    path = "test/own-properties.test.mjs"
    if os.path.exists(path) or not runs_node_tests():
        return
    os.makedirs("test", exist_ok=True)
    write(path, GUARD % "".join(f"  {json.dumps(f)},\n" for f in files).replace('"', "'"))


def add_to_changelog():
    path = "CHANGELOG.md"
    if not os.path.isfile(path) or os.path.islink(path):
        return
    text = read(path)
    end = "\r\n" if "\r\n" in text else "\n"
    line = f"- Own properties are asked for in a way that works on objects without a prototype.{end}"
    unreleased = re.search(r"^##\s*\[?unreleased\]?[^\n]*\n\s*\n?", text, re.IGNORECASE | re.MULTILINE)
    if unreleased:
        text = text[: unreleased.end()] + line + text[unreleased.end() :]
    else:
        first = re.search(r"^## ", text, re.MULTILINE)
        at = first.start() if first else len(text)
        if not first and text and not text.endswith("\n"):
            text += end
            at = len(text)
        text = text[:at] + f"## Unreleased{end}{end}{line}{end}" + text[at:]
    write(path, text)


def main():
    changed = []
    for path in sources():
        try:
            before = read(path)
        except (OSError, UnicodeDecodeError) as error:
            print(f"left alone: {path}: {error}", file=sys.stderr)
            continue
        if CALL not in before:
            continue
        after, count = rewrite(before)
        if count:
            write(path, after)
            changed.append(path)
            print(f"{path}: {count} call{'s' if count > 1 else ''} rewritten")
    if not changed:
        print("nothing to do: no call of hasOwnProperty on an object")
        return
    # The guard reads text: a file whose comments still name such a call is not for it.
    test_file = re.compile(r"(^|/)(tests?|__tests__)/|\.(test|spec)\.")
    code = [p for p in changed if not test_file.search(p) and not re.search(r"\.hasOwnProperty\s*\(", read(p))]
    if code:
        add_guard(code)
    add_to_changelog()


if __name__ == "__main__":
    main()
