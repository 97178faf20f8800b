// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The sheets that any screen may ask for, and what leaving needs.
Item {
    id: sheets

    readonly property CommandPalette palette: palettePopup
    readonly property KeysSheet keys: keysSheet
    readonly property OpenSheet openLibrary: openSheet
    readonly property DemoSheet demo: demoSheet
    readonly property ApprovalSheet approvals: approvalSheet
    signal quitNow
    signal hideAsked

    // Quit once no run is under way; `leaving` says how it was asked.
    property string leaving

    function askQuit() { quitSheet.open(); }
    function leaveWhenDone() {
        if (leaving === "keep" && App.runsUnderWay === 0)
            App.prepareToQuit(false);
    }

    CommandPalette { id: palettePopup }
    KeysSheet { id: keysSheet }
    OpenSheet { id: openSheet }
    DemoSheet { id: demoSheet }
    ApprovalSheet { id: approvalSheet }
    QuitSheet {
        id: quitSheet
        onKeepAsked: {
            sheets.leaving = "keep";
            sheets.hideAsked();
            sheets.leaveWhenDone();
        }
        onDrainAsked: {
            sheets.leaving = "drain";
            sheets.hideAsked();
            App.prepareToQuit(true);
        }
        onStopAsked: {
            sheets.leaving = "stop";
            App.prepareToQuit(false);
        }
    }
    Connections {
        target: App
        function onStateChanged() { sheets.leaveWhenDone(); }
        function onQuitReady() { sheets.quitNow(); }
    }
}
