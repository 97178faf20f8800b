// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A check as Coppice ran it, before the change and after it; unfolds to what it printed.
ColumnLayout {
    id: part

    required property storyItem item
    signal toggled

    spacing: 4
    width: parent ? parent.width : 0

    Item {
        implicitHeight: 24
        Layout.fillWidth: true
        RowLayout {
            anchors.fill: parent
            spacing: Theme.s
            Icon { name: "terminal"; size: 15; color: Theme.muted }
            Code { text: part.item.title; Layout.fillWidth: true; Layout.leftMargin: 1 }
            Muted { text: qsTr("before") }
            Said { said: part.item.before; Layout.preferredWidth: 70 }
            Muted { text: qsTr("after") }
            Said { said: part.item.after; Layout.preferredWidth: 70 }
            Icon { name: part.item.open ? "chevron-down" : "chevron-right"; size: 14; color: Theme.muted }
        }
        MouseArea {
            anchors.fill: parent
            onClicked: part.toggled()
        }
    }
    Loader {
        active: part.item.open && part.item.output !== ""
        visible: active
        Layout.fillWidth: true
        Layout.leftMargin: 24
        sourceComponent: OutputBlock { text: part.item.output }
    }
}
