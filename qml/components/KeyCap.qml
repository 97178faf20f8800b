// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// A key as it is printed on the keyboard.
Rectangle {
    id: cap

    property string keys
    property color ink: Theme.muted
    property color edge: Theme.borderStrong

    visible: keys !== ""
    implicitWidth: Math.max(18, label.implicitWidth + 8)
    implicitHeight: 18
    radius: 3
    color: "transparent"
    border.width: 1
    border.color: edge

    AppText {
        id: label
        anchors.centerIn: parent
        text: cap.keys
        color: cap.ink
        font.pixelSize: Theme.tiny
        Accessible.ignored: true
    }
}
