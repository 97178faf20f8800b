// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// A choice between a few lists, each with its count; left and right move between them.
Rectangle {
    id: segments

    property var options: [] // [{text, count}]
    property int current: 0
    signal picked(int index)

    implicitHeight: Theme.controlHeight
    implicitWidth: row.implicitWidth + 4
    radius: Theme.radius
    color: Theme.sunken
    activeFocusOnTab: true
    Accessible.role: Accessible.PageTabList
    Keys.onLeftPressed: if (current > 0) picked(current - 1)
    Keys.onRightPressed: if (current < options.length - 1) picked(current + 1)

    Row {
        id: row
        x: 2
        height: parent.height
        Repeater {
            model: segments.options
            Rectangle {
                id: segment
                required property int index
                required property var modelData
                readonly property bool on: segments.current === index
                y: 2
                height: segments.height - 4
                width: line.implicitWidth + 20
                radius: Theme.radius - 1
                color: on ? Theme.raised : area.containsMouse ? Theme.hover : "transparent"
                border.width: on ? 1 : 0
                border.color: Theme.border
                Accessible.role: Accessible.PageTab
                Accessible.name: modelData.text
                Accessible.selected: on
                Accessible.onPressAction: segments.picked(index)
                Row {
                    id: line
                    anchors.centerIn: parent
                    spacing: 6
                    AppText {
                        text: segment.modelData.text
                        color: segment.on ? Theme.text : Theme.muted
                        font.weight: segment.on ? Font.Medium : Font.Normal
                        Accessible.ignored: true
                    }
                    AppText {
                        visible: segment.modelData.count !== undefined
                        text: segment.modelData.count ?? ""
                        color: Theme.muted
                        Accessible.ignored: true
                    }
                }
                MouseArea {
                    id: area
                    anchors.fill: parent
                    hoverEnabled: true
                    onClicked: segments.picked(segment.index)
                }
            }
        }
    }
    FocusRing { }
}
