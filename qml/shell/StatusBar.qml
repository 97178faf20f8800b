// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What is being carried out, who carries it out, and how old the picture is.
Rectangle {
    id: bar

    signal approvalsAsked

    implicitHeight: 26
    color: Theme.sunken
    Rule { width: parent.width }

    Counts { id: counts }
    QueueView { id: queue }

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.m
        anchors.rightMargin: Theme.m
        spacing: Theme.s

        AppButton {
            readonly property int waiting: counts.of("approvals", counts.stamp)
            visible: waiting > 0 && App.phase === App.Ready
            kind: "quiet"
            iconName: "hand"
            text: qsTr("%n question(s) for you", "", waiting)
            keys: "Ctrl+J"
            implicitHeight: 22
            onClicked: bar.approvalsAsked()
        }
        RowLayout {
            visible: App.activities.count > 0
            spacing: Theme.s
            Layout.maximumWidth: bar.width * 0.55
            Rectangle {
                implicitWidth: 90
                implicitHeight: 6
                radius: 3
                color: Theme.neutralGround
                Rectangle {
                    height: parent.height
                    radius: 3
                    color: Theme.accent
                    readonly property bool known: App.activities.fraction >= 0
                    width: parent.width * (known ? App.activities.fraction : 0.3)
                    x: known ? 0 : (Math.floor(pulse.step) % 8) * parent.width * 0.1
                }
                Timer {
                    id: pulse
                    property int step: 0
                    interval: 250
                    repeat: true
                    running: App.activities.count > 0 && App.activities.fraction < 0
                    onTriggered: ++step
                }
            }
            AppText {
                text: App.activities.title
                font.pixelSize: Theme.small
            }
            Muted {
                text: App.activities.detail
                Layout.fillWidth: true
            }
            Muted {
                visible: App.activities.count > 1
                text: qsTr("and %n more", "", App.activities.count - 1)
            }
            AppButton {
                kind: "quiet"
                text: qsTr("Stop")
                keys: "Ctrl+."
                implicitHeight: 22
                onClicked: App.activities.cancel()
            }
        }
        Muted {
            readonly property string runs: queue.working > 0 ? qsTr("%n run(s) under way", "", queue.working) : ""
            readonly property string waiting: queue.queued > 0 ? queue.paused ? qsTr("%n queued, paused", "", queue.queued)
                                                                               : qsTr("%n queued", "", queue.queued) : ""
            readonly property string told: runs + (runs !== "" && waiting !== "" ? ", " : "") + waiting
            visible: App.activities.count === 0
            text: App.phase !== App.Ready ? "" : told !== "" ? told : qsTr("Nothing under way")
        }
        Item { Layout.fillWidth: true }
        Muted {
            visible: App.phase === App.Ready
            text: App.engineText
        }
        Muted {
            visible: App.phase === App.Ready && App.branch !== ""
            text: "· " + App.branch
        }
        AgeText {
            visible: App.scannedAt > 0
            before: qsTr("· read ")
            at: App.scannedAt
        }
    }
}
