// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Frames of a stack trace, the crash site first; those in the plugin's own code are marked.
ColumnLayout {
    id: list

    property RecordModel frames
    readonly property int most: 12

    spacing: 2
    Repeater {
        model: list.frames
        RowLayout {
            id: row
            required property string function_
            required property string place
            required property bool inApp
            required property int index
            visible: index < list.most
            spacing: Theme.s
            Rectangle {
                implicitWidth: 3
                implicitHeight: 16
                radius: 1
                color: row.inApp ? Theme.accent : "transparent"
            }
            Code {
                text: row.function_
                color: row.inApp ? Theme.text : Theme.muted
                font.weight: row.inApp ? Font.DemiBold : Font.Normal
                Layout.maximumWidth: list.width * 0.45
            }
            Code {
                text: row.place
                color: Theme.muted
                elide: Text.ElideLeft
                Layout.fillWidth: true
            }
        }
    }
    Muted {
        visible: list.frames.count > list.most
        text: qsTr("and %n more frame(s)", "", list.frames.count - list.most)
    }
}
