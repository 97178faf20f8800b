// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The keys of the Evals screen.
Item {
    id: commands

    required property EvalsView view
    required property bool active
    signal sectionAsked(int section)
    signal filterAsked
    signal reportAsked
    signal commandAsked
    signal openAsked
    signal textAsked(string kind)
    signal detailAsked
    signal pairAsked

    readonly property bool any: active && view.trials > 0

    KeyCommand { text: qsTr("Success by client, instructions and level"); group: qsTr("Evals"); sequences: ["1"]; icon: "evals"; enabled: commands.any; onActivated: commands.sectionAsked(0) }
    KeyCommand { text: qsTr("Every task and its trials"); group: qsTr("Evals"); sequences: ["2"]; icon: "list"; enabled: commands.any; onActivated: commands.sectionAsked(1) }
    KeyCommand { text: qsTr("Two arms side by side"); group: qsTr("Evals"); sequences: ["3"]; icon: "move"; enabled: commands.any; onActivated: commands.sectionAsked(2) }
    KeyCommand { text: qsTr("Why trials failed"); group: qsTr("Evals"); sequences: ["4"]; icon: "warning"; enabled: commands.any; onActivated: commands.sectionAsked(3) }
    KeyCommand { text: qsTr("The next trial that failed"); group: qsTr("Evals"); sequences: ["F"]; icon: "arrow-down"; enabled: commands.any; onActivated: { commands.sectionAsked(1); commands.view.stepFailed(1); } }
    KeyCommand { text: qsTr("The failed trial before"); group: qsTr("Evals"); sequences: ["Shift+F"]; icon: "arrow-up"; enabled: commands.any; onActivated: { commands.sectionAsked(1); commands.view.stepFailed(-1); } }
    KeyCommand { text: qsTr("Read about the selected trial"); group: qsTr("Evals"); sequences: ["D"]; icon: "eye"; enabled: commands.any; onActivated: commands.detailAsked() }
    KeyCommand { text: qsTr("What the trial changed"); group: qsTr("Evals"); sequences: ["G"]; icon: "file"; enabled: commands.any; onActivated: commands.textAsked("diff") }
    KeyCommand { text: qsTr("What the trial's client printed"); group: qsTr("Evals"); sequences: ["L"]; icon: "terminal"; enabled: commands.any; onActivated: commands.textAsked("printed") }
    KeyCommand { text: qsTr("What the hidden tests printed"); group: qsTr("Evals"); sequences: ["H"]; icon: "check"; enabled: commands.any; onActivated: commands.textAsked("tests") }
    KeyCommand { text: qsTr("What the trial's client was given"); group: qsTr("Evals"); sequences: ["C"]; icon: "info"; enabled: commands.any; onActivated: commands.textAsked("context") }
    KeyCommand { text: qsTr("Copy the path of the trial's folder"); group: qsTr("Evals"); sequences: ["Y"]; icon: "copy"; enabled: commands.any && commands.view.folder !== ""; onActivated: App.copy(commands.view.folder) }
    KeyCommand { text: qsTr("Choose two arms"); group: qsTr("Evals"); sequences: ["A"]; icon: "move"; enabled: commands.any; onActivated: commands.pairAsked() }
    KeyCommand { text: qsTr("Swap the two arms"); group: qsTr("Evals"); sequences: ["S"]; icon: "sync"; enabled: commands.any; onActivated: commands.view.pickPair(commands.view.second, commands.view.first) }
    KeyCommand { text: qsTr("The evaluation before"); group: qsTr("Evals"); sequences: ["B"]; icon: "chevron-down"; enabled: commands.any; onActivated: commands.view.currentSet = commands.view.currentSet + 1 }
    KeyCommand { text: qsTr("The evaluation after"); group: qsTr("Evals"); sequences: ["Shift+B"]; icon: "chevron-up"; enabled: commands.any; onActivated: commands.view.currentSet = commands.view.currentSet - 1 }
    KeyCommand { text: qsTr("Filter the tasks"); group: qsTr("Evals"); sequences: ["/"]; icon: "filter"; enabled: commands.any; onActivated: commands.filterAsked() }
    KeyCommand { text: qsTr("Write a report of the evaluation…"); group: qsTr("Evals"); sequences: ["E"]; icon: "file"; enabled: commands.any; onActivated: commands.reportAsked() }
    KeyCommand { text: qsTr("A new evaluation…"); group: qsTr("Evals"); sequences: ["N"]; icon: "terminal"; enabled: commands.active; onActivated: commands.commandAsked() }
    KeyCommand { text: qsTr("Open a folder of trials…"); group: qsTr("Evals"); sequences: ["O"]; icon: "folder"; enabled: commands.active; onActivated: commands.openAsked() }
}
