// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Checks as Coppice ran them: before the change, and after it. Return or a click opens what one printed.
ColumnLayout {
    id: table

    property RecordModel checks
    signal opened(string check)
    spacing: 0

    RowLayout {
        Layout.preferredHeight: 22
        spacing: Theme.s
        Caption { text: qsTr("Check"); Layout.fillWidth: true }
        Caption { text: qsTr("Before"); Layout.preferredWidth: 92 }
        Caption { text: qsTr("After"); Layout.preferredWidth: 92 }
    }
    RowList {
        id: list
        property int row: -1
        label: qsTr("Checks")
        model: table.checks
        selected: row
        onPicked: index => row = index
        onOpened: index => table.opened(table.checks.keyAt(index))
        Layout.fillWidth: true
        Layout.preferredHeight: Math.min(contentHeight, 168)

        delegate: ListRow {
            id: item
            required property string command
            required property string before
            required property string after
            height: 24
            inset: 0
            spoken: qsTr("%1, before %2, after %3").arg(command).arg(before === "" ? qsTr("not run") : before).arg(after === "" ? qsTr("not run") : after)
            RowLayout {
                anchors.fill: parent
                spacing: Theme.s
                Code {
                    text: item.command
                    color: Theme.accent
                    Layout.fillWidth: true
                    Layout.leftMargin: item.selected ? 6 : 0
                    MouseArea {
                        anchors.fill: parent
                        cursorShape: Qt.PointingHandCursor
                        onClicked: {
                            item.list.picked(item.index);
                            item.list.opened(item.index);
                        }
                    }
                }
                Said { said: item.before; Layout.preferredWidth: 92 }
                Said { said: item.after; Layout.preferredWidth: 92 }
            }
        }
    }
}
