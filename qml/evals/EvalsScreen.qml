// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

// How well clients and instructions do on tasks whose answers are known: success, each task, two arms side by side, and why trials failed.
AppScreen {
    id: screen

    property int section: 0 ///< success, tasks, two arms, failures

    readonly property list<Item> places: [begin, successList, table, pairs.list, causeList]

    name: "evals"
    firstFocus: places[view.trials === 0 ? 0 : section + 1]
    onSectionChanged: takeFocusSoon()

    EvalsView {
        id: view
        active: screen.active
        onChanged: if (screen.active && !screen.activeFocus) screen.takeFocusSoon()
    }
    EvalReportSheet { id: reportSheet; view: view }
    EvalCommandSheet { id: commandSheet; view: view }
    OpenTrialsSheet { id: openSheet; view: view }
    TrialTextSheet { id: textSheet; view: view }
    EvalsCommands {
        view: view
        active: screen.active
        onSectionAsked: section => screen.section = section
        onFilterAsked: {
            screen.section = 1;
            filter.forceActiveFocus();
        }
        onReportAsked: reportSheet.open()
        onCommandAsked: commandSheet.open()
        onOpenAsked: openSheet.open()
        onTextAsked: kind => textSheet.showKind(kind)
        onDetailAsked: {
            screen.section = 1;
            detail.forceActiveFocus();
        }
        onPairAsked: {
            screen.section = 2;
            pairs.chooser.forceActiveFocus();
        }
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        ScreenHeader {
            title: qsTr("Evals")
            note: view.trials > 0 ? qsTr("%n trial(s), the last %1", "", view.trials).arg(App.age(view.lastAt, App.now)) : view.loading ? qsTr("Reading…") : qsTr("nothing was evaluated yet")
            FilterField {
                id: filter
                visible: screen.section === 1 && view.trials > 0
                placeholderText: qsTr("Filter by task, level, plugin")
                list: table
                onTextChanged: view.filter = text
                Layout.preferredWidth: 210
                Connections {
                    target: view
                    function onFilterChanged() { if (filter.text !== view.filter) filter.text = view.filter; }
                }
            }
            AppButton { text: qsTr("Open…"); iconName: "folder"; keys: "O"; onClicked: openSheet.open() }
            AppButton { text: qsTr("Report…"); iconName: "file"; keys: "E"; enabled: view.trials > 0; onClicked: reportSheet.open() }
            AppButton { text: qsTr("New…"); iconName: "terminal"; keys: "N"; onClicked: commandSheet.open() }
        }
        ErrorNote {
            error: view.error
            Layout.fillWidth: true
            Layout.margins: visible ? Theme.m : 0
        }
        Item {
            visible: view.trials === 0
            Layout.fillWidth: true
            Layout.fillHeight: true
            EmptyState {
                anchors.centerIn: parent
                iconName: "evals"
                title: view.loading ? qsTr("Reading…") : qsTr("Nothing was evaluated yet")
                text: qsTr("An evaluation lets a client work on tasks whose answers are known, with the shared instructions and without, and grades what it did. It is made in a terminal; what it leaves is shown here while it is made.")
                AppButton { id: begin; text: qsTr("Show the command…"); kind: "primary"; keys: "N"; onClicked: commandSheet.open() }
                AppButton { text: qsTr("Open a folder…"); keys: "O"; onClicked: openSheet.open() }
            }
        }
        EvalsHead {
            view: view
            visible: view.trials > 0
            Layout.fillWidth: true
            Layout.margins: Theme.l
            Layout.bottomMargin: Theme.s
        }
        RowLayout {
            visible: view.trials > 0
            spacing: Theme.m
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
            Layout.bottomMargin: Theme.s
            Segments {
                options: [{ text: qsTr("Success") }, { text: qsTr("Tasks"), count: view.tasks.count }, { text: qsTr("Two arms") }, { text: qsTr("What failed"), count: view.causes.count }]
                current: screen.section
                onPicked: index => screen.section = index
            }
            Item { Layout.fillWidth: true }
            Muted { text: qsTr("Evaluation") }
            AppCombo {
                label: qsTr("Evaluation")
                model: view.setNames
                currentIndex: view.currentSet
                enabled: view.setNames.length > 1
                onActivated: index => view.currentSet = index
                Layout.preferredWidth: 260
            }
        }
        Rule { Layout.fillWidth: true; visible: view.trials > 0 }
        SuccessList {
            id: successList
            view: view
            visible: view.trials > 0 && screen.section === 0
            Layout.fillWidth: true
            Layout.fillHeight: true
        }
        SplitView {
            visible: view.trials > 0 && screen.section === 1
            Layout.fillWidth: true
            Layout.fillHeight: true
            handle: SplitHandle { }
            Item {
                SplitView.fillWidth: true
                SplitView.minimumWidth: 420
                TaskTable {
                    id: table
                    anchors.fill: parent
                    view: view
                    onOpened: detail.forceActiveFocus()
                }
            }
            TrialDetail {
                id: detail
                view: view
                visible: view.grade !== ""
                onTextAsked: path => textSheet.show(path)
                SplitView.preferredWidth: Math.max(400, screen.width * 0.38)
                SplitView.minimumWidth: 340
            }
        }
        PairPane {
            id: pairs
            view: view
            visible: view.trials > 0 && screen.section === 2
            onTaskAsked: task => {
                view.pickTaskNamed(task);
                screen.section = 1;
            }
            Layout.fillWidth: true
            Layout.fillHeight: true
        }
        CauseList {
            id: causeList
            view: view
            visible: view.trials > 0 && screen.section === 3
            onTaskAsked: task => {
                view.pickTaskNamed(task);
                screen.section = 1;
            }
            Layout.fillWidth: true
            Layout.fillHeight: true
        }
    }
}
