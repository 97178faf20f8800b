// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

RowList {
    id: list

    required property RunsView view

    label: qsTr("Runs")
    model: view.runs
    selected: view.currentIndex
    onPicked: index => view.pick(index)
    onOpened: if (view.review !== "") App.follow(view.review)
    delegate: ListRow {
        id: row
        required property string plugin
        required property string playbook
        required property string client
        required property string status
        required property string tone
        required property string icon
        required property double queued
        required property string length
        required property string shown
        required property bool tainted
        height: 50
        ColumnLayout {
            anchors.fill: parent
            anchors.topMargin: 6
            anchors.bottomMargin: 6
            spacing: 2
            RowLayout {
                spacing: Theme.s
                AppText { text: row.plugin; font.weight: Font.Medium; Layout.fillWidth: true }
                Tag { text: row.status; tone: row.tone; iconName: row.icon }
            }
            RowLayout {
                spacing: Theme.s
                Muted { text: qsTr("%1 by %2").arg(row.playbook).arg(row.client); Layout.fillWidth: true }
                Muted { text: row.length }
                AgeText { at: row.queued; before: "· " }
            }
        }
        Rule { anchors.bottom: parent.bottom; width: parent.width }
    }
    EmptyState {
        visible: list.count === 0
        anchors.centerIn: parent
        iconName: "runs"
        title: list.view.filter !== "" ? qsTr("No run fits") : qsTr("No runs yet")
        text: list.view.filter !== "" ? qsTr("Nothing here has all of these words.")
                                      : qsTr("A run is one try at a ticket by a client: an agent, a recipe, or a hand. Start one from an accepted ticket in the Inbox.")
        AppButton { visible: list.view.filter === ""; text: qsTr("Go to the Inbox"); onClicked: App.show("inbox") }
    }
}
