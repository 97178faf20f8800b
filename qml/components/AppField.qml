// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Coppice

// One line of text.
T.TextField {
    id: field

    property string iconName
    property bool wrong: false

    implicitHeight: Theme.controlHeight
    implicitWidth: 220
    leftPadding: iconName === "" ? 8 : 28
    rightPadding: 8
    verticalAlignment: TextInput.AlignVCenter
    font.family: Theme.family
    font.pixelSize: Theme.normal
    color: Theme.text
    selectionColor: Theme.accentGround
    selectedTextColor: Theme.accentInk
    placeholderTextColor: Theme.muted
    selectByMouse: true
    Accessible.name: placeholderText

    background: Rectangle {
        radius: Theme.radius
        color: Theme.raised
        border.width: field.activeFocus ? 2 : 1
        border.color: field.wrong ? Theme.danger : field.activeFocus ? Theme.focus : Theme.borderStrong
        Icon {
            visible: field.iconName !== ""
            name: field.iconName
            color: Theme.muted
            x: 7
            anchors.verticalCenter: parent.verticalCenter
        }
    }
    AppText {
        anchors.fill: parent
        anchors.leftMargin: field.leftPadding
        anchors.rightMargin: field.rightPadding
        visible: field.text === "" && field.preeditText === ""
        text: field.placeholderText
        color: Theme.muted
        Accessible.ignored: true
    }
}
