// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What is wrong in the library's settings files, with file and line.
Rectangle {
    id: note

    property RecordModel problems

    visible: problems.count > 0
    implicitHeight: visible ? column.implicitHeight + 2 * Theme.s : 0
    color: Theme.warningGround

    ColumnLayout {
        id: column
        anchors.fill: parent
        anchors.leftMargin: Theme.l
        anchors.rightMargin: Theme.l
        anchors.topMargin: Theme.s
        anchors.bottomMargin: Theme.s
        spacing: 2
        Repeater {
            model: note.problems
            RowLayout {
                id: row
                required property string text
                required property string where
                required property int index
                visible: index < 4
                spacing: Theme.s
                Icon { name: "warning"; color: Theme.warning; size: 14 }
                Code { text: row.where }
                AppText { text: row.text; Layout.fillWidth: true }
            }
        }
        Muted {
            visible: note.problems.count > 4
            text: qsTr("and %n more", "", note.problems.count - 4)
        }
    }
}
