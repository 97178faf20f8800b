// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Coppice

T.CheckBox {
    id: check

    implicitHeight: Theme.controlHeight
    implicitWidth: box.width + 8 + label.implicitWidth
    spacing: 8
    font.family: Theme.family
    font.pixelSize: Theme.normal
    Accessible.name: text

    indicator: Rectangle {
        id: box
        width: 16
        height: 16
        y: (check.height - height) / 2
        radius: 3
        color: check.checked ? Theme.accentGround : Theme.raised
        border.color: check.checked ? Theme.accentGround : Theme.borderStrong
        Icon {
            anchors.centerIn: parent
            visible: check.checked
            name: "check"
            size: 12
            color: Theme.accentInk
        }
        FocusRing { target: box; shown: check.visualFocus }
    }
    contentItem: AppText {
        id: label
        leftPadding: box.width + check.spacing
        text: check.text
        Accessible.ignored: true
    }
}
