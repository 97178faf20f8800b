// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Text as it is, several lines of it, to be read.
Rectangle {
    id: box

    property alias text: body.text
    property string name
    property bool captioned: false

    color: Theme.sunken
    radius: Theme.radius
    border.color: Theme.border
    Caption {
        id: caption
        visible: box.captioned
        text: box.name
        x: Theme.s
        y: 5
    }
    ScrollPane {
        id: pane
        anchors.fill: parent
        anchors.margins: 1
        inset: Theme.s
        anchors.topMargin: caption.visible ? 22 : 1
        label: box.name
        activeFocusOnTab: true
        Code {
            id: body
            Layout.fillWidth: true
            wrapMode: Text.WrapAnywhere
            textFormat: Text.PlainText
            lineHeight: 1.15
        }
    }
    FocusRing { target: box; shown: pane.activeFocus }
}
