// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// An error in its place: what happened, to what, and what to do next.
Rectangle {
    id: note

    property errorInfo error
    property bool closable: false
    default property alias actions: buttons.data
    signal closed

    visible: error.present
    implicitHeight: visible ? line.implicitHeight + 2 * Theme.s : 0
    radius: Theme.radius
    color: error.needsPerson ? Theme.warningGround : Theme.dangerGround
    Accessible.role: Accessible.AlertMessage
    Accessible.name: error.what + " " + error.where + " " + error.fix

    RowLayout {
        id: line
        anchors.fill: parent
        anchors.margins: Theme.s
        spacing: Theme.s
        Icon {
            name: note.error.needsPerson ? "warning" : "error"
            color: note.error.needsPerson ? Theme.warning : Theme.danger
            Layout.alignment: Qt.AlignTop
            Layout.topMargin: 1
        }
        ColumnLayout {
            spacing: 2
            Layout.fillWidth: true
            AppText {
                text: note.error.what
                font.weight: Font.Medium
                wrapMode: Text.Wrap
                Layout.fillWidth: true
            }
            Code {
                text: note.error.where
                visible: text !== ""
                wrapMode: Text.WrapAnywhere
                Layout.fillWidth: true
            }
            AppText {
                text: note.error.fix
                visible: text !== ""
                wrapMode: Text.Wrap
                Layout.fillWidth: true
            }
        }
        Row {
            id: buttons
            spacing: Theme.xs
            Layout.alignment: Qt.AlignTop
        }
        AppButton {
            visible: note.closable
            kind: "quiet"
            iconName: "cross"
            hint: qsTr("Dismiss")
            onClicked: note.closed()
            Layout.alignment: Qt.AlignTop
        }
    }
}
