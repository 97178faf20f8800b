// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The plugins, those at risk first.
RowList {
    id: list

    required property HealthView view

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
            Caption { text: qsTr("Plugin"); Layout.preferredWidth: 170 }
            Caption { text: qsTr("Tier"); Layout.preferredWidth: 90 }
            Caption { text: qsTr("Points"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 46 }
            Caption { text: qsTr("Moved"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 46 }
            Caption { text: qsTr("Hang on it"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 66 }
            Caption { text: qsTr("Most to gain"); Layout.fillWidth: true }
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
        RowLayout {
            anchors.fill: parent
            spacing: Theme.m
            AppText { text: row.key; font.weight: Font.Medium; Layout.preferredWidth: 170 }
            Tag { text: row.tier; tone: row.tone; iconName: row.icon; Layout.preferredWidth: 90 }
            AppText { text: row.points; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 46 }
            AppText { text: row.moved; color: Theme.ink(row.movedTone); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 46 }
            AppText { text: row.dependents > 0 ? row.dependents : ""; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 66 }
            Muted { text: row.reason; Layout.fillWidth: true }
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
