// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A line of the inbox: what it is at the left, how much of it at the right, in columns that the head names.
ListRow {
    id: row

    required property inboxItem item
    required property bool marked
    required property InboxColumns columns
    signal picked(int modifiers)

    height: 54
    spoken: (marked ? qsTr("Marked, ") : "") + item.spoken

    // With Ctrl or Shift a click marks; without, the row below takes it.
    MouseArea {
        anchors.fill: parent
        anchors.leftMargin: -Theme.m
        anchors.rightMargin: -Theme.m
        onPressed: mouse => mouse.accepted = (mouse.modifiers & (Qt.ControlModifier | Qt.ShiftModifier)) !== 0
        onClicked: mouse => row.picked(mouse.modifiers)
    }
    Rectangle {
        visible: row.marked
        x: -Theme.m
        width: row.width
        height: row.height
        color: row.selected ? "transparent" : Theme.infoGround
    }
    RowLayout {
        anchors.fill: parent
        spacing: row.columns.gap
        Item {
            implicitWidth: 16
            implicitHeight: 36
            Icon {
                y: 1
                visible: !row.marked
                name: row.item.icon
                color: Theme.ink(row.item.iconTone)
            }
            Rectangle {
                y: 1
                visible: row.marked
                width: 16
                height: 16
                radius: 3
                color: Theme.accentGround
                Icon { anchors.centerIn: parent; name: "check"; size: 12; color: Theme.accentInk }
            }
            Rectangle {
                visible: row.item.fresh
                x: 4
                y: 25
                width: 7
                height: 7
                radius: 4
                color: Theme.accent
            }
        }
        ColumnLayout {
            spacing: 3
            Layout.fillWidth: true
            Layout.minimumWidth: 60
            AppText {
                text: row.item.title
                font.weight: row.item.waiting ? Font.DemiBold : Font.Normal
                color: row.item.muted ? Theme.muted : Theme.text
                Layout.fillWidth: true
            }
            RowLayout {
                spacing: 6
                Layout.preferredHeight: 18
                Tag { visible: row.item.regressed; implicitHeight: 17; text: qsTr("came back"); tone: "danger"; iconName: "undo" }
                Tag { visible: row.item.ticket || row.item.muted; implicitHeight: 17; text: row.item.snoozed !== "" ? row.item.snoozed : row.item.status; tone: row.item.tone; iconName: row.item.statusIcon }
                Muted { text: row.item.plugin; color: Theme.text; font.pixelSize: Theme.small; Layout.fillWidth: true; Layout.maximumWidth: Math.min(Math.ceil(implicitWidth) + 1, 150) }
                Muted { visible: row.item.assignee !== ""; text: "→ " + row.item.assignee; Layout.fillWidth: true; Layout.maximumWidth: Math.min(Math.ceil(implicitWidth) + 1, 110) }
                Muted { text: row.item.about; Layout.fillWidth: true }
            }
        }
        Sparkline {
            values: row.item.days
            color: Theme.borderStrong
            last: Theme.accent
            ground: Theme.border
            opacity: row.item.events !== "" ? 1 : 0
            implicitHeight: 26
            visible: row.columns.trend > 0
            Layout.minimumWidth: row.columns.trend
            Layout.maximumWidth: row.columns.trend
        }
        ColumnLayout {
            spacing: 3
            Layout.minimumWidth: row.columns.events
            Layout.maximumWidth: row.columns.events
            AppText { text: row.item.events; horizontalAlignment: Text.AlignRight; Layout.fillWidth: true; Accessible.ignored: true }
            AppText {
                text: row.item.more
                color: Theme.accent
                font.pixelSize: Theme.tiny
                font.weight: Font.Medium
                horizontalAlignment: Text.AlignRight
                Layout.fillWidth: true
                Layout.preferredHeight: 18
                Accessible.ignored: true
            }
        }
        ColumnLayout {
            spacing: 3
            visible: row.columns.users > 0
            Layout.minimumWidth: row.columns.users
            Layout.maximumWidth: row.columns.users
            AppText { text: row.item.users; horizontalAlignment: Text.AlignRight; Layout.fillWidth: true; Accessible.ignored: true }
            Item { Layout.preferredHeight: 18 }
        }
        ColumnLayout {
            spacing: 3
            Layout.minimumWidth: row.columns.seen
            Layout.maximumWidth: row.columns.seen
            AppText { text: App.age(row.item.last, App.now); font.pixelSize: Theme.small; horizontalAlignment: Text.AlignRight; Layout.fillWidth: true; Accessible.ignored: true }
            Muted { text: App.age(row.item.first, App.now); horizontalAlignment: Text.AlignRight; Layout.fillWidth: true; Layout.preferredHeight: 18; Accessible.ignored: true }
        }
    }
    Rule { x: -Theme.m; width: row.width; anchors.bottom: parent.bottom }
}
