// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A tool that the agent called: what it is about, how it stands, how long it took; unfolds to what went in and out.
ColumnLayout {
    id: part

    required property storyItem item
    signal toggled

    spacing: 4
    width: parent ? parent.width : 0

    Item {
        implicitHeight: 24
        Layout.fillWidth: true
        Rectangle {
            anchors.fill: parent
            anchors.leftMargin: 20
            radius: 4
            color: area.containsMouse && part.item.more ? Theme.hover : "transparent"
        }
        RowLayout {
            anchors.fill: parent
            spacing: Theme.s
            Icon { name: part.iconOf(part.item.toolKind); size: 15; color: part.item.status === "failed" ? Theme.danger : Theme.muted }
            AppText {
                text: part.item.title
                font.family: part.item.toolKind === "execute" ? Theme.mono : Theme.family
                font.pixelSize: part.item.toolKind === "execute" ? Theme.small : Theme.normal
                Layout.fillWidth: true
                Layout.leftMargin: 1
            }
            Muted { visible: part.item.took >= 1000; text: Durations.of(part.item.took) }
            AppText {
                text: part.word(part.item.status)
                font.pixelSize: Theme.small
                color: Theme.ink(part.toneOf(part.item.status))
            }
            Icon {
                name: part.item.status === "completed" ? "check" : part.item.status === "failed" ? "cross" : part.item.status === "in_progress" ? "runs" : "clock"
                size: 14
                color: Theme.ink(part.toneOf(part.item.status))
            }
            Icon {
                opacity: part.item.more ? 1 : 0
                name: part.item.open ? "chevron-down" : "chevron-right"
                size: 14
                color: Theme.muted
            }
        }
        MouseArea {
            id: area
            anchors.fill: parent
            hoverEnabled: true
            enabled: part.item.more
            onClicked: part.toggled()
        }
    }
    Loader {
        active: part.item.open
        visible: active
        Layout.fillWidth: true
        Layout.leftMargin: 24
        sourceComponent: ColumnLayout {
            spacing: 6
            Repeater {
                model: part.item.locations
                Code {
                    required property string modelData
                    text: modelData
                    color: Theme.muted
                    Layout.fillWidth: true
                }
            }
            OutputBlock { visible: text !== ""; name: qsTr("Given"); text: part.item.input; Layout.fillWidth: true }
            OutputBlock { visible: text !== ""; name: qsTr("Answered"); text: part.item.output; Layout.fillWidth: true }
        }
    }

    function iconOf(kind: string): string {
        switch (kind) {
        case "read": return "eye";
        case "edit": return "pencil";
        case "delete": return "file-minus";
        case "move": return "move";
        case "search": return "search";
        case "execute": return "terminal";
        case "think": return "comment";
        case "fetch": return "globe";
        default: return "gear";
        }
    }
    function word(status: string): string {
        switch (status) {
        case "completed": return "";
        case "failed": return qsTr("failed");
        case "in_progress": return qsTr("under way");
        case "pending": return qsTr("begins");
        case "unfinished": return qsTr("did not end");
        default: return status;
        }
    }
    function toneOf(status: string): string {
        return status === "completed" ? "ok" : status === "failed" ? "danger" : status === "in_progress" || status === "pending" ? "info" : "warning";
    }
}
