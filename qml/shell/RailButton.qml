// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

T.AbstractButton {
    id: button

    property string iconName
    property color iconColor: current ? Theme.accent : Theme.muted
    property bool current: false
    property bool bold: false
    property int badge: 0
    property string keys
    property string hint

    Layout.fillWidth: true
    implicitHeight: 32
    focusPolicy: Qt.TabFocus
    font.family: Theme.family
    Accessible.role: Accessible.PageTab
    Accessible.name: text
    Accessible.description: badge > 0 ? qsTr("%1 waiting").arg(badge) : ""
    Accessible.selected: current
    Accessible.onPressAction: button.clicked()
    Keys.onReturnPressed: button.clicked()

    background: Rectangle {
        radius: Theme.radius
        color: button.current ? Theme.selected : button.hovered ? Theme.hover : "transparent"
        Rectangle {
            visible: button.current
            width: 3
            height: 16
            radius: 1
            y: (parent.height - height) / 2
            color: Theme.accent
        }
        FocusRing { target: button; shown: button.visualFocus }
    }
    contentItem: RowLayout {
        spacing: Theme.s
        Icon {
            name: button.iconName
            size: 18
            color: button.iconColor
            Layout.leftMargin: 10
        }
        AppText {
            text: button.text
            color: button.enabled ? Theme.text : Theme.muted
            font.weight: button.current || button.bold ? Font.DemiBold : Font.Normal
            Layout.fillWidth: true
            Accessible.ignored: true
        }
        Rectangle {
            visible: button.badge > 0
            implicitWidth: Math.max(20, count.implicitWidth + 10)
            implicitHeight: 18
            radius: 9
            color: Theme.neutralGround
            Layout.rightMargin: 6
            AppText {
                id: count
                anchors.centerIn: parent
                text: button.badge > 999 ? "999+" : button.badge
                font.pixelSize: Theme.tiny
                font.weight: Font.Medium
                Accessible.ignored: true
            }
        }
        KeyCap {
            keys: button.keys
            Layout.rightMargin: 6
        }
    }
    Hint {
        text: button.hint
        shown: button.hovered && button.hint !== ""
        x: button.width + 6
        y: (button.height - implicitHeight) / 2
    }
}
