// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Checks as Coppice ran them: before the change, and after it.
ColumnLayout {
    id: table

    property RecordModel checks
    spacing: 0

    RowLayout {
        Layout.preferredHeight: 22
        spacing: Theme.s
        Caption { text: qsTr("Check"); Layout.fillWidth: true }
        Caption { text: qsTr("Before"); Layout.preferredWidth: 92 }
        Caption { text: qsTr("After"); Layout.preferredWidth: 92 }
    }
    Repeater {
        model: table.checks
        RowLayout {
            id: row
            required property string command
            required property string before
            required property string after
            spacing: Theme.s
            Layout.fillWidth: true
            Layout.preferredHeight: 26
            Accessible.role: Accessible.ListItem
            Accessible.name: qsTr("%1, before %2, after %3").arg(command).arg(before === "" ? qsTr("not run") : before).arg(after === "" ? qsTr("not run") : after)
            Code { text: row.command; Layout.fillWidth: true }
            Said { said: row.before; Layout.preferredWidth: 92 }
            Said { said: row.after; Layout.preferredWidth: 92 }
        }
    }
}
