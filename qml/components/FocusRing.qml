// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// Drawn around what has the keyboard.
Rectangle {
    property Item target: parent
    property bool shown: target.activeFocus

    anchors.fill: parent
    anchors.margins: -2
    radius: Theme.radius + 2
    color: "transparent"
    border.width: 2
    border.color: Theme.focus
    visible: shown
}
