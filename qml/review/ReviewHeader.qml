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
    property int openThreads: 0
    signal applyAsked
    signal shipAsked
    signal backAsked
    signal threadsAsked
    signal sweepsAsked

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
                onSweepsAsked: header.sweepsAsked()
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
            Mark { icon: "eye"; tone: "neutral"; count: header.view.viewed; hint: qsTr("marked as viewed") }
        }
        AppButton {
            kind: "quiet"
            text: header.openThreads > 0 ? qsTr("%n thread(s)", "", header.openThreads) : qsTr("Threads")
            iconName: "comment"
            keys: "T"
            hint: qsTr("All that was said of the patch")
            onClicked: header.threadsAsked()
        }
        AppButton {
            visible: header.view.open
            text: qsTr("Send back…")
            keys: "⇧+B"
            hint: qsTr("Gives the agent what is rejected and asked; its answer is the next revision")
            onClicked: header.backAsked()
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
