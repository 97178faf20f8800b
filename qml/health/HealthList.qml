// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The plugins, those at risk first.
RowList {
    id: list

    required property HealthView view
    readonly property bool wide: width >= 760 ///< room for the reason beside the numbers; otherwise below them

    label: qsTr("Plugins by risk")
    model: view.plugins
    selected: view.currentIndex
    onPicked: index => view.pick(index)
    headerPositioning: ListView.OverlayHeader
    header: Rectangle {
        width: list.width
        height: 28
        z: 2
        color: Theme.surface
        visible: list.count > 0
        RowLayout {
            anchors.fill: parent
            anchors.leftMargin: Theme.m
            anchors.rightMargin: Theme.m
            spacing: Theme.m
            Caption { text: qsTr("Plugin"); Layout.preferredWidth: 190; Layout.fillWidth: !list.wide }
            Caption { text: qsTr("Tier"); Layout.preferredWidth: 90 }
            Caption { text: qsTr("Points"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 46 }
            Caption { text: qsTr("Moved"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 46 }
            Caption { text: qsTr("Dependents"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 72 }
            Caption { text: qsTr("Most to gain"); visible: list.wide; Layout.fillWidth: true }
        }
        Rule { anchors.bottom: parent.bottom; width: parent.width }
    }
    delegate: ListRow {
        id: row
        required property string key
        required property string tier
        required property string tone
        required property string icon
        required property string points
        required property string moved
        required property string movedTone
        required property int dependents
        required property string reason
        height: width >= 760 ? Theme.rowHeight : 50 // as the list is wide
        ColumnLayout {
            anchors.fill: parent
            anchors.topMargin: list.wide ? 0 : 5
            anchors.bottomMargin: list.wide ? 0 : 5
            spacing: 0
            RowLayout {
                spacing: Theme.m
                Layout.fillHeight: list.wide
                AppText { text: row.key; elide: Text.ElideRight; font.weight: Font.Medium; Layout.preferredWidth: 190; Layout.fillWidth: !list.wide }
                Item {
                    implicitHeight: tag.implicitHeight
                    Layout.preferredWidth: 90
                    Tag { id: tag; text: row.tier; tone: row.tone; iconName: row.icon }
                }
                AppText { text: row.points; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 46 }
                AppText { text: row.moved; color: Theme.ink(row.movedTone); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 46 }
                AppText { text: row.dependents > 0 ? row.dependents : ""; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 72 }
                Muted { text: row.reason; visible: list.wide; Layout.fillWidth: true }
            }
            Muted { text: row.reason; visible: !list.wide; Layout.fillWidth: true }
        }
    }
    EmptyState {
        visible: list.count === 0
        anchors.centerIn: parent
        iconName: "filter"
        title: qsTr("No plugin fits")
        text: qsTr("Nothing has all of these words and this tier.")
    }
}
