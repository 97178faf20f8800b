// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// What the graph can do by keys, beside the arrows, which walk along its edges.
Item {
    id: keys

    required property GraphView view
    required property GraphPane pane
    required property Item filter
    required property bool active
    readonly property string group: qsTr("Graph")

    visible: false

    KeyCommand { text: qsTr("Find a plugin in the graph"); group: keys.group; sequences: ["/"]; icon: "search"; enabled: keys.active; onActivated: keys.filter.forceActiveFocus() }
    KeyCommand { text: qsTr("Neighbours of a plugin"); group: keys.group; sequences: ["1"]; icon: "graph"; enabled: keys.active; onActivated: keys.view.mode = GraphView.Neighbours }
    KeyCommand { text: qsTr("What a change touches"); group: keys.group; sequences: ["2"]; icon: "graph"; enabled: keys.active; onActivated: keys.view.mode = GraphView.Impact }
    KeyCommand { text: qsTr("What goes round"); group: keys.group; sequences: ["3"]; icon: "graph"; enabled: keys.active; onActivated: keys.view.mode = GraphView.Cycles }
    KeyCommand { text: qsTr("The whole library as a matrix"); group: keys.group; sequences: ["4"]; icon: "graph"; enabled: keys.active; onActivated: keys.view.mode = GraphView.Matrix }
    KeyCommand { text: qsTr("One step more of what depends on it"); group: keys.group; sequences: ["U"]; icon: "arrow-up"; enabled: keys.active; onActivated: keys.view.up += 1 }
    KeyCommand { text: qsTr("One step less of what depends on it"); group: keys.group; sequences: ["Shift+U"]; icon: "arrow-up"; enabled: keys.active; onActivated: keys.view.up -= 1 }
    KeyCommand { text: qsTr("One step more of what it depends on"); group: keys.group; sequences: ["D"]; icon: "arrow-down"; enabled: keys.active; onActivated: keys.view.down += 1 }
    KeyCommand { text: qsTr("One step less of what it depends on"); group: keys.group; sequences: ["Shift+D"]; icon: "arrow-down"; enabled: keys.active; onActivated: keys.view.down -= 1 }
    KeyCommand { text: qsTr("Zoom in"); group: keys.group; sequences: ["+", "="]; icon: "plus"; enabled: keys.active; autoRepeat: true; onActivated: keys.pane.canvas.zoomBy(1.25) }
    KeyCommand { text: qsTr("Zoom out"); group: keys.group; sequences: ["-"]; icon: "search"; enabled: keys.active; autoRepeat: true; onActivated: keys.pane.canvas.zoomBy(0.8) }
    KeyCommand { text: qsTr("All of the picture"); group: keys.group; sequences: ["0"]; icon: "search"; enabled: keys.active; onActivated: keys.pane.canvas.fit() }
    KeyCommand { text: qsTr("Back to the plugin before"); group: keys.group; sequences: ["Backspace"]; icon: "undo"; enabled: keys.active && keys.view.canGoBack; onActivated: keys.view.back() }
    KeyCommand { text: qsTr("Show this plugin in the catalog"); group: keys.group; sequences: ["C"]; icon: "catalog"; enabled: keys.active && keys.view.selectedPlugin !== ""; onActivated: App.show("catalog", keys.view.selectedPlugin) }
}
