// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// Something that can be done, by key or from the palette; both and the key sheet know it by its text.
Shortcut {
    id: command

    property string text
    property string group: qsTr("Everywhere")
    property string icon: "chevron-right"
    property string keysText: sequences.length > 0 ? String(sequences[0]) : String(sequence ?? "")
    property bool listed: true

    context: Qt.WindowShortcut
    autoRepeat: false
    Component.onCompleted: Commands.add(command)
}
