// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The keys of the review.
Item {
    id: commands

    required property ReviewView view
    required property bool active
    readonly property bool here: active && view.patch !== ""
    readonly property bool decides: here && view.open
    signal hunkAsked(int line)
    signal rejectAsked
    signal commentAsked
    signal applyAsked
    signal shipAsked
    signal patchesAsked
    signal evidenceAsked
    signal checksAsked

    component Key: KeyCommand { group: qsTr("Review") }

    function go(line: int) { if (line >= 0) hunkAsked(line); }

    Key { text: qsTr("Next hunk"); sequences: ["J"]; enabled: commands.here; listed: false; onActivated: commands.go(commands.view.stepHunk(1)) }
    Key { text: qsTr("Previous hunk"); sequences: ["K"]; enabled: commands.here; listed: false; onActivated: commands.go(commands.view.stepHunk(-1)) }
    Key { text: qsTr("Next file"); sequences: ["N"]; enabled: commands.here; listed: false; onActivated: commands.view.stepFile(1) }
    Key { text: qsTr("Previous file"); sequences: ["P"]; enabled: commands.here; listed: false; onActivated: commands.view.stepFile(-1) }
    Key { text: qsTr("Next hunk without a verdict"); sequences: ["Space"]; enabled: commands.here; onActivated: commands.go(commands.view.nextUndecided()) }
    Key { text: qsTr("Accept the hunk, and go on"); sequences: ["A"]; icon: "check"; enabled: commands.decides; onActivated: { commands.view.accept(commands.view.diff.currentHunk); commands.go(commands.view.stepHunk(1)); } }
    Key { text: qsTr("Reject the hunk, and go on"); sequences: ["R"]; icon: "cross"; enabled: commands.decides; onActivated: { commands.view.reject(commands.view.diff.currentHunk, ""); commands.go(commands.view.stepHunk(1)); } }
    Key { text: qsTr("Reject the hunk with a reason…"); sequences: ["Shift+R"]; icon: "cross"; enabled: commands.decides; onActivated: commands.rejectAsked() }
    Key { text: qsTr("Take the hunk's verdict back"); sequences: ["X"]; icon: "undo"; enabled: commands.decides; onActivated: commands.view.reconsider(commands.view.diff.currentHunk) }
    Key { text: qsTr("Accept all of the file"); sequences: ["F"]; icon: "check"; enabled: commands.decides; onActivated: commands.view.acceptFile() }
    Key { text: qsTr("Accept all that has no verdict"); sequences: ["Shift+A"]; icon: "check"; enabled: commands.decides && commands.view.undecided > 0; onActivated: commands.view.acceptAll() }
    Key { text: qsTr("Reject all of the patch"); sequences: ["Ctrl+Shift+R"]; icon: "cross"; enabled: commands.decides; onActivated: commands.view.rejectAll() }
    Key { text: qsTr("Comment on the hunk…"); sequences: ["C"]; icon: "comment"; enabled: commands.here; onActivated: commands.commentAsked() }
    Key { text: qsTr("Copy the hunk"); sequences: ["Y"]; icon: "copy"; enabled: commands.here; onActivated: commands.view.copyHunk(commands.view.diff.currentHunk) }
    Key { text: qsTr("Fold or open the evidence"); sequences: ["V"]; icon: "shield"; enabled: commands.here; onActivated: commands.evidenceAsked() }
    Key { text: qsTr("What the checks printed…"); sequences: ["Ctrl+L"]; icon: "terminal"; enabled: commands.here && commands.view.checks.count > 0; onActivated: commands.checksAsked() }
    Key { text: qsTr("Choose another patch"); sequences: ["O"]; icon: "review"; enabled: commands.active; onActivated: commands.patchesAsked() }
    Key { text: qsTr("Show shipped and closed patches too"); sequences: ["H"]; icon: "eye"; enabled: commands.active; onActivated: commands.view.showAll = !commands.view.showAll }
    Key { text: qsTr("Apply what is accepted…"); sequences: ["Ctrl+Return"]; icon: "check"; enabled: commands.decides && commands.view.accepted > 0; onActivated: commands.applyAsked() }
    Key { text: qsTr("Ship the plugin…"); sequences: ["Ctrl+Shift+S"]; icon: "ship"; enabled: commands.here && commands.view.canShip; onActivated: commands.shipAsked() }
}
