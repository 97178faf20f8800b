// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The keys of the sync screen.
Item {
    id: commands

    required property SyncView view
    required property bool active
    readonly property bool one: active && view.hasUpstream
    signal filterAsked
    signal pushAsked(bool all)
    signal pushLibraryAsked

    component Key: KeyCommand { group: qsTr("Sync") }

    Key { text: qsTr("Fetch the plugin's upstream"); sequences: ["F"]; icon: "refresh"; enabled: commands.one; onActivated: commands.view.fetch(false) }
    Key { text: qsTr("Pull the plugin"); sequences: ["P"]; icon: "arrow-down"; enabled: commands.one; onActivated: commands.view.pull(false) }
    Key { text: qsTr("Push the plugin…"); sequences: ["U"]; icon: "arrow-up"; enabled: commands.one; onActivated: commands.pushAsked(false) }
    Key { text: qsTr("Fetch all upstreams"); sequences: ["Shift+F"]; icon: "refresh"; enabled: commands.active; onActivated: commands.view.fetch(true) }
    Key { text: qsTr("Pull all plugins"); sequences: ["Shift+P"]; icon: "arrow-down"; enabled: commands.active; onActivated: commands.view.pull(true) }
    Key { text: qsTr("Push all plugins…"); sequences: ["Shift+U"]; icon: "arrow-up"; enabled: commands.active; onActivated: commands.pushAsked(true) }
    Key { text: qsTr("Pull the library"); sequences: ["L"]; icon: "arrow-down"; enabled: commands.active; onActivated: commands.view.pullLibrary() }
    Key { text: qsTr("Push the library…"); sequences: ["Shift+L"]; icon: "arrow-up"; enabled: commands.active; onActivated: commands.pushLibraryAsked() }
    Key { text: qsTr("Show only what differs"); sequences: ["D"]; icon: "filter"; enabled: commands.active; onActivated: commands.view.onlyDifferent = !commands.view.onlyDifferent }
    Key { text: qsTr("Filter the plugins"); sequences: ["/"]; icon: "filter"; enabled: commands.active; onActivated: commands.filterAsked() }
    Key { text: qsTr("Compare again"); sequences: ["C"]; icon: "sync"; enabled: commands.active; onActivated: commands.view.reload() }
}
