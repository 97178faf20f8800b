// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What the agent asked to be allowed, and what it was told.
RowLayout {
    id: part

    required property storyItem item
    readonly property bool open: item.status === ""
    readonly property bool allowed: item.status.startsWith("allow")

    spacing: Theme.s
    width: parent ? parent.width : 0

    Icon {
        name: "shield"
        size: 15
        color: part.open ? Theme.warning : part.allowed ? Theme.ok : Theme.danger
        Layout.alignment: Qt.AlignTop
        Layout.topMargin: 2
    }
    AppText {
        text: qsTr("Asked: %1").arg(part.item.title)
        wrapMode: Text.Wrap
        Layout.fillWidth: true
        Layout.leftMargin: 1
    }
    Tag {
        text: part.open ? qsTr("no answer yet") : part.said()
        tone: part.open ? "warning" : part.allowed ? "ok" : "danger"
        iconName: part.open ? "hand" : part.allowed ? "check" : "cross"
        Layout.alignment: Qt.AlignTop
    }

    function said(): string {
        const what = part.allowed ? qsTr("allowed") : part.item.status.startsWith("reject") ? qsTr("rejected") : part.item.status;
        return part.item.detail === "rule" ? qsTr("%1 by rule").arg(what) : part.item.detail === "person" ? qsTr("%1 by a person").arg(what) : what;
    }
}
