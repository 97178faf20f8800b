// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

Sheet {
    id: sheet

    required property QueueView queue

    title: qsTr("Stop all runs?")
    text: qsTr("%n run(s) under way will be stopped, and the queue paused. What was done so far is kept; each can be resumed.", "", queue.working)
    action: qsTr("Stop all runs")
    actionKind: "danger"
    onAccepted: {
        close();
        queue.stopAll();
    }
}
