// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// Tickets that tell of something alike, how they ended, and why that is thought.
ColumnLayout {
    id: list

    required property EntryDetail detail

    spacing: Theme.xs
    Repeater {
        model: list.detail.similar
        Item {
            id: one
            required property string key
            required property string text
            required property string status
            required property string tone
            required property string icon
            required property string why
            required property string outcome
            implicitHeight: body.implicitHeight + 8
            Layout.fillWidth: true
            T.AbstractButton {
                id: button
                anchors.fill: parent
                focusPolicy: Qt.TabFocus
                Accessible.role: Accessible.Link
                Accessible.name: one.text + ", " + one.status + ". " + one.why
                Accessible.onPressAction: button.clicked()
                Keys.onReturnPressed: button.clicked()
                onClicked: App.follow(one.key)
                background: Rectangle {
                    radius: Theme.radius
                    color: button.hovered ? Theme.hover : "transparent"
                    FocusRing { target: button; shown: button.visualFocus }
                }
                contentItem: Item {
                    ColumnLayout {
                        id: body
                        width: parent.width
                        y: 4
                        spacing: 2
                        RowLayout {
                            spacing: Theme.s
                            AppText { text: one.text; color: Theme.accent; Layout.fillWidth: true }
                            Tag { text: one.status; tone: one.tone; iconName: one.icon }
                        }
                        Muted { visible: text !== ""; text: one.outcome !== "" ? qsTr("Ended by %1").arg(one.outcome) : ""; Layout.fillWidth: true }
                        Muted { text: one.why; wrapMode: Text.Wrap; Layout.fillWidth: true }
                    }
                }
            }
        }
    }
}
