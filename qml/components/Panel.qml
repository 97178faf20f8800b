// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A raised part of a page with its name over it.
Rectangle {
    id: panel

    property string title
    property string note
    default property alias content: body.data
    property alias actions: head.data
    property int inset: Theme.m

    radius: Theme.radius
    color: Theme.raised
    border.color: Theme.border
    implicitHeight: column.implicitHeight + 2
    Accessible.role: Accessible.Grouping
    Accessible.name: title

    ColumnLayout {
        id: column
        anchors.fill: parent
        anchors.margins: 1
        spacing: 0
        RowLayout {
            visible: panel.title !== ""
            spacing: Theme.s
            Layout.fillWidth: true
            Layout.leftMargin: Theme.m
            Layout.rightMargin: Theme.s
            Layout.preferredHeight: 36
            AppText {
                text: panel.title
                font.weight: Font.DemiBold
                Accessible.role: Accessible.Heading
            }
            Muted {
                text: panel.note
                Layout.fillWidth: true
            }
            Row {
                id: head
                spacing: Theme.xs
            }
        }
        Rule {
            visible: panel.title !== ""
            Layout.fillWidth: true
        }
        ColumnLayout {
            id: body
            spacing: Theme.s
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.margins: panel.inset
        }
    }
}
