// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Coppice

// A button. `kind`: primary (one per view), plain, quiet (no frame), danger. The key that does the same stands on it.
T.Button {
    id: button

    property string kind: "plain"
    property string iconName
    property string keys
    property string hint
    readonly property bool filled: kind === "primary" || kind === "danger"
    readonly property color ink: !enabled ? Theme.muted : filled ? Theme.accentInk : Theme.text

    implicitHeight: Theme.controlHeight
    implicitWidth: Math.max(implicitHeight, row.implicitWidth + (text === "" ? 12 : 22))
    padding: 0
    focusPolicy: Qt.StrongFocus
    font.family: Theme.family
    font.pixelSize: Theme.normal
    Accessible.name: text !== "" ? text : hint
    Accessible.description: hint
    Accessible.onPressAction: button.clicked()
    Keys.onReturnPressed: button.clicked()
    Keys.onEnterPressed: button.clicked()

    background: Rectangle {
        radius: Theme.radius
        opacity: button.enabled ? 1 : 0.55
        color: {
            if (!button.enabled)
                return button.filled ? Theme.neutralGround : "transparent";
            switch (button.kind) {
            case "primary": return button.down || button.hovered ? Theme.accentHover : Theme.accentGround;
            case "danger": return button.down ? Qt.darker(Theme.dangerFill, 1.15) : Theme.dangerFill;
            case "quiet": return button.down ? Theme.selected : button.hovered ? Theme.hover : "transparent";
            default: return button.down ? Theme.selected : button.hovered ? Theme.hover : Theme.raised;
            }
        }
        border.width: button.kind === "plain" || (button.filled && !button.enabled) ? 1 : 0
        border.color: Theme.borderStrong
        FocusRing { target: button; shown: button.visualFocus }
    }
    contentItem: Item {
        Row {
            id: row
            anchors.centerIn: parent
            spacing: 6
            opacity: button.enabled ? 1 : 0.75
            Icon {
                visible: button.iconName !== ""
                name: button.iconName
                color: button.ink
                anchors.verticalCenter: parent.verticalCenter
            }
            AppText {
                visible: button.text !== ""
                text: button.text
                color: button.ink
                font.weight: button.filled ? Font.Medium : Font.Normal
                anchors.verticalCenter: parent.verticalCenter
                Accessible.ignored: true
            }
            KeyCap {
                keys: button.keys
                ink: button.filled && button.enabled ? Theme.accentInk : Theme.muted
                edge: button.filled && button.enabled ? "#80ffffff" : Theme.borderStrong
                anchors.verticalCenter: parent.verticalCenter
            }
        }
    }
    Hint { text: button.hint; shown: button.hovered && button.hint !== "" }
}
