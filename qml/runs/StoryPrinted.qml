// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// What was printed: the last lines, or all of this stretch.
Item {
    id: part

    required property storyItem item
    signal toggled

    width: parent ? parent.width : 0
    implicitHeight: block.implicitHeight + (more.visible ? more.height + 4 : 0)

    Icon { y: 7; name: "terminal"; size: 14; color: Theme.muted }
    FoldLink {
        id: more
        x: 24
        visible: part.item.more
        open: part.item.open
        moreText: qsTr("Show the lines before")
        onClicked: part.toggled()
    }
    OutputBlock {
        id: block
        x: 24
        y: more.visible ? more.height + 4 : 0
        width: parent.width - 24
        text: part.item.text
    }
}
