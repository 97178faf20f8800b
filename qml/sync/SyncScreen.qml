// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

// Each plugin against its upstream, and the library against its remote.
AppScreen {
    id: screen

    property int section: 0 ///< plugins, what waits, templates

    name: "sync"
    firstFocus: section === 0 ? list : section === 1 ? waitsPanel.list : templatesPanel.list
    onSectionChanged: takeFocusSoon()

    SyncView {
        id: view
        active: screen.active
        onWorked: waits.reload()
    }
    WaitsView {
        id: waits
        active: screen.active
        onWorked: view.reload()
        onBegun: screen.section = 1
    }
    TemplatesView {
        id: templates
        active: screen.active && screen.section === 2
    }
    StageSheet { id: stageSheet; view: templates }
    Sheet {
        id: dropSheet
        title: qsTr("Throw away what was resolved for %1").arg(waits.plugin)
        text: qsTr("The folder and all that was done in it are gone then. The library is as it was, and the conflict stands.")
        action: qsTr("Throw away")
        actionKind: "danger"
        onAccepted: {
            close();
            waits.drop();
        }
    }
    PushSheet { id: pushSheet; view: view }
    SyncCommands {
        view: view
        waits: waits
        templates: templates
        active: screen.active
        section: screen.section
        onSectionAsked: section => screen.section = section
        onStageAsked: stageSheet.begin()
        onDropAsked: dropSheet.open()
        onFilterAsked: filter.forceActiveFocus()
        onPushAsked: all => pushSheet.begin(all, false)
        onPushLibraryAsked: pushSheet.begin(false, true)
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        ScreenHeader {
            title: qsTr("Sync")
            note: view.readAt > 0 ? view.summary + qsTr(" · compared ") + App.age(view.readAt, App.now) : view.summary
            FilterField {
                id: filter
                visible: screen.section === 0
                list: list
                onTextChanged: view.filter = text
                Layout.preferredWidth: 180
            }
            AppButton { text: qsTr("Fetch all"); iconName: "refresh"; keys: "Shift+F"; onClicked: view.fetch(true) }
            AppButton { text: qsTr("Pull all"); iconName: "arrow-down"; keys: "Shift+P"; enabled: view.behind > 0; onClicked: view.pull(true) }
            AppButton { text: qsTr("Push all…"); iconName: "arrow-up"; keys: "Shift+U"; enabled: view.ahead > 0; onClicked: pushSheet.begin(true, false) }
        }
        RowLayout {
            spacing: Theme.s
            Layout.margins: Theme.s
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
            Segments {
                options: [{ text: qsTr("Plugins"), count: view.total }, { text: qsTr("Waits for you"), count: waits.open }, { text: qsTr("Templates") }]
                current: screen.section
                onPicked: index => screen.section = index
            }
            AppCheck {
                visible: screen.section === 0
                text: qsTr("Only what differs")
                checked: view.onlyDifferent
                onToggled: view.onlyDifferent = checked
            }
            Item { Layout.fillWidth: true }
            Icon { name: "leaf"; color: Theme.ok }
            AppText { text: qsTr("Library %1, branch %2").arg(App.libraryName).arg(App.branch); Layout.maximumWidth: 320 }
            AppButton { text: qsTr("Pull library"); iconName: "arrow-down"; keys: "L"; onClicked: view.pullLibrary() }
            AppButton { text: qsTr("Push library…"); iconName: "arrow-up"; keys: "Shift+L"; onClicked: pushSheet.begin(false, true) }
        }
        Rule { Layout.fillWidth: true }
        ErrorNote {
            error: view.error
            Layout.fillWidth: true
            Layout.margins: visible ? Theme.m : 0
            AppButton { text: qsTr("Try again"); onClicked: view.reload() }
        }
        WaitsPanel {
            id: waitsPanel
            visible: screen.section === 1
            view: waits
            onDropAsked: dropSheet.open()
            Layout.fillWidth: true
            Layout.fillHeight: true
        }
        TemplatesPanel {
            id: templatesPanel
            visible: screen.section === 2
            view: templates
            onStageAsked: stageSheet.begin()
            Layout.fillWidth: true
            Layout.fillHeight: true
        }
        SplitView {
            visible: screen.section === 0
            Layout.fillWidth: true
            Layout.fillHeight: true
            handle: SplitHandle { }
            Item {
                SplitView.fillWidth: true
                SplitView.minimumWidth: 420
                SyncList {
                    id: list
                    anchors.fill: parent
                    view: view
                }
            }
            SyncDetail {
                view: view
                waits: waits
                visible: view.current !== ""
                SplitView.preferredWidth: 380
                SplitView.minimumWidth: 300
                onPushAsked: pushSheet.begin(false, false)
                onResolveAsked: waits.begin(view.current)
                onDecideAsked: screen.section = 1
            }
        }
    }
}
