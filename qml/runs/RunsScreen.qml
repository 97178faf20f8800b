// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

// What agents, recipes and hands are doing, and did.
AppScreen {
    id: screen

    name: "runs"
    firstFocus: list

    RunsView {
        id: view
        active: screen.active
    }
    RunSheet { id: runSheet }
    CancelSheet { id: cancelSheet; view: view }
    RunsCommands {
        view: view
        active: screen.active
        onFilterAsked: filter.forceActiveFocus()
        onRunAsked: runSheet.begin("", "")
        onCancelAsked: cancelSheet.open()
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        ScreenHeader {
            title: qsTr("Runs")
            note: qsTr("%1 under way, %n in all", "", view.runs.count).arg(view.underWay)
            FilterField {
                id: filter
                list: list
                placeholderText: qsTr("Filter by plugin, client, state")
                onTextChanged: view.filter = text
                Layout.preferredWidth: 240
            }
            AppButton { text: qsTr("New run…"); iconName: "play"; keys: "N"; onClicked: runSheet.begin("", "") }
        }
        SplitView {
            Layout.fillWidth: true
            Layout.fillHeight: true
            handle: SplitHandle { }
            Item {
                SplitView.preferredWidth: Math.max(380, screen.width * 0.36)
                SplitView.minimumWidth: 320
                RunList {
                    id: list
                    anchors.fill: parent
                    view: view
                }
            }
            RunDetail {
                view: view
                visible: view.current !== ""
                SplitView.fillWidth: true
                SplitView.minimumWidth: 400
                onCancelAsked: cancelSheet.open()
            }
        }
    }
}
