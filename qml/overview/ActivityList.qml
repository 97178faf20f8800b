// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// What people and agents did, the newest first; what can still be undone has the way back beside it.
ListView {
    id: list

    required property OverviewView view

    model: view.activity
    clip: true
    activeFocusOnTab: true
    boundsBehavior: Flickable.StopAtBounds
    reuseItems: true
    Accessible.role: Accessible.List
    Accessible.name: qsTr("Lately")
    T.ScrollBar.vertical: AppScrollBar { }

    delegate: Item {
        id: row
        required property string key
        required property string what
        required property string subject
        required property string who
        required property double at
        required property bool canUndo
        required property bool undone
        required property string entity
        width: ListView.view.width
        height: 44
        Accessible.role: Accessible.ListItem
        Accessible.name: who + " " + what + " " + subject

        MouseArea {
            id: area
            anchors.fill: parent
            hoverEnabled: true
            onClicked: App.follow(row.entity)
        }
        Rectangle {
            anchors.fill: parent
            color: area.containsMouse ? Theme.hover : "transparent"
        }
        RowLayout {
            anchors.fill: parent
            anchors.leftMargin: Theme.m
            anchors.rightMargin: Theme.s
            spacing: Theme.s
            ColumnLayout {
                spacing: 1
                Layout.fillWidth: true
                AppText {
                    text: row.subject
                    font.strikeout: row.undone
                    Layout.fillWidth: true
                }
                RowLayout {
                    spacing: 4
                    Muted { text: row.what + (row.undone ? qsTr(" (undone)") : "") }
                    Muted { text: qsTr("by %1").arg(row.who); Layout.maximumWidth: 140 }
                    AgeText { at: row.at; before: "· " }
                }
            }
            AppButton {
                visible: row.canUndo
                kind: "quiet"
                iconName: "undo"
                hint: qsTr("Undo")
                onClicked: list.view.undo(row.key, row.what + ": " + row.subject)
            }
        }
    }
    EmptyState {
        visible: list.count === 0
        anchors.centerIn: parent
        iconName: "clock"
        title: qsTr("Nothing was done yet")
        text: qsTr("Tickets, verdicts and other changes stand here, each with its undo.")
    }
}
