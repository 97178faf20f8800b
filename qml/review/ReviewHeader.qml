// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// Which patch is under review, how far the verdicts are, and the next step.
Rectangle {
    id: header

    required property ReviewView view
    readonly property T.Popup popup: chooser
    signal applyAsked
    signal shipAsked

    implicitHeight: Theme.headerHeight
    color: Theme.surface
    Rule { width: parent.width; anchors.bottom: parent.bottom }

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.l
        anchors.rightMargin: Theme.l
        spacing: Theme.m
        AppButton {
            kind: "quiet"
            text: qsTr("%n patch(es)", "", header.view.patches.count)
            iconName: "chevron-down"
            keys: "O"
            hint: qsTr("Choose another patch")
            onClicked: chooser.open()
            PatchChooser {
                id: chooser
                view: header.view
                y: parent.height + 4
            }
        }
        ColumnLayout {
            spacing: 0
            Layout.fillWidth: true
            AppText {
                text: header.view.title
                font.pixelSize: Theme.large
                font.weight: Font.DemiBold
                Layout.fillWidth: true
                Accessible.role: Accessible.Heading
            }
            Muted {
                text: header.view.plugin + (header.view.revision > 1 ? qsTr(" · revision %1").arg(header.view.revision) : "")
                      + (header.view.commit !== "" ? qsTr(" · applied as %1").arg(header.view.commit) : "")
                Layout.fillWidth: true
            }
        }
        Tag { visible: header.view.tainted; text: qsTr("from text from outside"); tone: "warning"; iconName: "shield" }
        Tag { text: header.view.state; tone: header.view.tone; iconName: header.view.icon }
        Row {
            spacing: Theme.m
            visible: header.view.hunks > 0
            Mark { icon: "check"; tone: "ok"; count: header.view.accepted; hint: qsTr("accepted") }
            Mark { icon: "cross"; tone: "danger"; count: header.view.rejected; hint: qsTr("rejected") }
            Mark { icon: "circle"; tone: "neutral"; count: header.view.undecided; hint: qsTr("without a verdict") }
        }
        AppButton {
            visible: header.view.open
            kind: "primary"
            text: qsTr("Apply…")
            keys: "Ctrl+↵"
            enabled: header.view.accepted > 0
            hint: header.view.accepted > 0 ? qsTr("Puts what is accepted into the library") : qsTr("Accept a hunk first")
            onClicked: header.applyAsked()
        }
        AppButton {
            visible: header.view.canShip
            kind: "primary"
            text: qsTr("Ship…")
            iconName: "ship"
            keys: "Ctrl+⇧+S"
            onClicked: header.shipAsked()
        }
    }
}
