// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

// Who depends on whom: a plugin with its neighbours, what a change touches, what goes round, and the whole library.
AppScreen {
    id: screen

    name: "graph"
    firstFocus: pane

    GraphView {
        id: view
        canvas: pane.canvas
    }
    GraphKeys { view: view; pane: pane; filter: filter; active: screen.active }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        ScreenHeader {
            title: qsTr("Graph")
            note: view.note
            Segments {
                options: [
                    { text: qsTr("Neighbours") },
                    { text: qsTr("Impact") },
                    { text: qsTr("Cycles"), count: view.cycleCount },
                    { text: qsTr("Matrix") }
                ]
                current: view.mode
                onPicked: index => view.mode = index
            }
            FilterField {
                id: filter
                placeholderText: qsTr("Find a plugin")
                list: list
                onTextChanged: view.filter = text
                Layout.preferredWidth: 220
            }
        }
        SplitView {
            Layout.fillWidth: true
            Layout.fillHeight: true
            handle: SplitHandle { }
            GraphPane {
                id: pane
                view: view
                SplitView.fillWidth: true
                SplitView.minimumWidth: 420
            }
            ColumnLayout {
                spacing: 0
                SplitView.preferredWidth: Math.max(320, screen.width * 0.26)
                SplitView.minimumWidth: 260
                GraphList {
                    id: list
                    view: view
                    style: pane.style
                    onFocusAsked: index => {
                        view.open(index);
                        filter.text = "";
                    }
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                }
                GraphDetail {
                    view: view
                    visible: view.selectedText !== ""
                    Layout.fillWidth: true
                }
            }
        }
    }
}
