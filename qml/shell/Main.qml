// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

ApplicationWindow {
    id: window

    width: 1280
    height: 800
    minimumWidth: 960
    minimumHeight: 600
    visible: true
    title: App.libraryName !== "" ? App.libraryName + " – Coppice" : "Coppice"
    color: Theme.surface
    font.family: Theme.family
    font.pixelSize: Theme.normal

    palette.window: Theme.surface
    palette.windowText: Theme.text
    palette.base: Theme.raised
    palette.alternateBase: Theme.sunken
    palette.text: Theme.text
    palette.button: Theme.raised
    palette.buttonText: Theme.text
    palette.highlight: Theme.accentGround
    palette.highlightedText: Theme.accentInk
    palette.placeholderText: Theme.muted
    palette.toolTipBase: Theme.overlay
    palette.toolTipText: Theme.text
    palette.mid: Theme.border
    palette.light: Theme.hover
    palette.dark: Theme.borderStrong

    property bool mayClose: false

    Binding {
        target: Theme
        property: "dark"
        value: App.dark
    }
    Timer {
        // The first picture stands before anything is opened.
        interval: 0
        running: true
        onTriggered: App.start()
    }
    onClosing: close => {
        App.rememberSize(window.width, window.height);
        if (window.mayClose || !App.engineHere || App.runsUnderWay === 0)
            return;
        close.accepted = false;
        sheets.askQuit();
    }
    Connections {
        target: App
        function onScreenChanged() { host.focusCurrent(); }
    }

    RowLayout {
        anchors.fill: parent
        spacing: 0
        Rail {
            Layout.fillHeight: true
            enabled: App.phase === App.Ready
            onSearchAsked: sheets.palette.open()
            onKeysAsked: sheets.keys.open()
            onLibraryAsked: sheets.openLibrary.open()
            onApprovalsAsked: sheets.approvals.open()
        }
        ColumnLayout {
            spacing: 0
            ScreenHost {
                id: host
                visible: App.phase === App.Ready
                Layout.fillWidth: true
                Layout.fillHeight: true
            }
            Welcome {
                visible: App.phase !== App.Ready
                Layout.fillWidth: true
                Layout.fillHeight: true
                onOpenAsked: sheets.openLibrary.open()
                onDemoAsked: sheets.demo.open()
            }
            StatusBar { Layout.fillWidth: true; onApprovalsAsked: sheets.approvals.open() }
        }
    }
    ToastStack {
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        anchors.margins: Theme.l
        anchors.bottomMargin: Theme.l + 26
    }
    Sheets {
        id: sheets
        onQuitNow: {
            window.mayClose = true;
            window.close();
        }
        onHideAsked: window.hide()
    }
    GlobalCommands {
        sheets: sheets
        onQuitAsked: window.close()
    }
}
