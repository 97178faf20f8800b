// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

// What agents, recipes and hands are doing, and did.
AppScreen {
    id: screen

    name: "runs"
    firstFocus: list

    RunsView {
        id: view
        active: screen.active
    }
    Connections {
        target: view
        function onFilterChanged() {
            if (filter.text !== view.filter)
                filter.text = view.filter;
        }
    }
    QueueView { id: queue }
    ApprovalsView {
        id: questions
        subject: view.current !== "" ? "run:" + view.current : ""
    }
    RunSheet { id: runSheet }
    CancelSheet { id: cancelSheet; view: view }
    ByHandSheet { id: byHandSheet; view: view }
    ContextSheet { id: contextSheet; view: view }
    StopAllSheet { id: stopAllSheet; queue: queue }
    RunsCommands {
        view: view
        queue: queue
        questions: questions
        active: screen.active
        onFilterAsked: filter.forceActiveFocus()
        onRunAsked: runSheet.begin("", "")
        onCancelAsked: cancelSheet.open()
        onByHandAsked: byHandSheet.open()
        onContextAsked: contextSheet.begin()
        onStopAllAsked: stopAllSheet.open()
        onTabAsked: tab => detail.show(tab)
        onEndAsked: detail.toTheEnd()
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        ScreenHeader {
            title: qsTr("Runs")
            note: qsTr("%1 under way, %2 queued, %n in all", "", view.total).arg(queue.working).arg(queue.queued)
            FilterField {
                id: filter
                list: list
                placeholderText: qsTr("Filter by plugin, client, state")
                onTextChanged: view.filter = text
                Layout.preferredWidth: 240
            }
            AppButton {
                visible: !queue.paused
                text: qsTr("Pause the queue")
                iconName: "pause"
                keys: "Q"
                hint: qsTr("Nothing new is started; what is under way goes on")
                onClicked: queue.pause()
            }
            AppButton {
                visible: queue.working > 0
                text: qsTr("Stop all…")
                iconName: "stop"
                hint: qsTr("Ctrl+Shift+X")
                onClicked: stopAllSheet.open()
            }
            AppButton { text: qsTr("New run…"); iconName: "play"; keys: "N"; onClicked: runSheet.begin("", "") }
        }
        QueueBanner { queue: queue; Layout.fillWidth: true }
        SplitView {
            Layout.fillWidth: true
            Layout.fillHeight: true
            handle: SplitHandle { }
            Item {
                SplitView.preferredWidth: Math.max(380, Math.min(560, screen.width * 0.36))
                SplitView.minimumWidth: 320
                RunList {
                    id: list
                    anchors.fill: parent
                    view: view
                }
            }
            RunDetail {
                id: detail
                view: view
                questions: questions
                visible: view.current !== ""
                SplitView.fillWidth: true
                SplitView.minimumWidth: 400
                onCancelAsked: cancelSheet.open()
                onByHandAsked: byHandSheet.open()
                onContextAsked: contextSheet.begin()
            }
        }
    }
}
