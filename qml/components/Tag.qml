// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// A state in a word, with an icon, so that colour never stands alone.
Rectangle {
    id: tag

    property string text
    property string tone: "neutral"
    property string iconName

    visible: text !== ""
    implicitHeight: 20
    implicitWidth: row.implicitWidth + 12
    radius: 4
    color: Theme.ground(tone)
    Accessible.role: Accessible.StaticText
    Accessible.name: text

    Row {
        id: row
        anchors.centerIn: parent
        spacing: 4
        Icon {
            visible: tag.iconName !== ""
            name: tag.iconName
            size: 12
            color: Theme.ink(tag.tone)
            anchors.verticalCenter: parent.verticalCenter
        }
        AppText {
            text: tag.text
            color: Theme.ink(tag.tone)
            font.pixelSize: Theme.tiny
            font.weight: Font.Medium
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
    }
}
