// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What to do over the whole library, by what it brings.
RowList {
    id: list

    required property HealthView view
    property int at: 0

    label: qsTr("What to do, by what it brings")
    model: view.work
    selected: Math.min(at, count - 1)
    onPicked: index => at = index
    delegate: ListRow {
        id: row
        required property string title
        required property string next
        required property int plugins
        required property string brings
        RowLayout {
            anchors.fill: parent
            spacing: Theme.m
            AppText { text: row.title; font.weight: Font.Medium; Layout.preferredWidth: 230 }
            AppText { text: qsTr("%n plugin(s)", "", row.plugins); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 90 }
            AppText { text: qsTr("+%1 for the average").arg(row.brings); color: Theme.ok; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 140 }
            Muted { text: row.next; Layout.fillWidth: true }
        }
    }
    EmptyState {
        visible: list.count === 0
        anchors.centerIn: parent
        iconName: "check"
        title: qsTr("Nothing to do")
        text: qsTr("All signals of all plugins are good.")
    }
}
