// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// What can be done with a run as it stands.
Flow {
    id: actions

    required property RunsView view
    signal cancelAsked
    signal byHandAsked
    signal contextAsked

    spacing: Theme.s

    AppButton { visible: actions.view.review !== ""; kind: "primary"; text: qsTr("Review its patch"); keys: "V"; onClicked: App.follow(actions.view.review) }
    AppButton { visible: actions.view.canTake; kind: "primary"; text: qsTr("Take the work"); keys: "Y"; onClicked: actions.view.take() }
    AppButton { visible: actions.view.workFolder !== ""; text: qsTr("Open the folder"); iconName: "folder"; keys: "E"; onClicked: actions.view.openFolder() }
    AppButton { visible: actions.view.canResume; text: qsTr("Resume"); iconName: "play"; keys: "R"; onClicked: actions.view.resume() }
    AppButton { visible: actions.view.canByHand; text: qsTr("By hand…"); iconName: "hand"; keys: "H"; hint: qsTr("Stops the agent; you go on with what it did"); onClicked: actions.byHandAsked() }
    AppButton { visible: actions.view.canReplay; text: qsTr("Play back"); iconName: "refresh"; keys: "P"; hint: qsTr("The same answers once more, as another run"); onClicked: actions.view.replay() }
    AppButton { visible: actions.view.ticket !== ""; text: qsTr("Ticket"); keys: "T"; onClicked: App.follow(actions.view.ticket) }
    AppButton { visible: actions.view.contextHash !== ""; text: qsTr("Context"); keys: "C"; hint: qsTr("What the client was given"); onClicked: actions.contextAsked() }
    AppButton { visible: actions.view.canCancel; text: qsTr("Cancel…"); iconName: "stop"; keys: "X"; onClicked: actions.cancelAsked() }
}
