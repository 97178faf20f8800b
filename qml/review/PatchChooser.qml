// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// The patches that wait, to choose one.
T.Popup {
    id: popup

    required property ReviewView view

    width: 560
    height: Math.min(420, list.contentHeight + 46)
    padding: 1
    focus: true
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutside
    onOpened: list.forceActiveFocus()
    background: Rectangle { radius: 8; color: Theme.overlay; border.color: Theme.borderStrong }
    contentItem: ColumnLayout {
        spacing: 0
        RowList {
            id: list
            label: qsTr("Patches")
            model: popup.view.patches
            selected: popup.view.patchIndex
            onPicked: index => popup.view.pickPatch(index)
            onOpened: popup.close()
            Layout.fillWidth: true
            Layout.fillHeight: true
            delegate: ListRow {
                id: row
                required property string plugin
                required property string title
                required property string status
                required property string tone
                required property string icon
                required property double made
                height: 34
                RowLayout {
                    anchors.fill: parent
                    spacing: Theme.s
                    AppText { text: row.plugin; font.weight: Font.Medium; Layout.preferredWidth: 120 }
                    AppText { text: row.title; Layout.fillWidth: true }
                    Tag { text: row.status; tone: row.tone; iconName: row.icon }
                    AgeText { at: row.made; Layout.preferredWidth: 76 }
                }
            }
        }
        Rule { Layout.fillWidth: true }
        AppCheck {
            text: qsTr("Shipped and closed too")
            checked: popup.view.showAll
            onToggled: popup.view.showAll = checked
            Layout.leftMargin: Theme.m
            Layout.margins: Theme.xs
        }
    }
}
