// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

ColumnLayout {
    id: list

    property RecordModel rows

    spacing: 3
    Caption { text: qsTr("Evidence"); Layout.preferredHeight: 22 }
    Repeater {
        model: list.rows
        RowLayout {
            id: row
            required property string kind
            required property string title
            required property string fact
            required property string tone
            required property string icon
            required property string link
            required property double at
            required property int index
            visible: index < 7
            spacing: Theme.s
            Layout.fillWidth: true
            Accessible.role: Accessible.ListItem
            Accessible.name: kind + ": " + title + ", " + fact
            Icon { name: row.icon; color: Theme.ink(row.tone); size: 14 }
            Muted { text: row.kind; Layout.preferredWidth: 56 }
            AppText {
                text: row.title
                color: row.link !== "" ? Theme.accent : Theme.text
                Layout.fillWidth: true
                Layout.maximumWidth: implicitWidth + 4
                MouseArea {
                    anchors.fill: parent
                    enabled: row.link !== ""
                    cursorShape: enabled ? Qt.PointingHandCursor : Qt.ArrowCursor
                    onClicked: App.follow(row.link)
                }
            }
            Muted { text: row.fact; Layout.fillWidth: true; Layout.preferredWidth: 1 }
        }
    }
}
