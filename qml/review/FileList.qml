// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The files of the patch, each with how far its verdicts are.
Rectangle {
    id: files

    required property ReviewView view

    color: Theme.surface

    RowList {
        anchors.fill: parent
        label: qsTr("Files")
        model: files.view.files
        selected: files.view.fileIndex
        onPicked: index => files.view.pickFile(index)
        delegate: ListRow {
            id: row
            required property string name
            required property string folder
            required property string status
            required property string icon
            required property int hunks
            required property int accepted
            required property int rejected
            required property int unseen
            required property int flags
            readonly property bool decided: hunks > 0 && accepted + rejected === hunks
            height: 42
            RowLayout {
                anchors.fill: parent
                spacing: Theme.s
                Icon {
                    name: row.decided ? (row.accepted === 0 ? "circle-cross" : "circle-check") : row.accepted + row.rejected > 0 ? "circle-half" : "circle"
                    color: Theme.ink(row.decided ? (row.accepted === 0 ? "danger" : "ok") : "neutral")
                }
                ColumnLayout {
                    spacing: 0
                    Layout.fillWidth: true
                    RowLayout {
                        spacing: 5
                        AppText {
                            text: row.name
                            font.weight: row.unseen > 0 ? Font.DemiBold : Font.Normal
                            Layout.fillWidth: true
                            Layout.maximumWidth: implicitWidth + 1
                        }
                        Icon { visible: row.icon !== "file"; name: row.icon; color: Theme.muted; size: 13 }
                        Mark { icon: "flag"; tone: "warning"; count: row.flags; hint: qsTr("risk flags") }
                        Item { Layout.fillWidth: true }
                    }
                    Muted {
                        text: row.folder
                        font.pixelSize: Theme.tiny
                        elide: Text.ElideLeft
                        Layout.fillWidth: true
                    }
                }
                Muted { text: row.hunks === 0 ? "…" : (row.accepted + row.rejected) + "/" + row.hunks }
            }
        }
    }
}
