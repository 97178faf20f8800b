// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The keys of the inbox. Decisions are about the marked lines, else about the current one.
Item {
    id: commands

    required property InboxView view
    required property bool active
    required property bool inList ///< the list has the keyboard
    readonly property EntryDetail detail: view.detail
    readonly property bool any: active && view.targets > 0 && !view.working
    readonly property bool many: any && view.marking
    readonly property bool onTicket: active && !view.marking && detail.ticketId !== ""
    readonly property bool onGroup: active && !view.marking && detail.groupId !== ""
    signal filterAsked
    signal ticketAsked
    signal importAsked
    signal declineAsked
    signal snoozeAsked
    signal duplicateAsked
    signal assignAsked
    signal muteAsked
    signal splitAsked
    signal commentAsked
    signal runAsked
    signal rulesAsked
    signal searchesAsked(bool saving)
    signal orderAsked

    component Key: KeyCommand { group: qsTr("Inbox") }

    Key { text: qsTr("Accept"); sequences: ["A"]; icon: "check"; enabled: commands.many || (commands.any && commands.detail.canAccept); onActivated: commands.view.accept() }
    Key { text: qsTr("Snooze…"); sequences: ["Z"]; icon: "snooze"; enabled: commands.many || (commands.any && commands.detail.canSnooze); onActivated: commands.snoozeAsked() }
    Key { text: qsTr("Snooze for a week"); sequences: ["Shift+Z"]; icon: "snooze"; enabled: commands.many || (commands.any && commands.detail.canSnooze); onActivated: commands.view.snooze(commands.view.tomorrow(7, 9), 0, false) }
    Key { text: qsTr("Decline…"); sequences: ["D"]; icon: "cross"; enabled: commands.many || (commands.any && commands.detail.canDecline); onActivated: commands.declineAsked() }
    Key { text: qsTr("Duplicate of another ticket…"); sequences: ["U"]; icon: "copy"; enabled: commands.many || (commands.any && commands.detail.canDuplicate); onActivated: commands.duplicateAsked() }
    Key { text: qsTr("Assign…"); sequences: ["P"]; icon: "person"; enabled: commands.any; onActivated: commands.assignAsked() }
    Key { text: qsTr("Assign to me"); sequences: ["Shift+P"]; icon: "person"; enabled: commands.any; onActivated: commands.view.assign(commands.view.me()) }
    Key { text: commands.onGroup && commands.detail.muted ? qsTr("Hear again") : qsTr("Mute"); sequences: ["M"]; icon: "mute"; enabled: commands.many || commands.onGroup; onActivated: commands.onGroup && commands.detail.muted ? commands.view.unmute() : commands.view.mute(-1, 0, 0) }
    Key { text: qsTr("Mute some of its events, or for a while…"); sequences: ["Shift+M"]; icon: "mute"; enabled: commands.onGroup; onActivated: commands.muteAsked() }
    Key { text: qsTr("Put back into the inbox"); sequences: ["B"]; icon: "undo"; enabled: commands.many || (commands.onTicket && commands.detail.canReopen); onActivated: commands.view.reopen() }
    Key { text: qsTr("Make a ticket"); sequences: ["T"]; icon: "ticket"; enabled: commands.many || (commands.onGroup && commands.detail.ticketId === ""); onActivated: commands.view.makeTicket() }
    Key { text: qsTr("Merge the marked error groups"); sequences: ["G"]; icon: "link"; enabled: commands.many && commands.view.targets > 1; onActivated: commands.view.merge() }
    Key { text: qsTr("Split the error group…"); sequences: ["Shift+G"]; icon: "branch"; enabled: commands.onGroup; onActivated: commands.splitAsked() }
    Key { text: qsTr("Comment on the ticket…"); sequences: ["C"]; icon: "comment"; enabled: commands.onTicket; onActivated: commands.commentAsked() }
    Key { text: qsTr("Start a run for the ticket…"); sequences: ["R"]; icon: "play"; enabled: commands.onTicket && commands.detail.canRun; onActivated: commands.runAsked() }
    Key { text: qsTr("Go to the run or patch of the ticket"); sequences: ["O"]; icon: "review"; enabled: commands.onTicket && commands.detail.answer !== ""; onActivated: App.follow(commands.detail.answer) }

    Key { text: qsTr("Mark the line, or take the mark off"); sequences: ["X"]; icon: "check"; enabled: commands.active && commands.view.currentIndex >= 0; onActivated: commands.view.toggle(commands.view.currentIndex) }
    Key { text: qsTr("Mark the line, or take the mark off"); sequences: ["Space"]; listed: false; icon: "check"; enabled: commands.active && commands.inList && commands.view.currentIndex >= 0; onActivated: commands.view.toggle(commands.view.currentIndex) }
    Key { text: qsTr("Mark on, downwards"); sequences: ["Shift+Down"]; icon: "arrow-down"; autoRepeat: true; enabled: commands.active && commands.inList; onActivated: commands.view.extendBy(1) }
    Key { text: qsTr("Mark on, upwards"); sequences: ["Shift+Up"]; icon: "arrow-up"; autoRepeat: true; enabled: commands.active && commands.inList; onActivated: commands.view.extendBy(-1) }
    Key { text: qsTr("Mark all"); sequences: ["Ctrl+A"]; icon: "list"; enabled: commands.active && commands.inList; onActivated: commands.view.markAll() }
    Key { text: qsTr("Take all marks off"); sequences: ["Escape"]; icon: "cross"; enabled: commands.active && commands.inList && commands.view.marking; onActivated: commands.view.clearMarks() }

    Key { text: qsTr("Filter the list"); sequences: ["/"]; icon: "filter"; enabled: commands.active; onActivated: commands.filterAsked() }
    Key { text: qsTr("Searches that are kept…"); sequences: ["V"]; icon: "search"; enabled: commands.active; onActivated: commands.searchesAsked(false) }
    Key { text: qsTr("Keep the filter as a search…"); sequences: ["Ctrl+S"]; icon: "search"; enabled: commands.active && commands.view.filter !== ""; onActivated: commands.searchesAsked(true) }
    Key { text: qsTr("Choose the order…"); sequences: ["S"]; icon: "list"; enabled: commands.active; onActivated: commands.orderAsked() }
    Key { text: qsTr("All of it counts as looked at"); sequences: ["L"]; icon: "eye"; enabled: commands.active && commands.view.fresh > 0; onActivated: commands.view.lookedNow() }
    Key { text: qsTr("Rules that triage by themselves…"); sequences: ["Y"]; icon: "gear"; enabled: commands.active; onActivated: commands.rulesAsked() }
    Key { text: qsTr("Import a log…"); sequences: ["I"]; icon: "file"; enabled: commands.active; onActivated: commands.importAsked() }
    Key { text: qsTr("New ticket…"); sequences: ["N"]; icon: "plus"; enabled: commands.active; onActivated: commands.ticketAsked() }
    Repeater {
        model: [qsTr("Show what is open"), qsTr("Show what is to be triaged"), qsTr("Show mine"), qsTr("Show what is snoozed"), qsTr("Show all")]
        Item {
            id: section
            required property string modelData
            required property int index
            Key { text: section.modelData; sequences: [String(section.index + 1)]; icon: "inbox"; enabled: commands.active; onActivated: commands.view.section = section.index }
        }
    }
}
