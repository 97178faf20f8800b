// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

ListRow {
    id: row

    required property string kind
    required property string title
    required property string fact
    required property string tone
    required property string icon
    required property string link

    height: 22
    inset: 4
    spoken: kind + ": " + title + ", " + fact
    RowLayout {
        anchors.fill: parent
        spacing: Theme.s
        Icon { name: row.icon; color: Theme.ink(row.tone); size: 14 }
        Muted { text: row.kind; Layout.preferredWidth: 76 }
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
