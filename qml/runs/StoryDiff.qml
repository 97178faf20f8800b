// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A change to one file, small; Review has the patch whole.
Rectangle {
    id: part

    required property storyItem item
    property DiffStyle code
    signal toggled

    width: parent ? parent.width : 0
    implicitHeight: column.implicitHeight + 2
    radius: 4
    color: Theme.raised
    border.color: Theme.border

    ColumnLayout {
        id: column
        x: 1
        y: 1
        width: parent.width - 2
        spacing: 0
        RowLayout {
            spacing: Theme.s
            Layout.leftMargin: Theme.s
            Layout.rightMargin: Theme.s
            Layout.preferredHeight: 26
            Icon { name: part.item.status === "new" ? "file-plus" : "file"; size: 14; color: Theme.muted }
            Code { text: part.item.path; elide: Text.ElideLeft; Layout.fillWidth: true }
            Code { text: "+" + part.item.added; color: Theme.addedInk }
            Code { text: "−" + part.item.removed; color: Theme.removedInk }
        }
        Rule { Layout.fillWidth: true }
        DiffText {
            lines: part.item.entries
            style: part.code
            Layout.fillWidth: true
        }
        RowLayout {
            visible: part.item.more || part.item.detail !== ""
            spacing: Theme.m
            Layout.margins: 6
            Layout.leftMargin: Theme.s
            FoldLink {
                visible: part.item.more
                open: part.item.open
                moreText: qsTr("Show the whole change")
                onClicked: part.toggled()
            }
            Muted { visible: text !== ""; text: part.item.detail; Layout.fillWidth: true }
        }
    }
}
