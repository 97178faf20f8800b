// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The keys of the Health screen.
Item {
    id: commands

    required property HealthView view
    required property bool active
    required property Item reasons
    signal sectionAsked(int section)
    signal filterAsked
    signal reportAsked

    readonly property bool chosen: active && view.current !== ""

    KeyCommand { text: qsTr("Measure all plugins"); group: qsTr("Health"); sequences: ["M"]; icon: "refresh"; enabled: commands.active; onActivated: commands.view.measure() }
    KeyCommand { text: qsTr("Run set-up and tests of this plugin"); group: qsTr("Health"); sequences: ["R"]; icon: "play"; enabled: commands.chosen; onActivated: commands.view.runChecks() }
    KeyCommand { text: qsTr("Make a ticket of the selected reason"); group: qsTr("Health"); sequences: ["T"]; icon: "ticket"; enabled: commands.chosen; onActivated: commands.view.makeTicket() }
    KeyCommand { text: qsTr("Go to the reasons"); group: qsTr("Health"); sequences: ["D"]; icon: "list"; enabled: commands.chosen; onActivated: commands.reasons.forceActiveFocus() }
    KeyCommand { text: qsTr("Write a report…"); group: qsTr("Health"); sequences: ["E"]; icon: "file"; enabled: commands.active; onActivated: commands.reportAsked() }
    KeyCommand { text: qsTr("Filter the plugins by health"); group: qsTr("Health"); sequences: ["/"]; icon: "filter"; enabled: commands.active; onActivated: commands.filterAsked() }
    KeyCommand { text: qsTr("Show this plugin in the catalog"); group: qsTr("Health"); sequences: ["C"]; icon: "catalog"; enabled: commands.chosen; onActivated: App.show("catalog", commands.view.current) }
    KeyCommand { text: qsTr("Plugins by risk"); group: qsTr("Health"); sequences: ["1"]; icon: "list"; enabled: commands.active; onActivated: commands.sectionAsked(0) }
    KeyCommand { text: qsTr("What moved, and why"); group: qsTr("Health"); sequences: ["2"]; icon: "move"; enabled: commands.active; onActivated: commands.sectionAsked(1) }
    KeyCommand { text: qsTr("What to do, by what it brings"); group: qsTr("Health"); sequences: ["3"]; icon: "flag"; enabled: commands.active; onActivated: commands.sectionAsked(2) }
}
