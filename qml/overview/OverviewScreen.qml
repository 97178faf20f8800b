// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What broke, what waits for you, what was done.
AppScreen {
    id: screen

    name: "overview"
    firstFocus: attention

    OverviewView { id: view }

    KeyCommand { text: qsTr("Import a log…"); group: qsTr("Overview"); sequences: ["I"]; icon: "file"; enabled: screen.active; listed: false; onActivated: App.show("inbox", "import:") }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        ScreenHeader {
            title: qsTr("Overview")
            note: App.libraryPath
        }
        GridLayout {
            columns: screen.width > 1000 ? 6 : 3
            columnSpacing: Theme.s
            rowSpacing: Theme.s
            Layout.fillWidth: true
            Layout.margins: Theme.l
            Layout.bottomMargin: Theme.s
            Repeater {
                model: view.numbers
                NumberCard { Layout.fillWidth: true }
            }
        }
        RowLayout {
            spacing: Theme.m
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.margins: Theme.l
            Layout.topMargin: Theme.s
            Panel {
                title: qsTr("Waiting for you")
                note: attention.count >= 200 ? qsTr("the worst 200") : attention.count > 0 ? qsTr("the worst first") : ""
                inset: 0
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredWidth: 3
                RowList {
                    id: attention
                    label: qsTr("Waiting for you")
                    model: view.attention
                    selected: view.attentionIndex
                    onPicked: index => view.pick(index)
                    onOpened: index => view.open(index)
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    delegate: AttentionRow { }
                    EmptyState {
                        visible: attention.count === 0
                        anchors.centerIn: parent
                        iconName: "circle-check"
                        title: qsTr("Nothing waits for you")
                        text: qsTr("New errors from production appear here once a log is imported or a receiver is running. Then tickets to triage, runs that need you, and patches to review.")
                        AppButton {
                            text: qsTr("Import a log…")
                            keys: "I"
                            onClicked: App.show("inbox", "import:")
                        }
                        AppButton {
                            text: qsTr("Look at the catalog")
                            onClicked: App.show("catalog")
                        }
                    }
                }
            }
            ColumnLayout {
                spacing: Theme.m
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredWidth: 2
                BriefPanel {
                    active: screen.active
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    Layout.preferredHeight: 3
                }
                Panel {
                    title: qsTr("Lately")
                    inset: 0
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    Layout.preferredHeight: 2
                    ActivityList {
                        view: view
                        Layout.fillWidth: true
                        Layout.fillHeight: true
                    }
                }
            }
        }
    }
}
