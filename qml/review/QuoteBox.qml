// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// Text as it is, several lines of it, to be read.
Rectangle {
    id: box

    property alias text: body.text
    property string name

    color: Theme.sunken
    radius: Theme.radius
    border.color: Theme.border
    ScrollPane {
        id: pane
        anchors.fill: parent
        anchors.margins: 1
        inset: Theme.s
        label: box.name
        activeFocusOnTab: true
        Code {
            id: body
            width: pane.width - 2 * Theme.s
            wrapMode: Text.WrapAnywhere
            textFormat: Text.PlainText
            lineHeight: 1.15
        }
    }
    FocusRing { target: box; shown: pane.activeFocus }
}
