// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// Shows the rest of something, or folds it again.
AppText {
    id: link

    property bool open: false
    property string moreText: qsTr("Show all")
    signal clicked

    text: open ? qsTr("Show less") : moreText
    color: Theme.accent
    font.pixelSize: Theme.small
    font.underline: area.containsMouse
    Accessible.role: Accessible.Link
    Accessible.onPressAction: link.clicked()
    MouseArea {
        id: area
        anchors.fill: parent
        anchors.margins: -4
        hoverEnabled: true
        cursorShape: Qt.PointingHandCursor
        onClicked: link.clicked()
    }
}
