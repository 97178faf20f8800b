// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The top of a screen: its name, a line on what it shows, and its few actions.
Item {
    id: header

    property string title
    property string note
    default property alias actions: row.data

    implicitHeight: Theme.headerHeight
    Layout.fillWidth: true

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.l
        anchors.rightMargin: Theme.l
        spacing: Theme.m
        AppText {
            text: header.title
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
        }
        Muted {
            text: header.note
            Layout.fillWidth: true
            Layout.topMargin: 4
        }
        RowLayout {
            id: row
            spacing: Theme.s
        }
    }
    Rule {
        width: parent.width
        anchors.bottom: parent.bottom
    }
}
