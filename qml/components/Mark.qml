// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// A small count with its icon; not there when there is nothing to count.
Row {
    id: mark

    property string icon
    property string tone: "neutral"
    property int count: 0
    property string hint

    visible: count > 0
    spacing: 3
    Accessible.role: Accessible.StaticText
    Accessible.name: count + " " + hint
    Icon {
        name: mark.icon
        size: 14
        color: Theme.ink(mark.tone)
        anchors.verticalCenter: parent.verticalCenter
    }
    AppText {
        text: mark.count
        font.pixelSize: Theme.small
        color: Theme.ink(mark.tone)
        anchors.verticalCenter: parent.verticalCenter
        Accessible.ignored: true
    }
}
