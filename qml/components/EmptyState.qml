// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// What stands where there is nothing yet: why, and how to fill it.
Column {
    id: empty

    property string iconName: "info"
    property string title
    property string text
    default property alias actions: buttons.data

    width: Math.min(420, parent ? parent.width - 2 * Theme.l : 420)
    spacing: Theme.s
    Accessible.role: Accessible.Note
    Accessible.name: title + ". " + text

    Icon {
        name: empty.iconName
        size: 28
        color: Theme.muted
        anchors.horizontalCenter: parent.horizontalCenter
    }
    Heading {
        text: empty.title
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.Wrap
    }
    AppText {
        text: empty.text
        visible: text !== ""
        width: parent.width
        color: Theme.muted
        wrapMode: Text.Wrap
        horizontalAlignment: Text.AlignHCenter
        lineHeight: 1.25
    }
    Row {
        id: buttons
        spacing: Theme.s
        anchors.horizontalCenter: parent.horizontalCenter
        topPadding: Theme.s
    }
}
