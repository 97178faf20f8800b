// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// What the agent, or somebody to it, said: messages in full ink, thoughts and notes muted, a turn's end in one line.
Item {
    id: part

    required property storyItem item
    signal toggled
    readonly property bool quiet: item.kind !== "text"
    readonly property bool good: item.kind !== "end" || item.status === "completed"

    width: parent ? parent.width : 0
    implicitHeight: body.implicitHeight + (more.visible ? more.height + 2 : 0)

    Icon {
        y: 1
        name: part.item.kind === "thought" ? "comment" : part.item.kind === "user" ? "person" : part.item.kind === "end" ? "flag" : part.item.kind === "note" ? "info" : "chevron-right"
        size: 14
        color: part.good ? Theme.muted : Theme.danger
    }
    AppText {
        id: body
        x: 24
        width: parent.width - 24
        text: part.item.kind === "end" ? part.item.detail === "" ? qsTr("Turn ended: %1").arg(part.item.status)
                                                                : qsTr("Turn ended: %1. %2").arg(part.item.status).arg(part.item.detail)
                                       : part.item.text
        color: !part.good ? Theme.danger : part.quiet ? Theme.muted : Theme.text
        font.pixelSize: part.quiet ? Theme.small : Theme.normal
        wrapMode: Text.Wrap
        lineHeight: 1.2
        Accessible.ignored: true
    }
    FoldLink {
        id: more
        x: 24
        y: body.implicitHeight + 2
        visible: part.item.more
        open: part.item.open
        onClicked: part.toggled()
    }
}
