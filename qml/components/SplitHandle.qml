// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Coppice

// Between two panes; can be dragged.
Rectangle {
    implicitWidth: 5
    implicitHeight: 5
    color: T.SplitHandle.hovered || T.SplitHandle.pressed ? Theme.borderStrong : "transparent"
    Rule {
        anchors.horizontalCenter: parent.horizontalCenter
        height: parent.height
    }
}
