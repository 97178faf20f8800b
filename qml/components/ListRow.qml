// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The ground of a row in a RowList: hover, selection, and a bar that shows it without colour.
Item {
    id: row

    readonly property RowList list: ListView.view as RowList
    required property int index
    property string spoken
    property int inset: Theme.m
    readonly property bool selected: list !== null && list.selected === index
    default property alias content: inner.data

    width: ListView.view ? ListView.view.width : 0
    height: Theme.rowHeight
    Accessible.role: Accessible.ListItem
    Accessible.name: spoken
    Accessible.selected: selected
    Accessible.onPressAction: list.picked(index)

    Rectangle {
        anchors.fill: parent
        color: row.selected ? Theme.selected : area.containsMouse ? Theme.hover : "transparent"
    }
    Rectangle {
        width: 3
        height: parent.height
        visible: row.selected
        color: row.list && row.list.activeFocus ? Theme.focus : Theme.borderStrong
    }
    MouseArea {
        id: area
        anchors.fill: parent
        hoverEnabled: true
        onClicked: {
            row.list.forceActiveFocus();
            row.list.picked(row.index);
        }
        onDoubleClicked: row.list.opened(row.index)
    }
    Item {
        id: inner
        anchors.fill: parent
        anchors.leftMargin: row.inset
        anchors.rightMargin: row.inset
    }
}
