// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

// Errors from production, and the tickets made of them.
AppScreen {
    id: screen

    name: "inbox"
    firstFocus: view.showTickets ? tickets : groups

    InboxView {
        id: view
        onSectionChanged: screen.takeFocusSoon()
    }
    InboxCommands {
        view: view
        active: screen.active
        onFilterAsked: filter.forceActiveFocus()
        onTicketAsked: newTicket.begin(view.plugin)
        onImportAsked: importSheet.open()
        onDeclineAsked: declineSheet.open()
        onAssignAsked: assignSheet.open()
        onRunAsked: runSheet.begin(view.ticketId, view.plugin)
    }
    NewTicketSheet { id: newTicket; view: view }
    ImportSheet { id: importSheet }
    DeclineSheet { id: declineSheet; view: view }
    AssignSheet { id: assignSheet; view: view }
    RunSheet { id: runSheet }
    Connections {
        target: App
        function onShown(name: string, id: string) {
            if (name === "inbox" && id === "import:")
                importSheet.open();
        }
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        ScreenHeader {
            title: qsTr("Inbox")
            note: view.showTickets ? qsTr("%n open ticket(s)", "", view.openTickets)
                                   : qsTr("%n new error group(s)", "", view.openGroups)
            FilterField {
                id: filter
                list: view.showTickets ? tickets : groups
                text: view.filter
                onTextEdited: view.filter = text
                Layout.preferredWidth: 200
            }
            AppButton { text: qsTr("Import a log…"); iconName: "file"; keys: "I"; onClicked: importSheet.open() }
            AppButton { text: qsTr("New ticket…"); iconName: "plus"; keys: "N"; onClicked: newTicket.begin(view.plugin) }
        }
        RowLayout {
            spacing: Theme.m
            Layout.margins: Theme.s
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
            Segments {
                options: [{ text: qsTr("Error groups"), count: view.openGroups }, { text: qsTr("Tickets"), count: view.openTickets }]
                current: view.showTickets ? 1 : 0
                onPicked: index => view.showTickets = index === 1
            }
            AppCheck {
                text: view.showTickets ? qsTr("Closed and declined too") : qsTr("Muted and resolved too")
                checked: view.showAll
                onToggled: view.showAll = checked
            }
            Item { Layout.fillWidth: true }
            KeyCap { keys: "1" }
            Muted { text: qsTr("groups") }
            KeyCap { keys: "2" }
            Muted { text: qsTr("tickets") }
        }
        Rule { Layout.fillWidth: true }
        SplitView {
            Layout.fillWidth: true
            Layout.fillHeight: true
            handle: SplitHandle { }
            Item {
                SplitView.preferredWidth: Math.max(420, screen.width * 0.46)
                SplitView.minimumWidth: 340
                GroupList {
                    id: groups
                    anchors.fill: parent
                    visible: !view.showTickets
                    view: view
                    onImportAsked: importSheet.open()
                }
                TicketList {
                    id: tickets
                    anchors.fill: parent
                    visible: view.showTickets
                    view: view
                    onTicketAsked: newTicket.begin("")
                }
            }
            InboxDetail {
                view: view
                visible: view.title !== ""
                SplitView.fillWidth: true
                SplitView.minimumWidth: 360
                onDeclineAsked: declineSheet.open()
                onAssignAsked: assignSheet.open()
                onRunAsked: runSheet.begin(view.ticketId, view.plugin)
            }
        }
    }
}
