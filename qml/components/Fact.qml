// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A name and its value, side by side, and where the value was read.
RowLayout {
    id: fact

    property string name
    property string value
    property string note
    property bool mono: false
    property int nameWidth: 104

    visible: value !== ""
    spacing: Theme.s
    Muted {
        text: fact.name
        Layout.preferredWidth: fact.nameWidth
        Layout.minimumWidth: fact.nameWidth
        Layout.alignment: Qt.AlignTop
        Layout.topMargin: 1
    }
    AppText {
        text: fact.value
        font.family: fact.mono ? Theme.mono : Theme.family
        font.pixelSize: fact.mono ? Theme.small : Theme.normal
        wrapMode: Text.Wrap
        Layout.fillWidth: true
        Accessible.name: fact.name + ": " + fact.value
    }
    Muted {
        visible: text !== ""
        text: fact.note
        Layout.maximumWidth: fact.width * 0.4
        Layout.alignment: Qt.AlignTop
    }
}
