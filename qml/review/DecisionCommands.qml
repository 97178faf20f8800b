// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The keys of what a reviewer decides beside whole hunks.
Item {
    id: commands

    required property ReviewView view
    required property ReviewDesk desk
    required property bool active
    readonly property bool here: active && view.patch !== ""
    readonly property bool decides: here && view.open
    signal linesAsked
    signal threadsAsked
    signal editAsked
    signal backAsked
    signal sweepsAsked

    component Key: KeyCommand { group: qsTr("Review") }

    Key { text: qsTr("Decide on lines of the hunk…"); sequences: ["L"]; icon: "check"; enabled: commands.decides; onActivated: commands.linesAsked() }
    Key { text: qsTr("Mark the hunk as viewed, or not"); sequences: ["Shift+V"]; icon: "eye"; enabled: commands.here && commands.view.since === 0; onActivated: commands.desk.toggleViewed() }
    Key { text: qsTr("Edit the hunk…"); sequences: ["Ctrl+Shift+E"]; icon: "pencil"; enabled: commands.decides; onActivated: commands.editAsked() }
    Key { text: qsTr("Threads: answer, resolve…"); sequences: ["T"]; icon: "comment"; enabled: commands.here; onActivated: commands.threadsAsked() }
    Key { text: qsTr("Only what is new since the last revision, or all"); sequences: ["I"]; icon: "eye"; enabled: commands.here; onActivated: commands.view.toggleSince() }
    Key { text: qsTr("Send the patch back to its agent…"); sequences: ["Shift+B"]; icon: "undo"; enabled: commands.decides; onActivated: commands.backAsked() }
    Key { text: qsTr("Equal hunks in many plugins…"); sequences: ["Shift+S"]; icon: "review"; enabled: commands.active; onActivated: commands.sweepsAsked() }
}
