// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The keys of the runs.
Item {
    id: commands

    required property RunsView view
    required property bool active
    signal filterAsked
    signal runAsked
    signal cancelAsked

    component Key: KeyCommand { group: qsTr("Runs") }

    Key { text: qsTr("New run…"); sequences: ["N"]; icon: "play"; enabled: commands.active; onActivated: commands.runAsked() }
    Key { text: qsTr("Filter the runs"); sequences: ["/"]; icon: "filter"; enabled: commands.active; onActivated: commands.filterAsked() }
    Key { text: qsTr("Cancel the run…"); sequences: ["X"]; icon: "stop"; enabled: commands.active && commands.view.canCancel; onActivated: commands.cancelAsked() }
    Key { text: qsTr("Resume the run"); sequences: ["R"]; icon: "play"; enabled: commands.active && commands.view.canResume; onActivated: commands.view.resume() }
    Key { text: qsTr("Take what was done by hand"); sequences: ["Y"]; icon: "hand"; enabled: commands.active && commands.view.canTake; onActivated: commands.view.take() }
    Key { text: qsTr("Open the hand run's folder"); sequences: ["E"]; icon: "folder"; enabled: commands.active && commands.view.workFolder !== ""; onActivated: commands.view.openFolder() }
    Key { text: qsTr("Review the run's patch"); sequences: ["V"]; icon: "review"; enabled: commands.active && commands.view.review !== ""; onActivated: App.follow(commands.view.review) }
    Key { text: qsTr("Go to the run's ticket"); sequences: ["T"]; icon: "ticket"; enabled: commands.active && commands.view.ticket !== ""; onActivated: App.follow(commands.view.ticket) }
}
