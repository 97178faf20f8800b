// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// One plugin's way to and from its upstream, and what the last try said.
Rectangle {
    id: detail

    required property SyncView view
    required property WaitsView waits
    readonly property string waiting: waits.open > 0 ? waits.waitingFor(view.current) : ""
    signal pushAsked
    signal resolveAsked
    signal decideAsked

    color: Theme.raised

    /// The button that goes on stands out, unless a person is asked something first.
    function kindOf(verb: string): string {
        return view.next === verb && waiting === "" ? "primary" : "plain";
    }

    ScrollPane {
        anchors.fill: parent
        label: detail.view.current

        Heading { text: detail.view.current; Layout.fillWidth: true }
        Flow {
            spacing: Theme.s
            Layout.fillWidth: true
            AppButton { enabled: detail.view.hasUpstream; text: qsTr("Fetch"); iconName: "refresh"; keys: "F"; kind: detail.kindOf("fetch"); onClicked: detail.view.fetch(false) }
            AppButton { enabled: detail.view.hasUpstream; text: qsTr("Pull"); iconName: "arrow-down"; keys: "P"; kind: detail.kindOf("pull"); onClicked: detail.view.pull(false) }
            AppButton { enabled: detail.view.hasUpstream; text: qsTr("Push…"); iconName: "arrow-up"; keys: "U"; kind: detail.kindOf("push"); onClicked: detail.pushAsked() }
        }
        ErrorNote {
            error: detail.view.problem
            Layout.fillWidth: true
            AppButton { visible: detail.view.conflicting; text: qsTr("Resolve"); iconName: "branch"; keys: "R"; onClicked: detail.resolveAsked() }
            AppButton { visible: detail.view.problem.code === "sync.link-changed"; text: qsTr("Decide"); iconName: "warning"; keys: "2"; onClicked: detail.decideAsked() }
        }
        RowLayout {
            visible: detail.waiting !== "" && !detail.view.problem.present
            spacing: Theme.s
            Layout.fillWidth: true
            Icon { name: "warning"; color: Theme.warning; Layout.alignment: Qt.AlignTop }
            AppText {
                text: detail.waiting === "conflict" ? qsTr("A conflict of it is laid out and waits to be resolved.")
                    : detail.waiting === "link" ? qsTr("Its upstream changed its copy of a template: decide what becomes of that.")
                                                : qsTr("A copy of a template was edited: decide what becomes of that.")
                wrapMode: Text.Wrap
                Layout.fillWidth: true
            }
            AppButton { text: detail.waiting === "conflict" ? qsTr("Resolve") : qsTr("Decide"); kind: "primary"; keys: "2"; onClicked: detail.decideAsked() }
        }
        AppText {
            visible: detail.view.why !== "" && !detail.view.problem.present
            text: detail.view.why
            wrapMode: Text.Wrap
            Layout.fillWidth: true
        }
        Muted {
            visible: text !== "" && !detail.view.problem.present && detail.waiting === ""
            text: detail.view.advice
            wrapMode: Text.Wrap
            Layout.fillWidth: true
        }
        Repeater {
            model: detail.view.policy
            RowLayout {
                id: finding
                required property string modelData
                spacing: Theme.s
                Layout.fillWidth: true
                Icon { name: "flag"; color: Theme.warning; Layout.alignment: Qt.AlignTop }
                AppText { text: finding.modelData; wrapMode: Text.Wrap; Layout.fillWidth: true }
            }
        }
        Rectangle {
            visible: detail.view.told !== "" && !detail.view.problem.present
            radius: Theme.radius
            color: Theme.infoGround
            implicitHeight: told.implicitHeight + 2 * Theme.s
            Layout.fillWidth: true
            AppText {
                id: told
                anchors.fill: parent
                anchors.margins: Theme.s
                text: detail.view.told
                wrapMode: Text.Wrap
            }
        }
        Section {
            title: qsTr("Facts")
            Facts { model: detail.view.facts; nameWidth: 76; Layout.fillWidth: true }
        }
    }
}
