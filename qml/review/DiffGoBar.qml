// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// Going to a file, line or hunk by typing a part of it.
T.Popup {
    id: popup

    required property ReviewView view
    signal ended

    width: Math.min(560, (parent ? parent.width : 600) - 40)
    x: parent ? Math.round((parent.width - width) / 2) : 0
    y: 40
    modal: true
    focus: true
    padding: 1
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutside
    T.Overlay.modal: Rectangle { color: "transparent" }
    onAboutToShow: {
        field.text = "";
        go.view = popup.view;
        list.selected = 0;
    }
    onOpened: field.forceActiveFocus()
    onClosed: ended()

    function run(row: int) {
        if (go.go(row))
            popup.close();
    }

    DiffGo {
        id: go
        text: field.text
    }
    background: Rectangle {
        radius: 8
        color: Theme.overlay
        border.color: Theme.borderStrong
    }
    contentItem: ColumnLayout {
        spacing: 0
        AppField {
            id: field
            placeholderText: qsTr("Part of a path, :line or #hunk")
            iconName: "search"
            wrong: go.told !== ""
            Layout.fillWidth: true
            Layout.margins: Theme.s
            onTextChanged: list.selected = 0
            Keys.onDownPressed: list.step(1)
            Keys.onUpPressed: list.step(-1)
            Keys.onReturnPressed: popup.run(list.selected)
            Keys.onEnterPressed: popup.run(list.selected)
        }
        Muted {
            visible: go.told !== ""
            text: go.told
            Layout.fillWidth: true
            Layout.margins: Theme.m
            Layout.topMargin: 0
            Accessible.role: Accessible.StatusBar
            Accessible.name: go.told
        }
        RowList {
            id: list
            label: qsTr("Places")
            model: go.places
            selected: 0
            activeFocusOnTab: false
            onPicked: index => selected = index
            onOpened: index => popup.run(index)
            Layout.fillWidth: true
            Layout.preferredHeight: Math.min(320, count * Theme.rowHeight)
            delegate: ListRow {
                id: row
                required property string text
                required property string folder
                required property string where
                RowLayout {
                    anchors.fill: parent
                    spacing: Theme.s
                    AppText { text: row.text; Layout.maximumWidth: row.width * 0.5 }
                    Muted { text: row.folder; elide: Text.ElideLeft; font.pixelSize: Theme.small; Layout.fillWidth: true }
                    Muted { text: row.where; font.pixelSize: Theme.small }
                }
            }
        }
    }
}
