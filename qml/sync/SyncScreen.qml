// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

// Each plugin against its upstream, and the library against its remote.
AppScreen {
    id: screen

    name: "sync"
    firstFocus: list

    SyncView {
        id: view
        active: screen.active
    }
    PushSheet { id: pushSheet; view: view }
    SyncCommands {
        view: view
        active: screen.active
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
            AppCheck {
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
        SplitView {
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
                visible: view.current !== ""
                SplitView.preferredWidth: 380
                SplitView.minimumWidth: 300
                onPushAsked: pushSheet.begin(false, false)
            }
        }
    }
}
