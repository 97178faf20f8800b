// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A run in the list: what it works on, how it stands, and what it does right now.
ListRow {
    id: row

    required property runItem item
    property double now
    property string groupName
    property string groupCount
    // The first of its group carries the group's name over it.
    readonly property string group: ListView.section
    readonly property bool headed: ListView.section !== ListView.previousSection
    readonly property int headHeight: headed ? 28 : 0

    height: 50 + headHeight
    spoken: item.spoken

    Rectangle {
        visible: row.headed
        x: -Theme.m
        width: row.width
        height: row.headHeight
        color: Theme.sunken
        Accessible.role: Accessible.Heading
        Accessible.name: row.groupName
        RowLayout {
            anchors.fill: parent
            anchors.leftMargin: Theme.m
            anchors.rightMargin: Theme.m
            spacing: Theme.s
            Caption { text: row.groupName; Accessible.ignored: true }
            Muted { text: row.groupCount; font.pixelSize: Theme.tiny; Layout.fillWidth: true }
        }
        Rule { anchors.bottom: parent.bottom; width: parent.width }
    }
    ColumnLayout {
        anchors.fill: parent
        anchors.topMargin: 6 + row.headHeight
        anchors.bottomMargin: 6
        spacing: 2
        RowLayout {
            spacing: Theme.s
            AppText { text: row.item.plugin; font.weight: Font.Medium; Layout.maximumWidth: row.width * 0.45 }
            Muted { text: row.item.work; Layout.fillWidth: true }
            Icon { visible: row.item.tainted; name: "shield"; size: 13; color: Theme.warning }
            Tag { text: row.item.status; tone: row.item.tone; iconName: row.item.icon }
        }
        RowLayout {
            spacing: Theme.s
            AppText {
                text: row.item.doing
                font.pixelSize: Theme.small
                color: row.item.working || row.item.tone === "warning" ? Theme.text : Theme.muted
                Layout.fillWidth: true
            }
            Muted { text: row.item.spent; visible: text !== "" }
            Muted { visible: row.item.working; text: Durations.of(row.now - row.item.started) }
            AgeText { visible: !row.item.working; at: row.item.ended > 0 ? row.item.ended : row.item.queued }
        }
    }
    Rule { anchors.bottom: parent.bottom; width: parent.width }
}
