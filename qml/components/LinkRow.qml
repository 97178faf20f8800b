// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// A ticket, patch, run or group named elsewhere; opens it.
Item {
    id: link

    required property string key
    required property string text
    required property string status
    required property string tone
    required property string icon
    required property double at

    implicitHeight: 26

    T.AbstractButton {
        id: button
        anchors.fill: parent
        focusPolicy: Qt.TabFocus
        Accessible.role: Accessible.Link
        Accessible.name: link.text + ", " + link.status
        Accessible.onPressAction: button.clicked()
        Keys.onReturnPressed: button.clicked()
        onClicked: App.follow(link.key)

        background: Rectangle {
            radius: Theme.radius
            color: button.hovered ? Theme.hover : "transparent"
            FocusRing { target: button; shown: button.visualFocus }
        }
        contentItem: RowLayout {
            spacing: Theme.s
            Icon { name: link.icon; size: 14; color: Theme.ink(link.tone) }
            AppText { text: link.text; color: Theme.accent; Layout.fillWidth: true }
            Tag { text: link.status; tone: link.tone }
            AgeText { at: link.at }
        }
    }
}
