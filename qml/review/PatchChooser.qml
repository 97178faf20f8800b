// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// The patches that wait, to choose one.
T.Popup {
    id: popup

    required property ReviewView view
    signal sweepsAsked

    width: 720
    height: Math.min(420, list.contentHeight + 52)
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
                required property string why
                spoken: plugin + ", " + title + ", " + status + (why !== "" ? ", " + why : "")
                height: 34
                RowLayout {
                    anchors.fill: parent
                    spacing: Theme.s
                    AppText { text: row.plugin; font.weight: Font.Medium; Layout.preferredWidth: 120 }
                    AppText { text: row.title; Layout.fillWidth: true; Layout.preferredWidth: 3 }
                    Muted { text: row.why; Layout.fillWidth: true; Layout.preferredWidth: 2 }
                    Tag { text: row.status; tone: row.tone; iconName: row.icon }
                    AgeText { at: row.made; Layout.preferredWidth: 76 }
                }
            }
        }
        Rule { Layout.fillWidth: true }
        RowLayout {
            spacing: Theme.m
            Layout.leftMargin: Theme.m
            Layout.margins: Theme.xs
            AppCheck {
                text: qsTr("Shipped and closed too")
                checked: popup.view.showAll
                onToggled: popup.view.showAll = checked
            }
            Muted { text: qsTr("The riskiest, and those that most waits on, first."); Layout.fillWidth: true }
            AppButton {
                kind: "quiet"
                text: qsTr("Equal hunks…")
                keys: "⇧+S"
                hint: qsTr("Hunks that are the same in many plugins, decided on once")
                onClicked: {
                    popup.close();
                    popup.sweepsAsked();
                }
            }
        }
    }
}
