// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The library in one look: a sentence, how many plugins have which tier, and the middle score over time.
RowLayout {
    id: head

    required property HealthView view

    spacing: Theme.l

    ColumnLayout {
        spacing: Theme.s
        Layout.fillWidth: true
        Heading { text: head.view.headline; wrapMode: Text.Wrap; Layout.fillWidth: true }
        AppText { text: head.view.movement; color: Theme.muted; wrapMode: Text.Wrap; Layout.fillWidth: true }
        AppText {
            visible: text !== ""
            text: head.view.notes
            color: Theme.warning
            wrapMode: Text.Wrap
            maximumLineCount: 3
            elide: Text.ElideRight
            Layout.fillWidth: true
        }
        Row {
            id: bar
            spacing: 2
            Layout.fillWidth: true
            Layout.preferredHeight: 18
            Accessible.ignored: true
            Repeater {
                model: head.view.tiers
                Rectangle {
                    required property string tone
                    required property real share
                    visible: share > 0
                    width: Math.max(2, share * (bar.width - 10))
                    height: 18
                    radius: 2
                    color: Theme.ground(tone)
                    border.width: 1
                    border.color: Theme.ink(tone)
                }
            }
        }
        Row {
            spacing: Theme.s
            Repeater {
                model: head.view.tiers
                Rectangle {
                    id: chip
                    required property int index
                    required property string name
                    required property string tone
                    required property string icon
                    required property string moved
                    required property int count
                    required property bool on
                    required property string spoken
                    width: line.implicitWidth + 20
                    height: Theme.controlHeight
                    radius: Theme.radius
                    color: on ? Theme.selected : area.containsMouse ? Theme.hover : "transparent"
                    border.width: chip.activeFocus ? 2 : 1
                    border.color: chip.activeFocus ? Theme.focus : on ? Theme.borderStrong : Theme.border
                    activeFocusOnTab: true
                    Accessible.role: Accessible.CheckBox
                    Accessible.name: spoken
                    Accessible.checked: on
                    Accessible.onPressAction: head.view.pickTier(index)
                    Keys.onSpacePressed: head.view.pickTier(index)
                    Keys.onReturnPressed: head.view.pickTier(index)
                    Row {
                        id: line
                        anchors.centerIn: parent
                        spacing: 6
                        Icon { name: chip.icon; size: 14; color: Theme.ink(chip.tone); anchors.verticalCenter: parent.verticalCenter }
                        AppText { text: chip.name; color: Theme.ink(chip.tone); font.weight: Font.Medium; Accessible.ignored: true }
                        AppText { text: chip.count; font.weight: Font.DemiBold; Accessible.ignored: true }
                        Muted { text: chip.moved; Accessible.ignored: true }
                    }
                    MouseArea { id: area; anchors.fill: parent; hoverEnabled: true; onClicked: head.view.pickTier(chip.index) }
                }
            }
        }
    }
    ColumnLayout {
        visible: head.view.medians.length > 3
        spacing: 2
        Layout.preferredWidth: 260
        Layout.maximumWidth: 260
        Caption { text: qsTr("The middle plugin, over time") }
        HealthChart {
            steps: head.view.medians
            from: head.view.medians.length > 0 ? head.view.medians[0] : 0
            until: App.now
            line: Theme.info
            area: Theme.infoGround
            grid: Theme.border
            ink: Theme.muted
            family: Theme.family
            Layout.fillWidth: true
            Layout.preferredHeight: 96
            Accessible.role: Accessible.Graphic
            Accessible.name: qsTr("The middle plugin's points over time")
        }
    }
}
