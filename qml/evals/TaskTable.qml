// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Every task with every arm's trials, by shape and colour. Left and right go from trial to trial.
RowList {
    id: table

    required property EvalsView view
    readonly property int armWidth: Math.max(64, Math.min(150, (width - 330) / Math.max(1, view.armNames.length)))

    label: qsTr("Tasks and their trials. Left and right choose a trial.")
    model: view.tasks
    selected: view.currentTask
    onPicked: index => view.pickTask(index)
    Keys.onLeftPressed: view.stepTrial(-1)
    Keys.onRightPressed: view.stepTrial(1)
    headerPositioning: ListView.OverlayHeader
    header: Rectangle {
        width: table.width
        height: 44
        z: 2
        color: Theme.surface
        RowLayout {
            anchors.fill: parent
            anchors.leftMargin: Theme.m
            anchors.rightMargin: Theme.m
            spacing: Theme.m
            Caption { text: qsTr("Task"); Layout.fillWidth: true }
            Caption { text: qsTr("Level"); Layout.preferredWidth: 96 }
            Repeater {
                model: table.view.armNames
                Caption {
                    required property string modelData
                    text: modelData
                    wrapMode: Text.Wrap
                    maximumLineCount: 2
                    elide: Text.ElideRight
                    Layout.preferredWidth: table.armWidth
                    Layout.maximumWidth: table.armWidth
                }
            }
        }
        Rule { anchors.bottom: parent.bottom; width: parent.width }
    }
    delegate: ListRow {
        id: row
        required property string task
        required property string level
        required property list<string> cells
        required property int chosen
        RowLayout {
            anchors.fill: parent
            spacing: Theme.m
            AppText { text: row.task; font.weight: Font.Medium; Layout.fillWidth: true }
            Muted { text: row.level; Layout.preferredWidth: 96 }
            Repeater {
                model: row.cells
                TrialMarks {
                    id: cell
                    required property int index
                    required property string modelData
                    marks: modelData
                    chosen: table.chosenIn(row.cells, row.chosen, index)
                    passed: Theme.ok
                    failed: Theme.danger
                    broken: Theme.warning
                    ground: Theme.surface
                    ring: Theme.focus
                    Layout.preferredWidth: table.armWidth
                    Layout.preferredHeight: 22
                    MouseArea {
                        anchors.fill: parent
                        onClicked: mouse => {
                            table.forceActiveFocus();
                            table.view.pickTrial(row.index, cell.index, cell.at(mouse.x));
                        }
                    }
                }
            }
        }
    }
    EmptyState {
        visible: table.count === 0
        anchors.centerIn: parent
        iconName: "filter"
        title: qsTr("No task fits")
        text: qsTr("Nothing has all of these words.")
    }

    // Which mark of an arm is the chosen one of all; -1: none of it.
    function chosenIn(cells: list<string>, chosen: int, arm: int): int {
        let before = 0;
        for (let i = 0; i < arm; ++i)
            before += cells[i].length;
        return chosen >= before && chosen < before + cells[arm].length ? chosen - before : -1;
    }
}
