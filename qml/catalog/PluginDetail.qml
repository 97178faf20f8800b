// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// One plugin: what its files say, each fact with where it was read.
Rectangle {
    id: detail

    required property CatalogView view
    signal runAsked

    color: Theme.raised

    ScrollPane {
        anchors.fill: parent
        label: qsTr("Details of %1").arg(detail.view.current)

        RowLayout {
            spacing: Theme.s
            Heading { text: detail.view.current; Layout.fillWidth: true }
            AppButton { text: qsTr("Start a run…"); keys: "R"; onClicked: detail.runAsked() }
            AppButton { text: qsTr("Sync"); keys: "S"; onClicked: App.show("sync", detail.view.current) }
        }
        AppText {
            visible: text !== ""
            text: detail.view.description
            color: Theme.muted
            wrapMode: Text.Wrap
            lineHeight: 1.2
            Layout.fillWidth: true
        }
        Section {
            title: qsTr("Waiting")
            visible: detail.view.work.count > 0
            Repeater {
                model: detail.view.work
                LinkRow { Layout.fillWidth: true }
            }
        }
        Section {
            title: qsTr("Findings")
            visible: detail.view.findings.count > 0
            Repeater {
                model: detail.view.findings
                RowLayout {
                    id: finding
                    required property string text
                    required property string where
                    required property string tone
                    required property string icon
                    spacing: Theme.s
                    Icon { name: finding.icon; color: Theme.ink(finding.tone); size: 14; Layout.alignment: Qt.AlignTop; Layout.topMargin: 2 }
                    AppText { text: finding.text; wrapMode: Text.Wrap; Layout.fillWidth: true }
                    Code { text: finding.where; color: Theme.muted; Layout.maximumWidth: 160 }
                }
            }
        }
        Section {
            title: qsTr("Facts")
            Repeater {
                model: detail.view.facts
                Item {
                    id: fact
                    required property string name
                    required property string value
                    required property string source
                    required property bool mono
                    implicitHeight: line.implicitHeight
                    Layout.fillWidth: true
                    Fact {
                        id: line
                        width: parent.width
                        name: fact.name
                        value: fact.value
                        note: fact.source
                        mono: fact.mono
                    }
                }
            }
        }
        Section {
            title: qsTr("Commands")
            note: detail.view.commands.count === 0 ? qsTr("None set, none detected.") : ""
            Repeater {
                model: detail.view.commands
                Item {
                    id: command
                    required property string name
                    required property string line
                    required property string source
                    implicitHeight: commandLine.implicitHeight
                    Layout.fillWidth: true
                    Fact {
                        id: commandLine
                        width: parent.width
                        name: command.name
                        value: command.line
                        note: command.source
                        mono: true
                    }
                }
            }
        }
        Section {
            title: qsTr("Environment")
            visible: detail.view.environment.count > 0
            Repeater {
                model: detail.view.environment
                RowLayout {
                    id: variable
                    required property string name
                    required property string description
                    required property bool required
                    required property bool secret
                    required property string source
                    spacing: Theme.s
                    Code { text: variable.name; Layout.preferredWidth: 170 }
                    Tag { visible: variable.required; text: qsTr("required") }
                    Tag { visible: variable.secret; text: qsTr("secret"); iconName: "shield"; tone: "warning" }
                    Muted { text: variable.description; Layout.fillWidth: true }
                    Muted { text: variable.source; Layout.maximumWidth: 130 }
                }
            }
        }
    }
}
