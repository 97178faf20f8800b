// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Coppice

// Lines of a log, as they come. Follows the end until somebody scrolls up.
Rectangle {
    id: log

    property alias model: list.model
    readonly property Item lines: list
    property string emptyText
    property bool following: true
    property string name: qsTr("Log")

    color: Theme.sunken
    radius: Theme.radius
    border.color: Theme.border

    ListView {
        id: list
        anchors.fill: parent
        anchors.margins: Theme.s
        clip: true
        activeFocusOnTab: true
        boundsBehavior: Flickable.StopAtBounds
        reuseItems: true
        Accessible.role: Accessible.List
        Accessible.name: log.name
        T.ScrollBar.vertical: AppScrollBar { }
        onMovementEnded: log.following = atYEnd
        onCountChanged: if (log.following) toEnd.start()
        Keys.onUpPressed: { log.following = false; flick(0, 600); }
        Keys.onDownPressed: flick(0, -600)
        Keys.onPressed: event => {
            if (event.key === Qt.Key_End) {
                log.following = true;
                positionViewAtEnd();
            } else if (event.key === Qt.Key_Home) {
                log.following = false;
                positionViewAtBeginning();
            } else {
                return;
            }
            event.accepted = true;
        }
        delegate: Code {
            required property string line
            width: ListView.view.width - 12
            text: line
            wrapMode: Text.WrapAnywhere
            lineHeight: 1.15
            Accessible.role: Accessible.ListItem
        }
    }
    Timer {
        id: toEnd
        interval: 0
        onTriggered: list.positionViewAtEnd()
    }
    FocusRing { target: log; shown: list.activeFocus }
    Muted {
        anchors.centerIn: parent
        visible: list.count === 0
        text: log.emptyText
    }
}
