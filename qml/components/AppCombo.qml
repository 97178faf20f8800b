// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Coppice

// One of a few.
T.ComboBox {
    id: combo

    property string label

    implicitHeight: Theme.controlHeight
    implicitWidth: 200
    leftPadding: 9
    rightPadding: 28
    font.family: Theme.family
    font.pixelSize: Theme.normal
    Accessible.name: label + (displayText !== "" ? " " + displayText : "")

    indicator: Icon {
        name: "chevron-down"
        color: Theme.muted
        x: combo.width - width - 7
        y: (combo.height - height) / 2
    }
    contentItem: AppText {
        text: combo.displayText
        Accessible.ignored: true
    }
    background: Rectangle {
        radius: Theme.radius
        color: combo.hovered || combo.down ? Theme.hover : Theme.raised
        border.width: combo.activeFocus ? 2 : 1
        border.color: combo.activeFocus ? Theme.focus : Theme.borderStrong
    }
    delegate: T.ItemDelegate {
        id: option
        required property int index
        width: combo.width
        height: Theme.rowHeight
        text: combo.textAt(index)
        highlighted: combo.highlightedIndex === index
        contentItem: AppText {
            leftPadding: 9
            rightPadding: 9
            text: option.text
            font.weight: combo.currentIndex === option.index ? Font.DemiBold : Font.Normal
        }
        background: Rectangle { color: option.highlighted ? Theme.selected : "transparent" }
    }
    popup: T.Popup {
        y: combo.height + 2
        width: combo.width
        height: Math.min(contentItem.implicitHeight + 2, 320)
        padding: 1
        contentItem: ListView {
            clip: true
            implicitHeight: contentHeight
            model: combo.popup.visible ? combo.delegateModel : null
            currentIndex: combo.highlightedIndex
            boundsBehavior: Flickable.StopAtBounds
            T.ScrollBar.vertical: AppScrollBar { }
        }
        background: Rectangle {
            radius: Theme.radius
            color: Theme.overlay
            border.color: Theme.borderStrong
        }
    }
}
