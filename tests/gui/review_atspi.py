#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the review as a screen reader does: usage: review_atspi.py BIN [SECONDS], BIN the folder of coppice and coppicectl.
On a display and a session bus of its own: chooses a patch, reads its hunks with their states, accepts one, rejects one with
a reason, undoes that, rejects it again, and looks each time with coppicectl at what is stored. Exits with 0 when all of it
holds. Every wait has a limit and says what it was for, the whole has SECONDS, and whatever was started is gone at the end:
a bus that outlives the test would hold the pipe that its output is read from, and with it whoever reads."""
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

SECONDS = 240
stage = ["starting"]


def step(what):
    stage[0] = what
    print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)


def until(what, holds, seconds=45):
    """What `holds` answers once it is something; gives up after `seconds` and says what was missing."""
    step(what)
    end = time.monotonic() + seconds
    trouble = ""
    while time.monotonic() < end:
        try:
            found, trouble = holds(), ""
        except Exception as error:  # what was found has gone again
            found, trouble = None, f" ({error!r})"
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit(f"not within {seconds} s: {what}{trouble}")


class Children:
    """All that is started, also by what is started: orphans come to us, so that none is left."""

    def __init__(self):
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
        self.quiet = open(os.devnull, "r+b")

    def start(self, arguments, environment, **how):
        return subprocess.Popen(arguments, env=environment, stdin=self.quiet, **{"stdout": self.quiet, "stderr": self.quiet, **how})

    @staticmethod
    def of(pid):
        try:
            with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
                return [int(child) for child in file.read().split()]
        except OSError:
            return []

    def end(self):
        for _ in range(20):  # each round may bring orphans
            children = self.of(os.getpid())
            if not children:
                return
            for child in children:
                try:
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
                except OSError:
                    pass


def line_from(descriptor, what, seconds=20):
    """The first line that a program writes to a pipe."""
    text = b""
    os.set_blocking(descriptor, False)

    def read():
        nonlocal text
        try:
            text += os.read(descriptor, 4096)
        except BlockingIOError:
            pass
        return b"\n" in text

    until(what, read, seconds)
    return text.decode().split("\n")[0]


def give_up(children, seconds):
    """Ends everything when the time is over, wherever the main thread hangs."""
    def over():
        print(f"gave up after {seconds} s, at: {stage[0]}", flush=True)
        children.end()
        os._exit(1)
    timer = threading.Timer(seconds, over)
    timer.daemon = True
    timer.start()


def stand_in_desktop(children, environment):
    """A display, a session bus and the accessibility bus."""
    out, into = os.pipe()
    children.start(["Xvfb", "-displayfd", str(into), "-screen", "0", "1280x800x24", "-nolisten", "tcp"], environment, pass_fds=[into])
    os.close(into)
    environment["DISPLAY"] = ":" + line_from(out, "a display of Xvfb")
    out, into = os.pipe()
    children.start(["dbus-daemon", "--session", "--nofork", f"--print-address={into}"], environment, pass_fds=[into])
    os.close(into)
    environment["DBUS_SESSION_BUS_ADDRESS"] = line_from(out, "a session bus")
    launcher = next((path for path in ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher") if os.path.exists(path)), None)
    if launcher is None:
        raise SystemExit("there is no at-spi-bus-launcher: install at-spi2-core")
    children.start([launcher, "--launch-immediately"], environment)


class WindowAttributes(ctypes.Structure):
    """XWindowAttributes of Xlib.h."""
    _fields_ = [(name, ctypes.c_int) for name in ("x", "y", "width", "height", "border", "depth")] + [("visual", ctypes.c_void_p), ("root", ctypes.c_ulong)] \
        + [(name, ctypes.c_int) for name in ("kind", "bits", "gravity", "backing")] + [("planes", ctypes.c_ulong), ("pixel", ctypes.c_ulong), ("under", ctypes.c_int),
           ("colours", ctypes.c_ulong), ("installed", ctypes.c_int), ("mapped", ctypes.c_int), ("rest", ctypes.c_long * 8)]


def give_focus():
    """What a window manager does: the keys go to the window. There is none on this display. True when a window was there."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XDefaultRootWindow.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
    windows, attributes = ctypes.POINTER(ctypes.c_ulong)(), WindowAttributes()
    top = ctypes.c_ulong(x11.XDefaultRootWindow(display))
    x11.XQueryTree(display, top, ctypes.byref(root), ctypes.byref(parent), ctypes.byref(windows), ctypes.byref(count))
    found = False
    for i in range(count.value):
        window = ctypes.c_ulong(windows[i])
        x11.XGetWindowAttributes(display, window, ctypes.byref(attributes))
        if attributes.mapped == 2 and attributes.width > 300:  # IsViewable
            x11.XSetInputFocus(display, window, 2, 0)
            found = True
    x11.XSync(display, 0)
    x11.XCloseDisplay(display)
    return found


class Reader:
    """What a screen reader has of the window."""

    def __init__(self, process):
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi
        import pyatspi
        Atspi.set_timeout(3000, 15000)  # ms for an answer, and while a program starts
        self.pyatspi, self.atspi = pyatspi, Atspi

        def application():
            if process.poll() is not None:
                raise SystemExit(f"the window ended with {process.returncode}")
            desktop = pyatspi.Registry.getDesktop(0)
            return next((child for child in desktop if child is not None and child.name == "coppice"), None)

        self.app = until("the window on the accessibility bus", application, 90)
        # Qt does not announce each change of a state, so nothing is to be remembered between two looks.
        self.app.set_cache_mask(Atspi.Cache.NONE)

    def walk(self, node=None, depth=0):
        node = node or self.app
        yield node
        if depth < 40:
            for i in range(min(node.childCount, 5000)):
                child = node.getChildAtIndex(i)
                if child is not None:
                    yield from self.walk(child, depth + 1)

    def rows(self, beginning):
        return [node for node in self.walk() if node.getRole() == self.pyatspi.ROLE_LIST_ITEM and node.name.startswith(beginning)]

    def states(self, node):
        return {self.pyatspi.stateToString(state) for state in node.getState().getStates()}

    def hunk(self, number, ending=None):
        found = [node for node in self.rows(f"Hunk {number} of 2") if ending is None or node.name.endswith(ending)]
        return found[0] if found else None

    def button(self, name, within=None):
        found = [node for node in self.walk(within) if node.getRole() == self.pyatspi.ROLE_PUSH_BUTTON and node.name == name
                 and "showing" in self.states(node)]
        return found[-1] if found else None

    def press(self, what, find):
        # Qt lists a control's own action, which does nothing, before the one that it was given.
        action = until(what, find).queryAction()
        action.doAction(max(i for i in range(action.nActions) if action.getName(i) == "Press"))


    def key(self, what, symbol):
        """A key that a person presses; `symbol` as X calls it: its number, for letters their own."""
        step(what)
        if not self.atspi.generate_keyboard_event(symbol, None, self.atspi.KeySynthType.SYM):
            raise SystemExit(f"the key was not taken: {what}")

    def focused(self, name):
        return lambda: [node for node in self.walk() if node.name.startswith(name) and "focused" in self.states(node)]


def change(work, environment, name, lines_before, lines_after):
    """A git diff of a file of the plugin “weather”."""
    for side, lines in (("a", lines_before), ("b", lines_after)):
        path = f"{work}/{name}/{side}/plugins/weather/src/main.js"
        os.makedirs(os.path.dirname(path))
        with open(path, "w", encoding="utf-8") as out:
            out.writelines(lines)
    diff = subprocess.run(["git", "diff", "--no-index", "--no-prefix", "a", "b"], cwd=f"{work}/{name}", env=environment, text=True,
                          capture_output=True, check=False, timeout=60).stdout
    with open(f"{work}/{name}.diff", "w", encoding="utf-8") as out:
        out.write(diff)
    return f"{work}/{name}.diff"


def review(binaries, work, children, environment):
    def ctl(*arguments):
        done = subprocess.run([f"{binaries}/coppicectl", "--library", f"{work}/demo/library", "--json", *arguments],
                              env=environment, stdin=subprocess.DEVNULL, text=True, capture_output=True, check=False, timeout=90)
        if done.returncode != 0:
            raise SystemExit(f"coppicectl {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    step("a demo library")
    subprocess.run([f"{binaries}/coppicectl", "demo", f"{work}/demo"], env=environment, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, timeout=90)
    before = subprocess.run(["git", "-C", f"{work}/demo/library", "show", "HEAD:plugins/weather/src/main.js"], env=environment, text=True,
                            capture_output=True, check=True, timeout=30).stdout.splitlines(keepends=True)
    after = before[:2] + ["// a line that the reader hears\n"] + before[2:-1] + ["// and another\n"] + before[-1:]
    step("two patches")
    patch = ctl("review", "open", "--plugin", "weather", "--patch", change(work, environment, "two", before, after), "--title", "two comments")["id"]
    # Riskier, so that it stands above the other, which has to be chosen.
    ctl("review", "open", "--plugin", "weather", "--patch", change(work, environment, "risky", before, before + ["eval(process.argv[2]);\n"]),
        "--title", "a risky one")

    def verdicts():
        hunks = [hunk for each in ctl("review", "show", patch)["files"] for hunk in each["hunks"]]
        return [(hunk["verdict"], hunk.get("reason") or "") for hunk in hunks]

    def stored(*expected):
        return lambda: verdicts() == list(expected)

    step("the window")
    window = children.start([f"{binaries}/coppice", "--library", f"{work}/demo/library", "--screen", "review"], environment,
                            stderr=open(f"{work}/window.log", "wb"))
    reader = Reader(window)
    until("the window with the keys' focus", give_focus)
    reader.press("the button that opens the list of patches", lambda: reader.button("2 patches"))
    reader.press("the patch “two comments” in the list", lambda: next(iter(reader.rows("weather, two comments, open")), None))
    reader.key("Escape, to close the list", 0xff1b)
    until("the list closed", lambda: not any("showing" in reader.states(node) for node in reader.rows("weather, two comments")))
    until("the added line as a list item", lambda: reader.rows("Added line 3: // a line that the reader hears"))
    for beginning in ("Line 1: ", "Line 2: ", "Hunk 1 of 2", "Hunk 2 of 2"):
        until(f"a list item that begins with “{beginning}”", lambda: reader.rows(beginning))
    until("a name for the list of rows", lambda: any("Changes of plugins/weather/src/main.js" in node.name for node in reader.walk()))
    until("the first hunk selected, the second not",
          lambda: "selected" in reader.states(reader.hunk(1)) and "selected" not in reader.states(reader.hunk(2)))
    until("no verdict heard yet", lambda: not any(node.name.endswith(("accepted", "rejected")) for node in reader.rows("Hunk ")))

    reader.press("the button Accept of the first hunk", lambda: reader.button("Accept", reader.hunk(1)))
    until("the first hunk accepted, and only that", stored(("accepted", ""), ("undecided", "")))
    until("that heard", lambda: reader.hunk(1, "accepted"))

    def reject(reason):
        until("the rows focused", reader.focused("Changes of "))
        if "selected" not in reader.states(reader.hunk(2)):
            reader.key("J, to the second hunk", ord("j"))
            until("the second hunk selected", lambda: "selected" in reader.states(reader.hunk(2)))
        reader.key("Shift+R, to reject with a reason", ord("R"))
        sheet = until("the sheet for the reason", lambda: next((node for node in reader.walk() if node.name == "Reject the hunk"
                                                              and node.getRole() == reader.pyatspi.ROLE_DIALOG), None))
        field = until("its field", lambda: next((node for node in reader.walk(sheet) if node.name == "What should be different"
                                                 and "editable" in reader.states(node)), None))
        until("the field focused", lambda: "focused" in reader.states(field))
        step("typing the reason")
        for letter in reason:
            reader.atspi.generate_keyboard_event(ord(letter), None, reader.atspi.KeySynthType.SYM)
        until("the reason in the field", lambda: field.queryText().getText(0, -1) == reason)
        reader.press("the sheet's button Reject", lambda: reader.button("Reject", sheet))
        until("the rejection heard", lambda: reader.hunk(2, f"rejected: {reason}") or reader.hunk(2, "rejected"))

    reject("say it in one line")
    reader.press("the way back", lambda: reader.button("Undo"))
    until("the rejection taken back, the acceptance kept", stored(("accepted", ""), ("undecided", "")))
    until("that heard", lambda: reader.hunk(2) and not reader.hunk(2, "rejected"))
    reject("another reason")
    until("the second hunk rejected with its reason", stored(("accepted", ""), ("rejected", "another reason")))


def main():
    children = Children()
    give_up(children, float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS)
    work = tempfile.mkdtemp(prefix="coppice-atspi-")
    environment = dict(os.environ, QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1", QT_QUICK_BACKEND="software", QT_QPA_PLATFORM="xcb", LC_ALL="C.UTF-8",
                       GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null", NO_AT_BRIDGE="0", XDG_RUNTIME_DIR=f"{work}/runtime",
                       **{f"XDG_{kind}_HOME": f"{work}/{kind.lower()}" for kind in ("CONFIG", "STATE", "CACHE", "DATA")})
    os.mkdir(f"{work}/runtime", 0o700)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS"):
        environment.pop(name, None)
    try:
        stand_in_desktop(children, environment)
        os.environ.update(environment)  # for the libraries that this process reads the bus with
        review(os.path.abspath(sys.argv[1]), work, children, environment)
        step("the review is read and decided by AT-SPI")
    except subprocess.TimeoutExpired as error:
        raise SystemExit(f"{stage[0]}: {' '.join(error.cmd)} did not end within {error.timeout:.0f} s") from error
    except SystemExit:
        try:
            with open(f"{work}/window.log", encoding="utf-8", errors="replace") as log:
                print(log.read()[-2000:], flush=True)
        except OSError:
            pass
        raise
    finally:
        children.end()
        shutil.rmtree(work, ignore_errors=True)


began = time.monotonic()
main()
