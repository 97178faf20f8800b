// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Why nothing new starts: somebody paused the queue, or a provider's limit holds it.
ColumnLayout {
    id: banner

    required property QueueView queue

    visible: queue.paused || queue.limits.length > 0
    spacing: 0

    Rectangle {
        visible: banner.queue.paused
        color: Theme.warningGround
        implicitHeight: 40
        Layout.fillWidth: true
        Accessible.role: Accessible.AlertMessage
        Accessible.name: said.text
        RowLayout {
            anchors.fill: parent
            anchors.leftMargin: Theme.l
            anchors.rightMargin: Theme.l
            spacing: Theme.s
            Icon { name: "pause"; color: Theme.warning }
            AppText {
                id: said
                text: qsTr("The queue is paused by %1, %2. What is under way goes on; %n more wait.", "", banner.queue.queued)
                          .arg(banner.queue.pausedBy).arg(App.age(banner.queue.pausedAt, App.now))
                Layout.fillWidth: true
            }
            AppButton { text: qsTr("Resume the queue"); keys: "Q"; onClicked: banner.queue.resume() }
        }
        Rule { anchors.bottom: parent.bottom; width: parent.width }
    }
    Repeater {
        model: banner.queue.limits
        Rectangle {
            id: limit
            required property string modelData
            color: Theme.infoGround
            implicitHeight: 32
            Layout.fillWidth: true
            Accessible.role: Accessible.AlertMessage
            Accessible.name: modelData
            RowLayout {
                anchors.fill: parent
                anchors.leftMargin: Theme.l
                anchors.rightMargin: Theme.l
                spacing: Theme.s
                Icon { name: "clock"; color: Theme.info }
                AppText { text: limit.modelData; Layout.fillWidth: true }
            }
            Rule { anchors.bottom: parent.bottom; width: parent.width }
        }
    }
}
