// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// How far the plan is, in a line over the story.
Rectangle {
    id: strip

    required property StoryModel story

    implicitHeight: 30
    color: Theme.infoGround
    Accessible.role: Accessible.StaticText
    Accessible.name: line.text + " " + now.text

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.m
        anchors.rightMargin: Theme.m
        spacing: Theme.s
        Icon { name: "list"; size: 15; color: Theme.info }
        AppText { id: line; text: qsTr("%1 of %2 done").arg(strip.story.planDone).arg(strip.story.plan.length); font.weight: Font.Medium; font.pixelSize: Theme.small }
        AppText { id: now; text: strip.story.planNow; font.pixelSize: Theme.small; Layout.fillWidth: true }
        Rectangle {
            implicitWidth: 90
            implicitHeight: 6
            radius: 3
            color: Theme.neutralGround
            Rectangle {
                height: parent.height
                radius: 3
                color: Theme.accent
                width: parent.width * strip.story.planDone / Math.max(1, strip.story.plan.length)
            }
        }
    }
}
