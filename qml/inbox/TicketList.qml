// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

RowList {
    id: list

    required property InboxView view
    signal ticketAsked

    label: qsTr("Tickets")
    model: view.tickets
    selected: view.ticketIndex
    onPicked: index => view.pickTicket(index)
    onOpened: if (view.answer !== "") App.follow(view.answer)
    delegate: ListRow {
        id: row
        required property string plugin
        required property string title
        required property string shown
        required property string status
        required property string tone
        required property string icon
        required property double changed
        required property string assignee
        required property bool tainted
        required property bool regressed
        height: 50
        ColumnLayout {
            anchors.fill: parent
            anchors.topMargin: 6
            anchors.bottomMargin: 6
            spacing: 2
            RowLayout {
                spacing: Theme.s
                AppText {
                    text: row.title
                    font.weight: row.status === "inbox" ? Font.DemiBold : Font.Normal
                    Layout.fillWidth: true
                }
                Tag { visible: row.regressed; text: qsTr("came back"); tone: "danger"; iconName: "undo" }
                Tag { text: row.status; tone: row.tone; iconName: row.icon }
            }
            RowLayout {
                spacing: Theme.s
                Muted { text: row.plugin; Layout.maximumWidth: 180 }
                Code { text: row.shown; color: Theme.muted; font.pixelSize: Theme.tiny }
                Muted { text: row.assignee !== "" ? "· " + row.assignee : ""; Layout.fillWidth: true }
                AgeText { at: row.changed }
            }
        }
        Rule { anchors.bottom: parent.bottom; width: parent.width }
    }
    EmptyState {
        visible: list.count === 0
        anchors.centerIn: parent
        iconName: "ticket"
        title: list.view.filter !== "" ? qsTr("No ticket fits") : qsTr("No open tickets")
        text: list.view.filter !== "" ? qsTr("Nothing here has all of these words.")
                                      : qsTr("Make one of an error group with T, or write one by hand.")
        AppButton { text: qsTr("New ticket…"); keys: "N"; onClicked: list.ticketAsked() }
    }
}
