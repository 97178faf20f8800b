// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

RowList {
    id: runList

    required property RunsView view
    property double now: App.now

    label: qsTr("Runs")
    reuseItems: false // layouts of rows that are used again forget what is not shown any more
    model: view.runs
    selected: view.currentIndex
    onPicked: index => view.pick(index)
    onOpened: if (view.review !== "") App.follow(view.review)
    delegate: RunRow {
        now: runList.now
        groupName: runList.groupName(group)
        groupCount: runList.groupCount(group)
    }
    section.property: "group" // no delegate: the rows carry the names

    function groupName(group: string): string {
        switch (group) {
        case "0": return qsTr("Waiting for you");
        case "1": return qsTr("Under way");
        case "2": return qsTr("Queued");
        default: return qsTr("Finished");
        }
    }
    function groupCount(group: string): string {
        const runs = runList.view.runs;
        switch (group) {
        case "0": return String(runs.waiting);
        case "1": return String(runs.working);
        case "2": return String(runs.queued);
        default: return String(runs.finished);
        }
    }

    Timer {
        interval: 1000
        repeat: true
        running: runList.view.active && runList.view.runs.working > 0
        onTriggered: runList.now = Date.now()
    }
    EmptyState {
        visible: runList.count === 0
        anchors.centerIn: parent
        iconName: "runs"
        title: runList.view.filter !== "" ? qsTr("No run fits") : qsTr("No runs yet")
        text: runList.view.filter !== "" ? qsTr("Nothing here has all of these words.")
                                      : qsTr("A run is one try at a ticket by a client: an agent, a recipe, or a hand. Start one from an accepted ticket in the Inbox.")
        AppButton { visible: runList.view.filter === ""; text: qsTr("Go to the Inbox"); onClicked: App.show("inbox") }
    }
}
