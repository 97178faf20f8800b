#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a `git fast-import` stream of a library's history to stdout: the same for the same arguments.

  make_history.py [--commits N] [--prefixes N] [--layout flat|grouped] [--seed N] [--after N] | git fast-import

Each commit touches one plugin mostly, several sometimes, now and then none; some come by a branch and a merge.
With --after the first N commits are taken as there already (refs/heads/main) and only the rest is written, with
other numbers: what a few days of work add to the library. In the flat layout all plugins lie in one folder; in the
grouped one in groups of forty, some of them higher and some deeper than the rest.
"""
import argparse
import random
import sys


def plugin_path(layout, number):
    if layout == "flat":
        return "plugins/p%04d" % number
    if number % 10 == 0:
        return "tools/t%04d" % number
    if number % 10 == 1:
        return "services/area%02d/team%02d/s%04d" % (number // 200, number // 50, number)
    return "plugins/group%02d/p%04d" % (number // 40, number)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--commits", type=int, default=50_000)
    options.add_argument("--prefixes", type=int, default=1_000)
    options.add_argument("--layout", choices=["flat", "grouped"], default="flat")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--after", type=int, default=0)
    options.add_argument("--links", action="store_true", help="each plugin links to templates/shared.md")
    options.add_argument("--template-edit", action="store_true", help="with --after: one commit, which edits the template")
    given = options.parse_args()
    dice = random.Random(given.seed + given.after)
    out = sys.stdout.buffer
    mark = 0

    def text(content):
        data = content.encode()
        return b"data %d\n%s\n" % (len(data), data)

    def commit(branch, parents, message, changes, number):
        nonlocal mark
        mark += 1
        who = dice.randrange(40)
        date = 1_500_000_000 + number * 700
        out.write(b"commit refs/heads/%s\nmark :%d\n" % (branch.encode(), mark))
        out.write(b"author Person %d <person%d@example.org> %d +0%d00\n" % (who, who, date - 60, dice.randrange(10)))
        out.write(b"committer Person %d <person%d@example.org> %d +0000\n" % (who, who, date))
        out.write(text(message))
        for word, parent in zip(["from"] + ["merge"] * 9, parents):
            out.write(b"%s %s\n" % (word.encode(), parent))
        for path, mode, content in changes:
            out.write(b"M %s inline %s\n" % (mode, path.encode()) + text(content))
        return b":%d" % mark

    def plugin(number):
        return plugin_path(given.layout, number)

    def edit(number):
        touched = [dice.randrange(given.prefixes)]
        kind = dice.random()
        if kind < 0.04:
            return [("docs/page%d.md" % dice.randrange(30), b"100644", "page %d\n" % number)]
        if kind < 0.12:
            touched += [dice.randrange(given.prefixes) for _ in range(dice.randrange(1, 5))]
        return [(plugin(one) + "/" + dice.choice(["README.md", "src/main.py", "src/tools.py", "package.json"]), b"100644",
                 "plugin %d at %d\n" % (one, number)) for one in touched]

    message = "%s(%s): change number %d\n\nWhat was wrong, and why this mends it, in a line or two of words.\n"
    if given.after:
        main_tip, number = b"refs/heads/main^0", given.after
        if given.template_edit:
            commit("main", [main_tip], "docs: the shared text\n", [("templates/shared.md", b"100644", "text %d\n" % number)], number)
            return
    else:
        first = [("README.md", b"100644", "A library\n"), ("templates/shared.md", b"100644", "text\n")]
        for one in range(given.prefixes):
            first.append((plugin(one) + "/README.md", b"100644", "plugin %d\n" % one))
            first.append((plugin(one) + "/src/main.py", b"100644", "print(%d)\n" % one))
            if given.links:
                first.append((plugin(one) + "/AGENTS.md", b"120000", "../" * (plugin(one).count("/") + 1) + "templates/shared.md"))
        if given.links:
            first.append(("coppice.yaml", b"100644", "name: bench\n"))
        main_tip, number = commit("main", [], "chore: begin\n", first, 0), 1
    while number < given.commits:
        if dice.random() < 0.03 and number + 4 < given.commits:
            side = main_tip
            for _ in range(dice.randrange(1, 3)):
                side = commit("side", [side], message % ("feat", "side", number), edit(number), number)
                number += 1
            changes = edit(number)
            main_tip = commit("main", [main_tip], message % ("fix", "main", number), changes, number)
            number += 1
            changes = [(path, b"100644", "plugin merged at %d\n" % number) for path, _, _ in edit(number)[:1]]
            main_tip = commit("main", [main_tip, side], "Merge branch 'side'\n", changes, number)
        else:
            main_tip = commit("main", [main_tip], message % ("fix", "p", number), edit(number), number)
        number += 1


if __name__ == "__main__":
    main()
