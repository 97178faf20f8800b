// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// What can be done to the marked lines.
Rectangle {
    id: bar

    required property InboxView view
    signal declineAsked
    signal snoozeAsked
    signal assignAsked
    signal duplicateAsked

    visible: view.marking
    implicitHeight: visible ? flow.implicitHeight + 2 * Theme.s : 0
    color: Theme.overlay
    Accessible.role: Accessible.ToolBar
    Accessible.name: said.text

    Rule { width: parent.width }
    Flow {
        id: flow
        x: Theme.m
        y: Theme.s
        width: parent.width - 2 * Theme.m
        spacing: 6
        AppText {
            id: said
            height: Theme.controlHeight
            rightPadding: Theme.s
            font.weight: Font.DemiBold
            text: qsTr("%n marked", "", bar.view.targets)
        }
        AppButton { text: qsTr("Accept"); keys: "A"; enabled: !bar.view.working; onClicked: bar.view.accept() }
        AppButton { text: qsTr("Snooze…"); keys: "Z"; enabled: !bar.view.working; onClicked: bar.snoozeAsked() }
        AppButton { text: qsTr("Decline…"); keys: "D"; enabled: !bar.view.working; onClicked: bar.declineAsked() }
        AppButton { text: qsTr("Assign…"); keys: "P"; enabled: !bar.view.working; onClicked: bar.assignAsked() }
        AppButton { text: qsTr("Mute"); keys: "M"; enabled: !bar.view.working; onClicked: bar.view.mute(-1, 0, 0) }
        AppButton { text: qsTr("Duplicate…"); keys: "U"; enabled: !bar.view.working; onClicked: bar.duplicateAsked() }
        AppButton { visible: bar.view.targets > 1; text: qsTr("Merge"); keys: "G"; enabled: !bar.view.working; onClicked: bar.view.merge() }
        AppButton { kind: "quiet"; text: qsTr("Clear"); keys: "Esc"; onClicked: bar.view.clearMarks() }
    }
}
