// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// What can be done with the ticket now. One of them is the next step.
Flow {
    id: actions

    required property InboxView view
    signal declineAsked
    signal assignAsked
    signal runAsked

    spacing: Theme.s

    AppButton {
        visible: actions.view.answer !== ""
        kind: "primary"
        text: actions.view.answer.startsWith("review") ? qsTr("Go to its patch") : qsTr("Go to its run")
        keys: "O"
        onClicked: App.follow(actions.view.answer)
    }
    AppButton {
        visible: actions.view.canAccept
        kind: "primary"
        text: qsTr("Accept")
        keys: "A"
        onClicked: actions.view.accept()
    }
    AppButton {
        visible: actions.view.canRun
        kind: actions.view.canAccept || actions.view.answer !== "" ? "plain" : "primary"
        text: qsTr("Start a run…")
        iconName: "play"
        keys: "R"
        onClicked: actions.runAsked()
    }
    AppButton { visible: actions.view.canSnooze; text: qsTr("Snooze a day"); keys: "Z"; onClicked: actions.view.snooze(24) }
    AppButton { visible: actions.view.canDecline; text: qsTr("Decline…"); keys: "D"; onClicked: actions.declineAsked() }
    AppButton { visible: actions.view.canReopen; text: qsTr("Back to the inbox"); keys: "B"; onClicked: actions.view.reopen() }
    AppButton { text: qsTr("Assign…"); keys: "P"; onClicked: actions.assignAsked() }
}
