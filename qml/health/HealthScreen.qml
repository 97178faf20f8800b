// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

// How well the plugins are, what moved and why, who is at risk, and what to do.
AppScreen {
    id: screen

    property int section: 0 ///< plugins, what moved, what to do
    readonly property bool empty: App.pluginCount === 0 && !App.scanning

    name: "health"
    firstFocus: section === 0 ? list : section === 1 ? movedList : workList
    onSectionChanged: takeFocusSoon()

    HealthView {
        id: view
        active: screen.active
    }
    ReportSheet { id: reportSheet; view: view }
    HealthCommands {
        view: view
        active: screen.active
        reasons: detail.reasons
        onSectionAsked: section => screen.section = section
        onFilterAsked: filter.forceActiveFocus()
        onReportAsked: reportSheet.open()
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        ScreenHeader {
            title: qsTr("Health")
            note: view.measuring ? qsTr("Measuring…")
                                 : view.measuredAt > 0 ? qsTr("measured %1 · oldest number %2 · %3 % not known").arg(App.age(view.measuredAt, App.now)).arg(App.age(view.oldestAt, App.now)).arg(view.unknownPercent)
                                                       : screen.empty ? "" : qsTr("not measured yet")
            FilterField {
                id: filter
                placeholderText: qsTr("Filter by name, tier, reason")
                list: list
                onTextChanged: view.filter = text
                Layout.preferredWidth: 230
            }
            AppButton { text: qsTr("Report…"); iconName: "file"; keys: "E"; enabled: view.total > 0; onClicked: reportSheet.open() }
            AppButton { text: qsTr("Measure"); iconName: "refresh"; keys: "M"; enabled: !view.measuring; onClicked: view.measure() }
        }
        ErrorNote {
            error: view.error
            Layout.fillWidth: true
            Layout.margins: visible ? Theme.m : 0
        }
        HealthHead {
            view: view
            visible: view.total > 0
            Layout.fillWidth: true
            Layout.margins: Theme.l
            Layout.bottomMargin: Theme.s
        }
        RowLayout {
            visible: view.total > 0
            spacing: Theme.m
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
            Layout.bottomMargin: Theme.s
            Segments {
                options: [{ text: qsTr("Plugins"), count: view.shown }, { text: qsTr("What moved"), count: view.movedTotal }, { text: qsTr("What to do"), count: view.work.count }]
                current: screen.section
                onPicked: index => screen.section = index
            }
            Item { Layout.fillWidth: true }
            Muted { text: qsTr("Compared with") }
            Segments {
                options: [{ text: qsTr("a week ago") }, { text: qsTr("30 days ago") }, { text: qsTr("90 days ago") }]
                current: view.sinceDays === 7 ? 0 : view.sinceDays === 30 ? 1 : 2
                onPicked: index => view.sinceDays = [7, 30, 90][index]
            }
        }
        Rule { Layout.fillWidth: true; visible: view.total > 0 }
        Item {
            visible: view.total === 0
            Layout.fillWidth: true
            Layout.fillHeight: true
            EmptyState {
                anchors.centerIn: parent
                iconName: "health"
                title: screen.empty ? qsTr("No plugins yet") : view.measuring || view.loading ? qsTr("Measuring…") : qsTr("Nothing was measured yet")
                text: screen.empty ? qsTr("Health is told of plugins. Add one in the Catalog, by the address of its repository.")
                                   : qsTr("Probes read each plugin's files, history, errors and tickets. They start no program; set-up and tests run only when you ask for them.")
                AppButton { visible: screen.empty; text: qsTr("Catalog"); kind: "primary"; onClicked: App.show("catalog", "") }
                AppButton { visible: !screen.empty; text: qsTr("Measure"); kind: "primary"; keys: "M"; enabled: !view.measuring; onClicked: view.measure() }
            }
        }
        SplitView {
            visible: view.total > 0 && screen.section === 0
            Layout.fillWidth: true
            Layout.fillHeight: true
            handle: SplitHandle { }
            Item {
                SplitView.fillWidth: true
                SplitView.minimumWidth: 440
                HealthList {
                    id: list
                    anchors.fill: parent
                    view: view
                }
            }
            HealthDetail {
                id: detail
                view: view
                visible: view.shown > 0
                SplitView.preferredWidth: Math.max(440, screen.width * 0.46)
                SplitView.minimumWidth: 380
            }
        }
        MovedList {
            id: movedList
            view: view
            onOpening: screen.section = 0
            visible: view.total > 0 && screen.section === 1
            Layout.fillWidth: true
            Layout.fillHeight: true
        }
        WorkList {
            id: workList
            view: view
            visible: view.total > 0 && screen.section === 2
            Layout.fillWidth: true
            Layout.fillHeight: true
        }
    }
}
