// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The base of a screen: knows whether it is the one on view.
FocusScope {
    id: screen

    property string name
    readonly property bool active: App.screen === name && App.phase === App.Ready
    // What takes the keyboard when the screen is shown.
    property Item firstFocus: null

    function takeFocus() {
        if (firstFocus)
            firstFocus.forceActiveFocus();
    }
    function takeFocusSoon() {
        soon.start();
    }
    onActiveChanged: if (active) takeFocusSoon()
    Component.onCompleted: if (active) takeFocusSoon()

    // Once everything that the change of screen moves has come to rest.
    Timer {
        id: soon
        interval: 0
        onTriggered: screen.takeFocus()
    }
}
