// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Scores that moved since the day compared with, the largest movements first, each with its causes.
RowList {
    id: list

    required property HealthView view
    property int at: 0
    signal opening

    label: qsTr("What moved, and why")
    model: view.moved
    selected: Math.min(at, count - 1)
    onPicked: index => at = index
    onOpened: index => {
        view.openMoved(index);
        opening();
    }
    footer: Muted {
        readonly property int more: list.view.movedTotal - list.count
        visible: more > 0
        height: visible ? Theme.rowHeight : 0
        leftPadding: Theme.m
        verticalAlignment: Text.AlignVCenter
        text: qsTr("and %1 that moved less; the report as JSON has all of them").arg(more)
    }
    delegate: ListRow {
        id: row
        required property string plugin
        required property string text
        required property string moved
        required property string tone
        required property double at
        RowLayout {
            anchors.fill: parent
            spacing: Theme.m
            AppText { text: row.plugin; font.weight: Font.Medium; Layout.preferredWidth: 180 }
            AppText { text: row.moved; color: Theme.ink(row.tone); font.weight: Font.DemiBold; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 50 }
            Muted { text: App.age(row.at, App.now); Layout.preferredWidth: 90 }
            AppText { text: row.text; elide: Text.ElideRight; Layout.fillWidth: true }
        }
    }
    EmptyState {
        visible: list.count === 0
        anchors.centerIn: parent
        iconName: "move"
        title: qsTr("No score has moved")
        text: qsTr("Every movement is kept here with what caused it.")
    }
}
