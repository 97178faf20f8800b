// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// One plugin's way to and from its upstream, and what the last try said.
Rectangle {
    id: detail

    required property SyncView view
    signal pushAsked
    signal resolveAsked
    signal decideAsked

    color: Theme.raised

    ScrollPane {
        anchors.fill: parent
        label: detail.view.current

        Heading { text: detail.view.current; Layout.fillWidth: true }
        Flow {
            spacing: Theme.s
            Layout.fillWidth: true
            AppButton { enabled: detail.view.hasUpstream; text: qsTr("Fetch"); iconName: "refresh"; keys: "F"; onClicked: detail.view.fetch(false) }
            AppButton { enabled: detail.view.hasUpstream; text: qsTr("Pull"); iconName: "arrow-down"; keys: "P"; onClicked: detail.view.pull(false) }
            AppButton { enabled: detail.view.hasUpstream; text: qsTr("Push…"); iconName: "arrow-up"; keys: "U"; onClicked: detail.pushAsked() }
        }
        ErrorNote {
            error: detail.view.problem
            Layout.fillWidth: true
            AppButton { visible: detail.view.conflicting; text: qsTr("Resolve"); iconName: "branch"; keys: "R"; onClicked: detail.resolveAsked() }
            AppButton { visible: detail.view.problem.code === "sync.link-changed"; text: qsTr("Decide"); iconName: "warning"; keys: "2"; onClicked: detail.decideAsked() }
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
        Muted {
            visible: !detail.view.hasUpstream
            text: qsTr("Without an upstream in its settings file there is nothing to fetch, pull or push.")
            wrapMode: Text.Wrap
            Layout.fillWidth: true
        }
    }
}
