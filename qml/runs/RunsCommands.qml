// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The keys of the runs.
Item {
    id: commands

    required property RunsView view
    required property QueueView queue
    required property ApprovalsView questions
    required property bool active
    signal filterAsked
    signal runAsked
    signal cancelAsked
    signal byHandAsked
    signal contextAsked
    signal stopAllAsked
    signal tabAsked(string tab)
    signal endAsked

    component Key: KeyCommand { group: qsTr("Runs") }

    Key { text: qsTr("New run…"); sequences: ["N"]; icon: "play"; enabled: commands.active; onActivated: commands.runAsked() }
    Key { text: qsTr("Filter the runs"); sequences: ["/"]; icon: "filter"; enabled: commands.active; onActivated: commands.filterAsked() }
    Key { text: qsTr("Show the run's story"); sequences: ["S"]; icon: "list"; enabled: commands.active; onActivated: commands.tabAsked("story") }
    Key { text: qsTr("Show the run's facts and checks"); sequences: ["F"]; icon: "info"; enabled: commands.active; onActivated: commands.tabAsked("facts") }
    Key { text: qsTr("Show what the run printed"); sequences: ["L"]; icon: "terminal"; enabled: commands.active; onActivated: commands.tabAsked("log") }
    Key { text: qsTr("Go to the end of the story"); sequences: ["G"]; icon: "arrow-down"; enabled: commands.active; onActivated: commands.endAsked() }
    Key { text: qsTr("Show what the client was given"); sequences: ["C"]; icon: "file"; enabled: commands.active && commands.view.contextHash !== ""; onActivated: commands.contextAsked() }
    Key { text: qsTr("Cancel the run…"); sequences: ["X"]; icon: "stop"; enabled: commands.active && commands.view.canCancel; onActivated: commands.cancelAsked() }
    Key { text: qsTr("Resume the run"); sequences: ["R"]; icon: "play"; enabled: commands.active && commands.view.canResume; onActivated: commands.view.resume() }
    Key { text: qsTr("Go on with the run by hand…"); sequences: ["H"]; icon: "hand"; enabled: commands.active && commands.view.canByHand; onActivated: commands.byHandAsked() }
    Key { text: qsTr("Take what was done by hand"); sequences: ["Y"]; icon: "hand"; enabled: commands.active && commands.view.canTake; onActivated: commands.view.take() }
    Key { text: qsTr("Open the hand run's folder"); sequences: ["E"]; icon: "folder"; enabled: commands.active && commands.view.workFolder !== ""; onActivated: commands.view.openFolder() }
    Key { text: qsTr("Play the run back"); sequences: ["P"]; icon: "refresh"; enabled: commands.active && commands.view.canReplay; onActivated: commands.view.replay() }
    Key { text: qsTr("Review the run's patch"); sequences: ["V"]; icon: "review"; enabled: commands.active && commands.view.review !== ""; onActivated: App.follow(commands.view.review) }
    Key { text: qsTr("Go to the run's ticket"); sequences: ["T"]; icon: "ticket"; enabled: commands.active && commands.view.ticket !== ""; onActivated: App.follow(commands.view.ticket) }
    Key { text: qsTr("Pause the queue"); sequences: ["Q"]; icon: "pause"; enabled: commands.active && !commands.queue.paused; onActivated: commands.queue.pause() }
    Key { text: qsTr("Resume the queue"); sequences: ["Q"]; icon: "play"; enabled: commands.active && commands.queue.paused; onActivated: commands.queue.resume() }
    Key { text: qsTr("Stop all runs…"); sequences: ["Ctrl+Shift+X"]; icon: "stop"; enabled: commands.active && commands.queue.working > 0; onActivated: commands.stopAllAsked() }
    ApprovalKeys { questions: commands.questions; active: commands.active; group: qsTr("Runs") }
}
