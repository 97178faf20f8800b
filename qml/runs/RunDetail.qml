// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// One run: how it stands, what was checked, and what its client prints.
Rectangle {
    id: detail

    required property RunsView view
    signal cancelAsked

    color: Theme.raised

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: Theme.l
        spacing: Theme.m

        RowLayout {
            spacing: Theme.s
            Heading { text: detail.view.title }
            Tag { text: detail.view.state; tone: detail.view.tone; iconName: detail.view.icon }
            Tag { visible: detail.view.tainted; text: qsTr("text from outside"); tone: "warning"; iconName: "shield" }
            Item { Layout.fillWidth: true }
        }
        Flow {
            spacing: Theme.s
            Layout.fillWidth: true
            AppButton { visible: detail.view.review !== ""; kind: "primary"; text: qsTr("Review its patch"); keys: "V"; onClicked: App.follow(detail.view.review) }
            AppButton { visible: detail.view.canTake; kind: "primary"; text: qsTr("Take the work"); keys: "Y"; onClicked: detail.view.take() }
            AppButton { visible: detail.view.workFolder !== ""; text: qsTr("Open the folder"); iconName: "folder"; keys: "E"; onClicked: detail.view.openFolder() }
            AppButton { visible: detail.view.canResume; text: qsTr("Resume"); keys: "R"; onClicked: detail.view.resume() }
            AppButton { visible: detail.view.ticket !== ""; text: qsTr("Ticket"); keys: "T"; onClicked: App.follow(detail.view.ticket) }
            AppButton { visible: detail.view.canCancel; text: qsTr("Cancel…"); iconName: "stop"; keys: "X"; onClicked: detail.cancelAsked() }
        }
        Rectangle {
            visible: detail.view.reason !== ""
            radius: Theme.radius
            color: Theme.ground(detail.view.failed ? "danger" : detail.view.tone)
            implicitHeight: reason.implicitHeight + 2 * Theme.s
            Layout.fillWidth: true
            AppText {
                id: reason
                anchors.fill: parent
                anchors.margins: Theme.s
                text: detail.view.reason
                wrapMode: Text.Wrap
                maximumLineCount: 8
                elide: Text.ElideRight
            }
        }
        Labelled {
            visible: detail.view.canTake
            label: qsTr("Work in this folder, then take it")
            Code { text: detail.view.workFolder; wrapMode: Text.WrapAnywhere; Layout.fillWidth: true }
        }
        GridLayout {
            columns: detail.width > 620 ? 2 : 1
            columnSpacing: Theme.xl
            rowSpacing: Theme.m
            Layout.fillWidth: true
            Facts {
                model: detail.view.facts
                nameWidth: 76
                Layout.alignment: Qt.AlignTop
                Layout.fillWidth: true
                Layout.preferredWidth: 1
            }
            ColumnLayout {
                spacing: Theme.m
                Layout.alignment: Qt.AlignTop
                Layout.fillWidth: true
                Layout.preferredWidth: 1
                StepList { steps: detail.view.steps; visible: detail.view.steps.count > 0; Layout.fillWidth: true }
                ChecksTable { checks: detail.view.checks; visible: detail.view.checks.count > 0; Layout.fillWidth: true }
            }
        }
        RowLayout {
            spacing: Theme.s
            Caption { text: qsTr("What the client printed") }
            Muted { visible: detail.view.log.cut; text: qsTr("earlier lines are left out") }
            Rule { Layout.fillWidth: true }
        }
        LogView {
            model: detail.view.log
            emptyText: detail.view.canCancel ? qsTr("Nothing printed yet") : qsTr("It printed nothing")
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.minimumHeight: 100
        }
    }
}
