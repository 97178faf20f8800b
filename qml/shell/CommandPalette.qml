// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// Ctrl+K: finds and does.
T.Popup {
    id: popup

    parent: T.Overlay.overlay
    width: Math.min(640, (parent ? parent.width : 700) - 40)
    height: Math.min(460, (parent ? parent.height : 600) - 80)
    x: parent ? Math.round((parent.width - width) / 2) : 0
    y: parent ? Math.round(parent.height * 0.12) : 0
    modal: true
    focus: true
    padding: 1
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutside
    T.Overlay.modal: Rectangle { color: Theme.veil }

    onAboutToShow: {
        field.text = "";
        finder.collect();
        list.currentIndex = 0;
    }
    onOpened: field.forceActiveFocus()

    function run(row: int) {
        if (row < 0 || row >= list.count)
            return;
        popup.close();
        finder.run(row);
    }

    Finder {
        id: finder
        commands: Commands
        query: field.text
        onQueryChanged: list.currentIndex = 0
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
            placeholderText: qsTr("Find a plugin, ticket, run or command")
            iconName: "search"
            implicitHeight: 40
            font.pixelSize: Theme.large
            Layout.fillWidth: true
            Layout.margins: Theme.s
            Keys.onDownPressed: list.currentIndex = Math.min(list.count - 1, list.currentIndex + 1)
            Keys.onUpPressed: list.currentIndex = Math.max(0, list.currentIndex - 1)
            Keys.onReturnPressed: popup.run(list.currentIndex)
            Keys.onEnterPressed: popup.run(list.currentIndex)
        }
        Rule { Layout.fillWidth: true }
        ListView {
            id: list
            clip: true
            model: finder.results
            boundsBehavior: Flickable.StopAtBounds
            highlightMoveDuration: 0
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.margins: Theme.xs
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Found")
            T.ScrollBar.vertical: AppScrollBar { }
            delegate: Rectangle {
                id: row
                required property int index
                required property string text
                required property string kind
                required property string hint
                required property string icon
                width: list.width
                height: 32
                radius: Theme.radius
                color: ListView.isCurrentItem ? Theme.selected : area.containsMouse ? Theme.hover : "transparent"
                Accessible.role: Accessible.ListItem
                Accessible.name: kind + " " + text
                RowLayout {
                    anchors.fill: parent
                    anchors.leftMargin: Theme.s
                    anchors.rightMargin: Theme.m
                    spacing: Theme.s
                    Icon { name: row.icon; color: Theme.muted }
                    AppText { text: row.text; Layout.fillWidth: true }
                    Muted { text: row.hint; Layout.maximumWidth: 240 }
                    Muted {
                        text: row.kind
                        horizontalAlignment: Text.AlignRight
                        Layout.preferredWidth: 76
                    }
                }
                MouseArea {
                    id: area
                    anchors.fill: parent
                    hoverEnabled: true
                    onClicked: popup.run(row.index)
                }
            }
        }
        EmptyState {
            visible: list.count === 0
            iconName: "search"
            title: qsTr("Nothing fits")
            text: qsTr("Plugins, tickets, error groups, runs, patches and commands are searched by name and id.")
            Layout.alignment: Qt.AlignHCenter
            Layout.bottomMargin: Theme.xxl
        }
    }
}
