// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// This window is the engine, and runs are under way.
Sheet {
    id: sheet

    signal keepAsked
    signal drainAsked
    signal stopAsked

    title: qsTr("%n run(s) under way", "", App.runsUnderWay)
    text: qsTr("This window is the engine that carries them out. Nothing is lost either way: a run that is stopped is carried on when the library is opened next.")
    firstFocus: keep

    AppButton {
        id: keep
        text: qsTr("Close the window, end when all runs are done")
        keys: "B"
        kind: "primary"
        Layout.fillWidth: true
        onClicked: { sheet.close(); sheet.keepAsked(); }
    }
    AppButton {
        text: qsTr("Start no more runs, end when those under way are done")
        keys: "D"
        Layout.fillWidth: true
        onClicked: { sheet.close(); sheet.drainAsked(); }
    }
    AppButton {
        text: qsTr("Stop now")
        keys: "S"
        Layout.fillWidth: true
        onClicked: { sheet.close(); sheet.stopAsked(); }
    }
    AppButton {
        text: qsTr("Stay")
        keys: "Esc"
        kind: "quiet"
        Layout.fillWidth: true
        onClicked: sheet.close()
    }
    Item {
        Shortcut { sequence: "B"; enabled: sheet.opened; onActivated: { sheet.close(); sheet.keepAsked(); } }
        Shortcut { sequence: "D"; enabled: sheet.opened; onActivated: { sheet.close(); sheet.drainAsked(); } }
        Shortcut { sequence: "S"; enabled: sheet.opened; onActivated: { sheet.close(); sheet.stopAsked(); } }
    }
}
