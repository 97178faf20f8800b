// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// Holds the screens: each is made when it is first shown, and kept.
Item {
    id: host

    function focusCurrent() {
        for (let i = 0; i < screens.count; ++i) {
            const holder = screens.itemAt(i) as Loader;
            if (holder && holder.current && holder.item)
                (holder.item as AppScreen).takeFocus();
        }
    }

    Repeater {
        id: screens
        model: App.screenNames()
        Loader {
            id: loader
            required property string modelData
            readonly property bool current: App.screen === modelData
            anchors.fill: parent
            visible: current
            enabled: current
            onCurrentChanged: wake()
            Component.onCompleted: wake()
            Connections {
                target: App
                function onPhaseChanged() { loader.wake(); }
            }
            function wake() {
                if (current && App.phase === App.Ready && source == "")
                    source = App.screenSource(modelData);
            }
        }
    }
}
