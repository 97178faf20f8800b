// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The keys of the inbox.
Item {
    id: commands

    required property InboxView view
    required property bool active
    readonly property bool onGroup: active && !view.showTickets && view.groupId !== ""
    readonly property bool onTicket: active && view.showTickets && view.ticketId !== ""
    signal filterAsked
    signal ticketAsked
    signal importAsked
    signal declineAsked
    signal assignAsked
    signal runAsked

    component Key: KeyCommand { group: qsTr("Inbox") }

    Key { text: qsTr("Show the error groups"); sequences: ["1"]; icon: "bug"; enabled: commands.active; onActivated: commands.view.showTickets = false }
    Key { text: qsTr("Show the tickets"); sequences: ["2"]; icon: "ticket"; enabled: commands.active; onActivated: commands.view.showTickets = true }
    Key { text: qsTr("Filter the list"); sequences: ["/"]; icon: "filter"; enabled: commands.active; onActivated: commands.filterAsked() }
    Key { text: qsTr("Import a log…"); sequences: ["I"]; icon: "file"; enabled: commands.active; onActivated: commands.importAsked() }
    Key { text: qsTr("New ticket…"); sequences: ["N"]; icon: "plus"; enabled: commands.active; onActivated: commands.ticketAsked() }
    Key { text: qsTr("Show closed or muted ones too"); sequences: ["H"]; icon: "eye"; enabled: commands.active; onActivated: commands.view.showAll = !commands.view.showAll }
    Key { text: qsTr("Make a ticket of the group"); sequences: ["T"]; icon: "ticket"; enabled: commands.onGroup; onActivated: commands.view.ticketOfGroup !== "" ? App.follow(commands.view.ticketOfGroup) : commands.view.makeTicket() }
    Key { text: commands.view.muted ? qsTr("Hear the group again") : qsTr("Mute the group"); sequences: ["M"]; icon: "mute"; enabled: commands.onGroup; onActivated: commands.view.mute() }
    Key { text: qsTr("Accept the ticket"); sequences: ["A"]; icon: "check"; enabled: commands.onTicket && commands.view.canAccept; onActivated: commands.view.accept() }
    Key { text: qsTr("Decline the ticket…"); sequences: ["D"]; icon: "cross"; enabled: commands.onTicket && commands.view.canDecline; onActivated: commands.declineAsked() }
    Key { text: qsTr("Snooze the ticket for a day"); sequences: ["Z"]; icon: "snooze"; enabled: commands.onTicket && commands.view.canSnooze; onActivated: commands.view.snooze(24) }
    Key { text: qsTr("Snooze the ticket for a week"); sequences: ["Shift+Z"]; icon: "snooze"; enabled: commands.onTicket && commands.view.canSnooze; onActivated: commands.view.snooze(168) }
    Key { text: qsTr("Put the ticket back into the inbox"); sequences: ["B"]; icon: "undo"; enabled: commands.onTicket && commands.view.canReopen; onActivated: commands.view.reopen() }
    Key { text: qsTr("Assign the ticket…"); sequences: ["P"]; icon: "person"; enabled: commands.onTicket; onActivated: commands.assignAsked() }
    Key { text: qsTr("Start a run for the ticket…"); sequences: ["R"]; icon: "play"; enabled: commands.onTicket && commands.view.canRun; onActivated: commands.runAsked() }
    Key { text: qsTr("Go to the run or patch of the ticket"); sequences: ["O"]; icon: "review"; enabled: commands.onTicket && commands.view.answer !== ""; onActivated: App.follow(commands.view.answer) }
}
