// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The way between screens. Each has its place in the order, and Ctrl with its number.
Rectangle {
    id: rail

    signal searchAsked
    signal keysAsked
    signal libraryAsked
    signal approvalsAsked

    implicitWidth: 172
    color: Theme.sunken
    Accessible.role: Accessible.ToolBar
    Accessible.name: qsTr("Screens")

    Counts { id: counts }

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: Theme.s
        spacing: 2

        RailButton {
            id: library
            iconName: "leaf"
            iconColor: Theme.ok
            text: App.libraryName !== "" ? App.libraryName : "Coppice"
            hint: App.libraryPath !== "" ? App.libraryPath : qsTr("Open a library")
            bold: true
            enabled: true
            onClicked: rail.libraryAsked()
        }
        RailButton {
            iconName: "search"
            text: qsTr("Find")
            keys: "Ctrl+K"
            hint: qsTr("Any plugin, ticket, run or command")
            onClicked: rail.searchAsked()
        }
        RailButton {
            iconName: "hand"
            iconColor: badge > 0 ? Theme.warning : Theme.muted
            text: qsTr("Answer")
            keys: badge > 0 ? "" : "Ctrl+J"
            bold: badge > 0
            badge: counts.of("approvals", counts.stamp)
            hint: qsTr("What agents ask, over all runs  Ctrl+J")
            onClicked: rail.approvalsAsked()
        }
        Item { implicitHeight: Theme.s }
        Repeater {
            model: App.screenNames()
            RailButton {
                required property string modelData
                required property int index
                iconName: modelData
                text: App.screenTitle(modelData)
                hint: App.screenPurpose(modelData) + "  Ctrl+" + (index + 1)
                current: App.screen === modelData
                badge: counts.of(modelData, counts.stamp)
                onClicked: App.show(modelData)
            }
        }
        Item { Layout.fillHeight: true }
        RailButton {
            iconName: Theme.dark ? "sun" : "moon"
            text: Theme.dark ? qsTr("Light") : qsTr("Dark")
            hint: qsTr("Changes the theme")
            enabled: true
            onClicked: App.theme = Theme.dark ? "light" : "dark"
        }
        RailButton {
            iconName: "keyboard"
            text: qsTr("Keys")
            keys: "?"
            hint: qsTr("What the keys do here")
            onClicked: rail.keysAsked()
        }
    }
    Rule {
        anchors.right: parent.right
        height: parent.height
    }
}
