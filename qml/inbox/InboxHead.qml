// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// The names of the list's columns; a click on one puts the list in its order.
Rectangle {
    id: head

    required property InboxView view
    required property InboxColumns columns

    implicitHeight: 26
    color: Theme.sunken

    component Name: T.AbstractButton {
        id: name
        property int order: -1
        property int side: Text.AlignRight
        readonly property bool on: head.view.order === order
        focusPolicy: Qt.NoFocus
        implicitHeight: head.implicitHeight
        implicitWidth: contentItem.implicitWidth
        Accessible.name: order < 0 ? text : on ? qsTr("In the order of %1").arg(text) : qsTr("Order by %1").arg(text)
        Accessible.onPressAction: name.clicked()
        onClicked: if (order >= 0) head.view.order = order
        contentItem: AppText {
            text: name.on ? name.text + " ↓" : name.text
            color: name.on || name.hovered ? Theme.text : Theme.muted
            font.pixelSize: Theme.tiny
            font.weight: name.on ? Font.DemiBold : Font.Normal
            horizontalAlignment: name.side
            Accessible.ignored: true
        }
    }

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.m
        anchors.rightMargin: Theme.m
        spacing: head.columns.gap
        Name { text: qsTr("Priority"); order: 4; side: Text.AlignLeft; Layout.leftMargin: 28 }
        Item { Layout.fillWidth: true }
        AppText {
            visible: head.columns.trend > 0
            text: qsTr("14 days")
            color: Theme.muted
            font.pixelSize: Theme.tiny
            Layout.minimumWidth: head.columns.trend
            Layout.maximumWidth: head.columns.trend
        }
        Name { text: qsTr("Events"); order: 2; Layout.minimumWidth: head.columns.events; Layout.maximumWidth: head.columns.events }
        Name { visible: head.columns.users > 0; text: qsTr("Users"); order: 3; Layout.minimumWidth: head.columns.users; Layout.maximumWidth: head.columns.users }
        RowLayout {
            spacing: 4
            Layout.minimumWidth: head.columns.seen
            Layout.maximumWidth: head.columns.seen
            Item { Layout.fillWidth: true }
            Name { text: qsTr("Last"); order: 0 }
            Name { text: qsTr("First"); order: 1 }
        }
    }
    Rule { anchors.bottom: parent.bottom; width: parent.width }
}
