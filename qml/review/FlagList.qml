// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// Risk flags; one that names a file leads to it.
ListView {
    id: list

    required property ReviewView view

    model: view.flags
    clip: true
    spacing: 4
    boundsBehavior: Flickable.StopAtBounds
    activeFocusOnTab: count > 0
    Accessible.role: Accessible.List
    Accessible.name: qsTr("Risk flags")
    T.ScrollBar.vertical: AppScrollBar { }
    delegate: Item {
        id: row
        required property string kind
        required property string detail
        required property string place
        required property int file
        required property string tone
        required property string icon
        width: ListView.view.width - 12
        implicitHeight: column.implicitHeight
        Accessible.role: Accessible.ListItem
        Accessible.name: kind + ": " + detail + " " + place
        ColumnLayout {
            id: column
            width: parent.width
            spacing: 1
            RowLayout {
                spacing: 6
                Icon { name: row.icon; color: Theme.ink(row.tone); size: 14; Layout.alignment: Qt.AlignTop; Layout.topMargin: 1 }
                AppText {
                    text: row.detail !== "" ? row.detail : row.kind
                    font.pixelSize: Theme.small
                    wrapMode: Text.Wrap
                    Layout.fillWidth: true
                }
            }
            Code {
                visible: text !== ""
                text: row.place
                color: Theme.muted
                font.pixelSize: Theme.tiny
                elide: Text.ElideLeft
                Layout.leftMargin: 20
                Layout.fillWidth: true
            }
        }
        MouseArea {
            anchors.fill: parent
            enabled: row.file >= 0
            cursorShape: enabled ? Qt.PointingHandCursor : Qt.ArrowCursor
            onClicked: list.view.pickFile(row.file)
        }
    }
}
