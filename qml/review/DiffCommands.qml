// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The keys of how a file is shown and gone through; those of verdicts are in ReviewCommands.
Item {
    id: commands

    required property ReviewView view
    required property DiffOptions options
    required property DiffSearch search
    required property bool active
    readonly property bool here: active && view.patch !== ""
    signal findAsked
    signal moveAsked
    signal differenceAsked
    signal foldAsked(int by)
    signal wrapAsked
    signal goAsked

    component Key: KeyCommand { group: qsTr("Differences") }

    Key { text: qsTr("Side by side, or one column"); sequences: ["U"]; icon: "list"; enabled: commands.here; onActivated: commands.options.unified = !commands.options.unified }
    Key { text: qsTr("Which changes of white space are shown"); sequences: ["W"]; icon: "eye"; enabled: commands.here; onActivated: commands.options.whitespace = (commands.options.whitespace + 1) % 4 }
    Key { text: qsTr("Long lines go on below, or to the right"); sequences: ["Shift+W"]; icon: "list"; enabled: commands.here; onActivated: commands.wrapAsked() }
    Key { text: qsTr("Go to a file, line or hunk…"); sequences: ["G"]; icon: "search"; enabled: commands.here; onActivated: commands.goAsked() }
    Key { text: qsTr("Search in the file"); sequences: ["Ctrl+F"]; icon: "search"; enabled: commands.here; onActivated: commands.findAsked() }
    Key { text: qsTr("Next place found"); sequences: ["F3"]; enabled: commands.here; listed: false; onActivated: commands.search.go(1) }
    Key { text: qsTr("Place found before"); sequences: ["Shift+F3"]; enabled: commands.here; listed: false; onActivated: commands.search.go(-1) }
    Key { text: qsTr("More lines before the hunk"); sequences: ["Ctrl+Up"]; icon: "chevron-up"; enabled: commands.here; onActivated: commands.foldAsked(20) }
    Key { text: qsTr("More lines after the hunk"); sequences: ["Ctrl+Down"]; icon: "chevron-down"; enabled: commands.here; onActivated: commands.foldAsked(-20) }
    Key { text: qsTr("Open all folds of the file"); sequences: ["E"]; icon: "chevron-down"; enabled: commands.here; onActivated: commands.view.diff.openAllFolds() }
    Key { text: qsTr("Fold the file again"); sequences: ["Shift+E"]; icon: "chevron-right"; enabled: commands.here; onActivated: commands.view.diff.foldAgain() }
    Key { text: qsTr("Where the moved lines came from, or went to"); sequences: ["M"]; icon: "move"; enabled: commands.here; onActivated: commands.moveAsked() }
    Key { text: qsTr("Who wrote the hunk's old lines"); sequences: ["B"]; icon: "person"; enabled: commands.here; onActivated: commands.view.diffLoad.blame(commands.view.diff.currentHunk) }
    Key { text: qsTr("To the difference in a long line"); sequences: ["."]; icon: "chevron-right"; enabled: commands.here; onActivated: commands.differenceAsked() }
    Key { text: qsTr("Show the lines of what is called binary"); sequences: ["D"]; icon: "eye"; enabled: commands.here && commands.view.diffLoad.withheld; onActivated: commands.view.diffLoad.lookAnyway() }
    Key { text: qsTr("Compare again, however long it takes"); sequences: ["Shift+F5"]; icon: "refresh"; enabled: commands.here && commands.view.diffLoad.canRefine; onActivated: commands.view.diffLoad.refine() }
}
