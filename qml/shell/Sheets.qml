// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The sheets that any screen may ask for, and what leaving needs.
Item {
    id: sheets

    readonly property CommandPalette palette: palettePopup
    readonly property LazySheet keys: keysSheet
    readonly property LazySheet openLibrary: openSheet
    readonly property LazySheet demo: demoSheet
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
    LazySheet { id: keysSheet; sourceComponent: KeysSheet { } }
    LazySheet { id: openSheet; sourceComponent: OpenSheet { } }
    LazySheet { id: demoSheet; sourceComponent: DemoSheet { } }
    ApprovalSheet { id: approvalSheet }
    LazySheet {
        id: quitSheet
        sourceComponent: QuitSheet {
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
    }
    Connections {
        target: App
        function onStateChanged() { sheets.leaveWhenDone(); }
        function onQuitReady() { sheets.quitNow(); }
    }
}
