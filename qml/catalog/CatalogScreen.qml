// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

// Every plugin, and what one's own files say of it.
AppScreen {
    id: screen

    name: "catalog"
    firstFocus: list

    CatalogView { id: view }
    AddPluginSheet { id: addSheet; view: view }
    RunSheet { id: runSheet }

    KeyCommand { text: qsTr("Add a plugin…"); group: qsTr("Catalog"); sequences: ["N"]; icon: "plus"; enabled: screen.active; onActivated: addSheet.open() }
    KeyCommand { text: qsTr("Filter the plugins"); group: qsTr("Catalog"); sequences: ["/"]; icon: "filter"; enabled: screen.active; onActivated: filter.forceActiveFocus() }
    KeyCommand { text: view.byHealth ? qsTr("Order the plugins by name") : qsTr("Order the plugins by health"); group: qsTr("Catalog"); sequences: ["O"]; icon: "health"; enabled: screen.active; onActivated: view.byHealth = !view.byHealth }
    KeyCommand { text: qsTr("Show this plugin's health"); group: qsTr("Catalog"); sequences: ["H"]; icon: "health"; enabled: screen.active && view.current !== ""; onActivated: App.show("health", view.current) }
    KeyCommand { text: qsTr("Start a run on this plugin…"); group: qsTr("Catalog"); sequences: ["R"]; icon: "play"; enabled: screen.active && view.current !== ""; onActivated: runSheet.begin("", view.current) }
    KeyCommand { text: qsTr("Show this plugin in Sync"); group: qsTr("Catalog"); sequences: ["S"]; icon: "sync"; enabled: screen.active && view.current !== ""; onActivated: App.show("sync", view.current) }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        ScreenHeader {
            title: qsTr("Catalog")
            note: view.filter === "" ? qsTr("%n plugin(s)", "", view.total)
                                     : qsTr("%1 of %n plugin(s)", "", view.total).arg(view.plugins.count)
            FilterField {
                id: filter
                placeholderText: qsTr("Filter by name, owner, health")
                list: list
                onTextChanged: view.filter = text
                Layout.preferredWidth: 260
            }
            AppButton {
                text: view.byHealth ? qsTr("By name") : qsTr("By health")
                keys: "O"
                onClicked: view.byHealth = !view.byHealth
            }
            AppButton {
                text: qsTr("Add a plugin…")
                iconName: "plus"
                keys: "N"
                onClicked: addSheet.open()
            }
        }
        ProblemsNote {
            problems: view.problems
            Layout.fillWidth: true
        }
        SplitView {
            Layout.fillWidth: true
            Layout.fillHeight: true
            handle: SplitHandle { }
            Item {
                SplitView.fillWidth: true
                SplitView.minimumWidth: 420
                PluginList {
                    id: list
                    anchors.fill: parent
                    view: view
                }
            }
            PluginDetail {
                view: view
                visible: view.plugins.count > 0
                SplitView.preferredWidth: Math.max(400, screen.width * 0.4)
                SplitView.minimumWidth: 320
                onRunAsked: runSheet.begin("", view.current)
            }
        }
    }
}
