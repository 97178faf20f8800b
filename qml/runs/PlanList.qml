// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What the agent means to do, and how far it is.
ColumnLayout {
    id: plan

    property var entries: [] // texts
    property var states: []  // of each: pending, in_progress, completed

    spacing: 3
    width: parent ? parent.width : implicitWidth

    Repeater {
        model: plan.entries
        RowLayout {
            id: row
            required property string modelData
            required property int index
            readonly property string state: plan.states[index] ?? ""
            spacing: Theme.s
            Layout.fillWidth: true
            Accessible.role: Accessible.ListItem
            Accessible.name: modelData + ", " + state
            Icon {
                name: row.state === "completed" ? "circle-check" : row.state === "in_progress" ? "circle-half" : "circle"
                size: 15
                color: row.state === "completed" ? Theme.ok : row.state === "in_progress" ? Theme.info : Theme.muted
                Layout.alignment: Qt.AlignTop
                Layout.topMargin: 1
            }
            AppText {
                text: row.modelData
                color: row.state === "completed" ? Theme.muted : Theme.text
                font.weight: row.state === "in_progress" ? Font.Medium : Font.Normal
                wrapMode: Text.Wrap
                Layout.fillWidth: true
                Layout.leftMargin: 1
                Accessible.ignored: true
            }
        }
    }
}
