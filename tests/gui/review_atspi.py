#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the review as a screen reader does: usage: review_atspi.py BIN, BIN the folder of coppice and coppicectl.
Under Xvfb, with a session bus of its own: opens a patch, reads its rows, accepts a hunk by its button, and looks with
coppicectl whether that is what is stored. Exits with 0 when all of it holds."""
import json
import os
import subprocess
import sys
import tempfile
import time


def stand_in_display(arguments):
    """Starts this script again on a display and a bus that end with it."""
    os.environ["COPPICE_ATSPI_INSIDE"] = "1"
    command = ["xvfb-run", "-a", "-s", "-screen 0 1280x800x24", "dbus-run-session", "--", "/usr/bin/python3", *arguments]
    os.execvp(command[0], command)


def until(what, holds, seconds=60):
    end = time.time() + seconds
    trouble = ""
    while time.time() < end:
        try:
            found = holds()
        except Exception as error:  # what was found has gone again
            found, trouble = None, f" ({error!r})"
        if found:
            return found
        time.sleep(0.2)
    raise SystemExit(f"not within {seconds} s: {what}{trouble}")


def walk(node, depth=0):
    yield node
    if depth < 40:
        for i in range(node.childCount):
            child = node.getChildAtIndex(i)
            if child is not None:
                yield from walk(child, depth + 1)


def main():
    if "COPPICE_ATSPI_INSIDE" not in os.environ:
        stand_in_display([os.path.abspath(sys.argv[0]), os.path.abspath(sys.argv[1])])
    import pyatspi

    binaries = sys.argv[1]
    work = tempfile.mkdtemp()
    environment = dict(os.environ, QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1", QT_QUICK_BACKEND="software", QT_QPA_PLATFORM="xcb", LC_ALL="C.UTF-8",
                       GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null",
                       **{f"XDG_{kind}_HOME": f"{work}/{kind.lower()}" for kind in ("CONFIG", "STATE", "CACHE", "DATA")})
    bus = subprocess.Popen(["/usr/libexec/at-spi-bus-launcher", "--launch-immediately"], env=environment)

    def ctl(*arguments, text=None):
        done = subprocess.run([f"{binaries}/coppicectl", "--library", f"{work}/demo/library", "--json", *arguments],
                              input=text, env=environment, text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"coppicectl {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    subprocess.run([f"{binaries}/coppicectl", "demo", f"{work}/demo"], env=environment, check=True, stdout=subprocess.DEVNULL)
    file = "src/main.js"
    before = subprocess.run(["git", "-C", f"{work}/demo/library", "show", f"HEAD:plugins/weather/{file}"], env=environment, text=True,
                            capture_output=True, check=True).stdout.splitlines(keepends=True)
    after = before[:2] + ["// a line that the reader hears\n"] + before[2:-1] + ["// and another\n"] + before[-1:]
    for name, lines in (("a", before), ("b", after)):
        os.makedirs(f"{work}/{name}/plugins/weather/{os.path.dirname(file)}")
        with open(f"{work}/{name}/plugins/weather/{file}", "w", encoding="utf-8") as out:
            out.writelines(lines)
    diff = subprocess.run(["git", "diff", "--no-index", "--no-prefix", "a", "b"], cwd=work, env=environment, text=True, capture_output=True,
                          check=False).stdout
    with open(f"{work}/change.diff", "w", encoding="utf-8") as out:
        out.write(diff)
    ctl("review", "open", "--plugin", "weather", "--patch", f"{work}/change.diff", "--title", "comments")

    window = subprocess.Popen([f"{binaries}/coppice", "--library", f"{work}/demo/library", "--screen", "review"], env=environment)
    try:
        desktop = pyatspi.Registry.getDesktop(0)

        def application():
            for child in desktop:
                if child is not None and child.name == "coppice":
                    return child
            return None

        app = until("the window on the accessibility bus", application)

        def items():
            names = [node.name for node in walk(app) if node.getRole() == pyatspi.ROLE_LIST_ITEM]
            return names if any(name.startswith("Added line 3: // a line that the reader hears") for name in names) else None

        names = until("the added line as a list item", items)
        expected = ["Line 1: ", "Line 2: ", "Hunk 1 of 2"]
        for beginning in expected:
            if not any(name.startswith(beginning) for name in names):
                raise SystemExit(f"no list item begins with “{beginning}”: {names}")
        if not any("Changes of plugins/weather/" in node.name for node in walk(app)):
            raise SystemExit("the list of rows has no name")

        def accept():
            for head in walk(app):
                if head.getRole() == pyatspi.ROLE_LIST_ITEM and head.name.startswith("Hunk 1 of 2"):
                    return [node for node in walk(head) if node.getRole() == pyatspi.ROLE_PUSH_BUTTON and node.name == "Accept"]
            return None

        # Qt lists a button's own action, which does nothing, before the one that the button was given.
        action = until("the button Accept of the first hunk", accept)[0].queryAction()
        action.doAction(max(i for i in range(action.nActions) if action.getName(i) == "Press"))

        def stored():
            shown = ctl("review", "show", ctl("review", "list")["reviews"][0]["id"])
            verdicts = [hunk["verdict"] for each in shown["files"] for hunk in each["hunks"]]
            return verdicts == ["accepted", "undecided"]

        until("the first hunk accepted, and only that", stored, 30)
        until("the verdict heard", lambda: any(node.name.startswith("Hunk 1 of 2") and node.name.endswith("accepted") for node in walk(app)))
    finally:
        window.kill()
        window.wait()
        bus.kill()
        bus.wait()
    print("the review is read and decided by AT-SPI")


main()
