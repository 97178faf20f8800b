// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

RowList {
    id: list

    required property InboxView view
    signal importAsked

    label: qsTr("Error groups")
    model: view.groups
    selected: view.groupIndex
    onPicked: index => view.pickGroup(index)
    onOpened: view.ticketOfGroup !== "" ? App.follow(view.ticketOfGroup) : view.makeTicket()
    delegate: ListRow {
        id: row
        required property string plugin
        required property string title
        required property string level
        required property string levelTone
        required property string levelIcon
        required property double events
        required property string status
        required property string tone
        required property string icon
        required property double last
        height: 50
        ColumnLayout {
            anchors.fill: parent
            anchors.topMargin: 6
            anchors.bottomMargin: 6
            spacing: 2
            RowLayout {
                spacing: Theme.s
                Icon { name: row.levelIcon; color: Theme.ink(row.levelTone) }
                AppText {
                    text: row.title
                    font.weight: row.status === "new" || row.status === "regressed" ? Font.DemiBold : Font.Normal
                    Layout.fillWidth: true
                }
                Tag { text: row.status; tone: row.tone; iconName: row.icon }
            }
            RowLayout {
                spacing: Theme.s
                Muted { text: row.plugin; Layout.leftMargin: 24; Layout.fillWidth: true }
                Muted { text: qsTr("%n event(s)", "", row.events) }
                AgeText { at: row.last; before: "· " }
            }
        }
        Rule { anchors.bottom: parent.bottom; width: parent.width }
    }
    EmptyState {
        visible: list.count === 0
        anchors.centerIn: parent
        iconName: "bug"
        title: list.view.filter !== "" ? qsTr("No error group fits") : qsTr("No errors")
        text: list.view.filter !== "" ? qsTr("Nothing here has all of these words.")
                                      : qsTr("Import a log from production: JSON lines or plain text with stack traces. Equal errors become one group.")
        AppButton { text: qsTr("Import a log…"); keys: "I"; kind: "primary"; onClicked: list.importAsked() }
    }
}
