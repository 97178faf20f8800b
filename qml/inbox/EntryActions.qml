// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// What can be done with the current line now. One of them is the next step.
Flow {
    id: actions

    required property InboxView view
    readonly property EntryDetail detail: view.detail
    signal declineAsked
    signal assignAsked
    signal snoozeAsked
    signal muteAsked
    signal duplicateAsked
    signal runAsked
    signal commentAsked

    spacing: 6

    AppButton {
        visible: actions.detail.answer !== ""
        kind: "primary"
        text: actions.detail.answer.startsWith("review") ? qsTr("Go to its patch") : qsTr("Go to its run")
        keys: "O"
        onClicked: App.follow(actions.detail.answer)
    }
    AppButton {
        visible: actions.detail.canAccept
        kind: "primary"
        text: qsTr("Accept")
        keys: "A"
        onClicked: actions.view.accept()
    }
    AppButton {
        visible: actions.detail.canRun
        kind: actions.detail.canAccept || actions.detail.answer !== "" ? "plain" : "primary"
        text: qsTr("Start a run…")
        iconName: "play"
        keys: "R"
        onClicked: actions.runAsked()
    }
    AppButton { visible: actions.detail.canSnooze; text: qsTr("Snooze…"); keys: "Z"; onClicked: actions.snoozeAsked() }
    AppButton { visible: actions.detail.canDecline; text: qsTr("Decline…"); keys: "D"; onClicked: actions.declineAsked() }
    AppButton { visible: actions.detail.canReopen; text: qsTr("Back to the inbox"); keys: "B"; onClicked: actions.view.reopen() }
    AppButton { visible: actions.detail.title !== ""; kind: "quiet"; text: qsTr("Assign…"); keys: "P"; onClicked: actions.assignAsked() }
    AppButton { visible: actions.detail.groupId !== "" && !actions.detail.muted; kind: "quiet"; text: qsTr("Mute…"); keys: "Shift+M"; onClicked: actions.muteAsked() }
    AppButton { visible: actions.detail.groupId !== "" && actions.detail.muted; kind: "quiet"; text: qsTr("Hear again"); keys: "M"; onClicked: actions.view.unmute() }
    AppButton { visible: actions.detail.canDuplicate; kind: "quiet"; text: qsTr("Duplicate…"); keys: "U"; onClicked: actions.duplicateAsked() }
    AppButton { visible: actions.detail.ticketId !== ""; kind: "quiet"; text: qsTr("Comment…"); keys: "C"; onClicked: actions.commentAsked() }
    AppButton { visible: actions.detail.ticketId === "" && actions.detail.groupId !== ""; kind: "quiet"; text: qsTr("Make a ticket"); keys: "T"; onClicked: actions.view.makeTicket() }
}
