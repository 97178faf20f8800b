// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What the picture shows, as a list; while something is searched for, what fits of the whole library.
RowList {
    id: list

    required property GraphView view
    required property GraphStyle style
    signal focusAsked(int index)

    label: view.filter !== "" ? qsTr("Plugins that fit") : qsTr("What the graph shows")
    model: view.rows
    selected: view.row
    onPicked: index => view.pick(index)
    onOpened: index => focusAsked(index)
    delegate: ListRow {
        id: row
        required property string title
        required property string detail
        required property string side
        required property int tier
        required property string tone
        required property string icon
        height: 44
        RowLayout {
            anchors.fill: parent
            spacing: Theme.s
            TierMark { tier: row.tier; style: list.style; visible: row.tier >= 0; implicitWidth: 12; implicitHeight: 12 }
            Icon { name: row.icon; visible: row.icon !== "" && row.tier < 0; size: 14; color: Theme.ink(row.tone) }
            ColumnLayout {
                spacing: 0
                Layout.fillWidth: true
                AppText { text: row.title; font.weight: Font.Medium; elide: Text.ElideRight; Layout.fillWidth: true }
                Muted { text: row.detail; font.pixelSize: Theme.small; elide: Text.ElideRight; Layout.fillWidth: true }
            }
            Muted { text: row.side; font.pixelSize: Theme.small }
        }
    }
    EmptyState {
        visible: list.count === 0 && list.view.filter !== ""
        anchors.centerIn: parent
        iconName: "search"
        title: qsTr("No plugin fits")
        text: qsTr("None has all of these words in its name, language or owners.")
    }
}
