// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The keys of the sync screen.
Item {
    id: commands

    required property SyncView view
    required property WaitsView waits
    required property TemplatesView templates
    required property bool active
    required property int section ///< 0 plugins, 1 what waits, 2 templates
    readonly property bool plugins: active && section === 0
    readonly property bool one: plugins && view.hasUpstream
    readonly property bool choosing: active && section === 1 && (waits.kind === "link" || waits.kind === "copy")
    readonly property bool conflict: active && section === 1 && waits.kind === "conflict"
    readonly property bool template: active && section === 2 && templates.current !== ""
    signal sectionAsked(int section)
    signal stageAsked
    signal dropAsked
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
    Key { text: qsTr("Resolve the plugin's conflict"); sequences: ["R"]; icon: "branch"; enabled: commands.one && commands.view.conflicting; onActivated: commands.waits.begin(commands.view.current) }
    Key { text: qsTr("Show only what differs"); sequences: ["D"]; icon: "filter"; enabled: commands.plugins; onActivated: commands.view.onlyDifferent = !commands.view.onlyDifferent }
    Key { text: qsTr("Filter the plugins"); sequences: ["/"]; icon: "filter"; enabled: commands.plugins; onActivated: commands.filterAsked() }
    Key { text: qsTr("Compare again"); sequences: ["C"]; icon: "sync"; enabled: commands.plugins; onActivated: commands.view.reload() }
    Key { text: qsTr("Show the plugins"); sequences: ["1"]; icon: "sync"; enabled: commands.active; onActivated: commands.sectionAsked(0) }
    Key { text: qsTr("Show what waits for you"); sequences: ["2"]; icon: "warning"; enabled: commands.active; onActivated: commands.sectionAsked(1) }
    Key { text: qsTr("Show the templates"); sequences: ["3"]; icon: "file"; enabled: commands.active; onActivated: commands.sectionAsked(2) }
    Key { text: qsTr("Adopt the change into the template"); sequences: ["A"]; icon: "check"; enabled: commands.choosing; onActivated: commands.waits.choose("adopt") }
    Key { text: qsTr("Keep it as the plugin's own"); sequences: ["K"]; icon: "check"; enabled: commands.choosing; onActivated: commands.waits.choose("keep") }
    Key { text: qsTr("Discard the change"); sequences: ["X"]; icon: "cross"; enabled: commands.choosing; onActivated: commands.waits.choose("discard") }
    Key { text: qsTr("Carry the decisions out"); sequences: ["P"]; icon: "arrow-down"; enabled: commands.choosing && commands.waits.decided; onActivated: commands.waits.carryOut() }
    Key { text: qsTr("Take the resolved conflict up"); sequences: ["T"]; icon: "check"; enabled: commands.conflict && commands.waits.openFiles === 0; onActivated: commands.waits.finish() }
    Key { text: qsTr("Take our side of the next open file"); sequences: ["Shift+O"]; icon: "branch"; enabled: commands.conflict && commands.waits.openFiles > 0; onActivated: commands.waits.takeNext(false) }
    Key { text: qsTr("Take the upstream's side of the next open file"); sequences: ["Shift+T"]; icon: "branch"; enabled: commands.conflict && commands.waits.openFiles > 0; onActivated: commands.waits.takeNext(true) }
    Key { text: qsTr("Open the conflict's folder"); sequences: ["O"]; icon: "file"; enabled: commands.conflict; onActivated: commands.waits.openFolder() }
    Key { text: qsTr("Look at the conflict again"); sequences: ["C"]; icon: "refresh"; enabled: commands.conflict; onActivated: commands.waits.reload() }
    Key { text: qsTr("Throw the conflict's folder away…"); sequences: ["Del"]; icon: "cross"; enabled: commands.conflict; onActivated: commands.dropAsked() }
    Key { text: qsTr("Stage the template for pilots…"); sequences: ["S"]; icon: "branch"; enabled: commands.template; onActivated: commands.stageAsked() }
    Key { text: qsTr("Promote the staged template"); sequences: ["M"]; icon: "arrow-up"; enabled: commands.template && commands.templates.staged; onActivated: commands.templates.promote(false) }
    Key { text: qsTr("Withdraw the staged template"); sequences: ["W"]; icon: "cross"; enabled: commands.template && commands.templates.staged; onActivated: commands.templates.withdraw() }
    Key { text: qsTr("Bring copies up to date"); sequences: ["B"]; icon: "refresh"; enabled: commands.active && commands.section === 2 && commands.templates.stale > 0; onActivated: commands.templates.refresh() }
}
