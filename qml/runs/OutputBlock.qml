// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// Something printed or given, plain, in a sunken block with its name over it.
Item {
    id: block

    property string name
    property string text
    property int most: 0 // lines; 0: all
    readonly property bool cut: body.truncated

    implicitHeight: (name !== "" ? 16 : 0) + ground.height

    Caption {
        visible: block.name !== ""
        text: block.name
    }
    Rectangle {
        id: ground
        y: block.name !== "" ? 16 : 0
        width: parent.width
        height: body.implicitHeight + 12
        radius: 4
        color: Theme.sunken
        Code {
            id: body
            x: 8
            y: 6
            width: parent.width - 16
            text: block.text
            wrapMode: Text.WrapAnywhere
            maximumLineCount: block.most > 0 ? block.most : 100000
            elide: block.most > 0 ? Text.ElideRight : Text.ElideNone
            lineHeight: 1.15
        }
    }
}
