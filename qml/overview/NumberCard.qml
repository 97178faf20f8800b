// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// One figure; leads to the screen that shows what it counts.
Item {
    id: card

    required property string title
    required property int value
    required property string note
    required property string tone
    required property string icon
    required property string target

    implicitHeight: 82
    implicitWidth: 150

    T.AbstractButton {
        id: button
        anchors.fill: parent
        focusPolicy: Qt.TabFocus
        Accessible.name: card.title + ": " + card.value + ", " + card.note
        Accessible.onPressAction: button.clicked()
        Keys.onReturnPressed: button.clicked()
        onClicked: App.show(card.target)
        background: Rectangle {
            radius: Theme.radius
            color: button.hovered ? Theme.hover : Theme.raised
            border.color: Theme.border
            FocusRing { target: button; shown: button.visualFocus }
        }
        contentItem: ColumnLayout {
            spacing: 0
            RowLayout {
                spacing: 6
                Layout.leftMargin: Theme.m
                Layout.rightMargin: Theme.m
                Layout.topMargin: Theme.s
                Icon {
                    name: card.icon
                    size: 14
                    color: Theme.ink(card.tone)
                }
                Muted {
                    text: card.title
                    Layout.fillWidth: true
                }
            }
            AppText {
                text: card.value.toLocaleString(Qt.locale(), "f", 0)
                font.pixelSize: Theme.display
                font.weight: Font.DemiBold
                color: card.value > 0 && card.tone !== "neutral" ? Theme.ink(card.tone) : Theme.text
                Layout.leftMargin: Theme.m
            }
            Muted {
                text: card.note
                font.pixelSize: Theme.tiny
                Layout.fillWidth: true
                Layout.leftMargin: Theme.m
                Layout.rightMargin: Theme.m
                Layout.bottomMargin: Theme.s
            }
        }
    }
}
