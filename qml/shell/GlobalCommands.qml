// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// What can be done from everywhere.
Item {
    id: commands

    required property Sheets sheets
    signal quitAsked
    readonly property bool open: App.phase === App.Ready

    KeyCommand { text: qsTr("Find anything"); sequences: ["Ctrl+K", "Ctrl+Shift+P"]; listed: false; icon: "search"; onActivated: commands.sheets.palette.open() }
    KeyCommand { text: qsTr("Answer what waits for you…"); sequences: ["Ctrl+J"]; icon: "hand"; enabled: commands.open; onActivated: commands.sheets.approvals.open() }
    KeyCommand { text: qsTr("Show the keys"); sequences: ["?", "Shift+?", "F1"]; icon: "keyboard"; onActivated: commands.sheets.keys.open() }
    KeyCommand { text: qsTr("Undo the last change"); sequences: ["Ctrl+Z"]; icon: "undo"; onActivated: if (!App.toasts.undoNewest()) App.tell(qsTr("There is nothing newer to undo. The Overview lists earlier changes.")) }
    KeyCommand { text: qsTr("Stop what is under way"); sequences: ["Ctrl+."]; icon: "stop"; enabled: App.activities.count > 0; onActivated: App.activities.cancel() }
    KeyCommand { text: qsTr("Open a library…"); sequences: ["Ctrl+O"]; icon: "folder"; onActivated: commands.sheets.openLibrary.open() }
    KeyCommand { text: qsTr("Make the demo library…"); icon: "leaf"; sequences: []; onActivated: commands.sheets.demo.open() }
    KeyCommand { text: qsTr("Close the library"); icon: "cross"; sequences: []; enabled: commands.open; onActivated: App.closeLibrary() }
    KeyCommand { text: qsTr("Read the library again"); sequences: ["F5"]; icon: "refresh"; enabled: commands.open; onActivated: App.rescan() }
    KeyCommand { text: qsTr("Use the light theme"); icon: "sun"; sequences: []; enabled: Theme.dark; onActivated: App.theme = "light" }
    KeyCommand { text: qsTr("Use the dark theme"); icon: "moon"; sequences: []; enabled: !Theme.dark; onActivated: App.theme = "dark" }
    KeyCommand { text: qsTr("Follow the system's theme"); icon: "gear"; sequences: []; onActivated: App.theme = "" }
    KeyCommand { text: qsTr("Quit"); sequences: ["Ctrl+Q"]; icon: "cross"; onActivated: commands.quitAsked() }

    Repeater {
        model: App.screenNames()
        Item {
            id: place
            required property string modelData
            required property int index
            KeyCommand {
                text: qsTr("Go to %1").arg(App.screenTitle(place.modelData))
                sequences: ["Ctrl+" + (place.index + 1)]
                listed: false
                enabled: commands.open
                onActivated: App.show(place.modelData)
            }
        }
    }
}
