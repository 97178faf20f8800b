// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// One trial: its grade and why, what graders found, the steps that were followed, hidden tests, and what it left to read.
ScrollPane {
    id: detail

    required property EvalsView view
    signal textAsked(string path)

    label: qsTr("Trial of %1: %2. %3").arg(view.title).arg(view.grade).arg(view.reason)
    inset: Theme.m
    onVisibleChanged: contentY = 0
    Connections {
        target: detail.view
        function onTrialChanged() { detail.contentY = 0; }
    }

    RowLayout {
        spacing: Theme.s
        Layout.fillWidth: true
        Heading { text: detail.view.title; elide: Text.ElideRight; Layout.fillWidth: true }
        Tag { text: detail.view.grade; tone: detail.view.gradeTone; iconName: detail.view.gradeIcon }
    }
    AppText {
        visible: text !== ""
        text: detail.view.reason
        wrapMode: Text.Wrap
        Layout.fillWidth: true
    }
    Section {
        title: qsTr("What graders found")
        visible: detail.view.findings.count > 0
        Repeater {
            model: detail.view.findings
            RowLayout {
                id: finding
                required property string what
                required property string text
                required property string tone
                required property string icon
                required property string spoken
                spacing: Theme.s
                Accessible.role: Accessible.StaticText
                Accessible.name: spoken
                Icon { name: finding.icon; color: Theme.ink(finding.tone); size: 14; Layout.alignment: Qt.AlignTop; Layout.topMargin: 2 }
                ColumnLayout {
                    spacing: 1
                    Layout.fillWidth: true
                    AppText { visible: text !== ""; text: finding.what; font.weight: Font.Medium; wrapMode: Text.Wrap; Layout.fillWidth: true; Accessible.ignored: true }
                    AppText { text: finding.text; color: finding.what !== "" ? Theme.muted : Theme.text; wrapMode: Text.Wrap; Layout.fillWidth: true; Accessible.ignored: true }
                }
            }
        }
    }
    Section {
        title: qsTr("What it left")
        visible: detail.view.files.count > 0
        Repeater {
            model: detail.view.files
            Item {
                id: file
                required property string key
                required property string text
                required property string kind
                implicitHeight: button.implicitHeight
                implicitWidth: button.implicitWidth
                AppButton {
                    id: button
                    text: file.text
                    kind: "quiet"
                    iconName: "file"
                    keys: file.kind === "diff" ? "G" : file.kind === "printed" ? "L" : file.kind === "tests" ? "H" : file.kind === "context" ? "C" : ""
                    onClicked: detail.textAsked(file.key)
                }
            }
        }
    }
    Section {
        title: qsTr("Steps of the playbook")
        visible: detail.view.steps.count > 0
        Repeater {
            model: detail.view.steps
            RowLayout {
                id: step
                required property string text
                required property string why
                required property string said
                required property string tone
                required property string icon
                spacing: Theme.s
                Icon { name: step.icon; color: Theme.ink(step.tone); size: 14; Layout.alignment: Qt.AlignTop; Layout.topMargin: 2 }
                ColumnLayout {
                    spacing: 1
                    Layout.fillWidth: true
                    AppText { text: step.text; elide: Text.ElideRight; Layout.fillWidth: true }
                    Muted { visible: text !== ""; text: step.why; wrapMode: Text.Wrap; Layout.fillWidth: true }
                }
                AppText { text: step.said; color: Theme.ink(step.tone); font.pixelSize: Theme.small; Layout.alignment: Qt.AlignTop }
            }
        }
    }
    Section {
        title: qsTr("Hidden tests")
        visible: detail.view.hidden.count > 0
        Repeater {
            model: detail.view.hidden
            RowLayout {
                id: test
                required property string text
                required property string role
                required property string tone
                required property string icon
                required property string spoken
                spacing: Theme.s
                Accessible.role: Accessible.StaticText
                Accessible.name: spoken
                Icon { name: test.icon; color: Theme.ink(test.tone); size: 14 }
                Code { text: test.text; elide: Text.ElideRight; Layout.fillWidth: true; Accessible.ignored: true }
                Muted { text: test.role; Accessible.ignored: true }
            }
        }
    }
    Section {
        title: qsTr("The trial")
        Facts { model: detail.view.facts; nameWidth: 88; Layout.fillWidth: true }
        RowLayout {
            visible: detail.view.folder !== ""
            spacing: Theme.s
            AppButton { text: qsTr("Copy the folder's path"); iconName: "copy"; keys: "Y"; onClicked: App.copy(detail.view.folder) }
        }
        Muted {
            visible: detail.view.folder === ""
            text: qsTr("Its folder is gone.")
        }
    }
}
