// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A step of the playbook begins: how it stands, and why.
ColumnLayout {
    id: part

    required property storyItem item
    readonly property string tone: {
        switch (item.status) {
        case "passed": return "ok";
        case "failed": return "danger";
        case "running": return "info";
        case "waiting": case "interrupted": return "warning";
        default: return "neutral";
        }
    }
    spacing: 4
    width: parent ? parent.width : 0

    RowLayout {
        spacing: Theme.s
        Layout.topMargin: Theme.m
        Layout.bottomMargin: 6
        Icon {
            name: part.tone === "ok" ? "circle-check" : part.tone === "danger" ? "circle-cross" : part.tone === "info" ? "runs" : part.tone === "warning" ? "clock" : "circle"
            color: Theme.ink(part.tone)
        }
        AppText { text: part.item.title; font.weight: Font.DemiBold }
        AppText { text: part.word(part.item.status); color: Theme.ink(part.tone); font.pixelSize: Theme.small }
        Muted { visible: part.item.attempt > 1; text: qsTr("attempt %1").arg(part.item.attempt) }
        Rule { Layout.fillWidth: true }
        Muted { visible: part.item.at > 0; text: part.item.at > 0 ? new Date(part.item.at).toLocaleTimeString(Qt.locale(), "HH:mm:ss") : "" }
    }
    AppText {
        visible: text !== ""
        text: part.item.detail
        color: part.tone === "danger" ? Theme.danger : Theme.muted
        wrapMode: Text.Wrap
        Layout.fillWidth: true
        Layout.leftMargin: 24
        Layout.bottomMargin: 6
    }

    function word(status: string): string {
        switch (status) {
        case "passed": return qsTr("passed");
        case "failed": return qsTr("failed");
        case "running": return qsTr("under way");
        case "waiting": return qsTr("waits for you");
        case "interrupted": return qsTr("interrupted");
        case "cancelled": return qsTr("cancelled");
        case "continued": return qsTr("continued");
        default: return status;
        }
    }
}
