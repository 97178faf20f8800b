// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// What the inbox asks for before it acts.
Item {
    id: sheets

    required property InboxView view
    readonly property alias newTicket: newTicketSheet
    readonly property alias importLog: importSheet
    readonly property alias decline: declineSheet
    readonly property alias snooze: snoozeSheet
    readonly property alias mute: muteSheet
    readonly property alias duplicate: duplicateSheet
    readonly property alias assign: assignSheet
    readonly property alias comment: commentSheet
    readonly property alias rules: rulesSheet
    readonly property alias searches: searchesSheet
    readonly property alias order: orderSheet
    readonly property alias run: runSheet
    signal done ///< the list is to have the keyboard again

    NewTicketSheet { id: newTicketSheet; view: sheets.view }
    ImportSheet { id: importSheet }
    DeclineSheet { id: declineSheet; view: sheets.view }
    SnoozeSheet { id: snoozeSheet; view: sheets.view }
    MuteSheet { id: muteSheet; view: sheets.view }
    DuplicateSheet { id: duplicateSheet; view: sheets.view }
    AssignSheet { id: assignSheet; view: sheets.view }
    TicketCommentSheet { id: commentSheet; view: sheets.view }
    RulesSheet { id: rulesSheet }
    SearchesSheet { id: searchesSheet; view: sheets.view; onUsed: sheets.done() }
    RunSheet { id: runSheet }
    Sheet {
        id: orderSheet
        title: qsTr("Order")
        firstFocus: orders
        onAboutToShow: orders.wanted = sheets.view.order
        PickList {
            id: orders
            label: qsTr("Order")
            options: [{ text: qsTr("Last seen"), note: qsTr("the latest first") },
                      { text: qsTr("First seen"), note: qsTr("the newest error first") },
                      { text: qsTr("Events"), note: qsTr("the most first") },
                      { text: qsTr("Users"), note: qsTr("the most first") },
                      { text: qsTr("Priority"), note: qsTr("regressions, then level, users and events of late") }]
            onTaken: index => {
                orderSheet.close();
                sheets.view.order = index;
            }
        }
    }
    Connections {
        target: App
        function onShown(name: string, id: string) {
            if (name === "inbox" && id === "import:")
                importSheet.open();
        }
    }
}
