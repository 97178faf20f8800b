// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Adopt, keep or discard, and what each of them means here.
ColumnLayout {
    id: choices

    required property WaitsView view

    spacing: Theme.s
    Layout.fillWidth: true

    component Choice: RowLayout {
        id: choice
        required property string name
        required property string keys
        required property string label
        required property string meaning
        spacing: Theme.m
        Layout.fillWidth: true
        AppButton {
            text: choice.label
            keys: choice.keys
            kind: choices.view.choice === choice.name ? "primary" : "plain"
            Layout.preferredWidth: 150
            onClicked: choices.view.choose(choice.name)
        }
        Muted { text: choice.meaning; wrapMode: Text.Wrap; Layout.fillWidth: true }
    }

    Choice {
        name: "adopt"
        keys: "A"
        label: qsTr("Adopt")
        meaning: choices.view.effect === "" ? qsTr("The change goes into the template. Nobody else links to it.")
                                            : qsTr("The change goes into the template, and so to %1.").arg(choices.view.effect)
    }
    Choice {
        name: "keep"
        keys: "K"
        label: qsTr("Keep")
        meaning: qsTr("It becomes the plugin's own file; the template goes its own way.")
    }
    Choice {
        name: "discard"
        keys: "X"
        label: qsTr("Discard")
        meaning: choices.view.kind === "link" ? qsTr("The link stays; the next push takes the change back upstream.")
                                              : qsTr("The template's content is put in its place.")
    }
    Muted {
        visible: choices.view.kind === "copy"
        text: qsTr("An edited copy is settled at once, by a commit.")
        Layout.fillWidth: true
    }
    RowLayout {
        visible: choices.view.kind === "link"
        spacing: Theme.m
        AppButton {
            text: qsTr("Pull %1").arg(choices.view.plugin)
            iconName: "arrow-down"
            keys: "P"
            enabled: choices.view.decided
            onClicked: choices.view.carryOut()
        }
        Muted {
            text: choices.view.decided ? qsTr("All is decided for this plugin: a pull carries it out.")
                                       : qsTr("Nothing changes before all of this plugin's links are decided and it is pulled.")
            wrapMode: Text.Wrap
            Layout.fillWidth: true
        }
    }
}
