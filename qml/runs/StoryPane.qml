// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// A run's story, from the first step to its end. Follows the end until somebody scrolls up; what came since is counted.
FocusScope {
    id: pane

    required property RunsView view
    readonly property StoryModel story: view.story
    property bool following: true
    property double seen: 0
    readonly property int fresh: following ? 0 : Math.max(0, story.total - seen)

    function toTheEnd() {
        following = true;
        list.currentIndex = list.count - 1;
        toEnd.start();
    }
    function leave() {
        if (following) {
            seen = story.total;
            following = false;
        }
    }
    function settle() {
        if (list.atYEnd)
            following = true;
        else
            leave();
    }

    CodeStyle { id: codeStyle }
    Connections {
        target: pane.story
        function onFollowedChanged() { pane.toTheEnd(); }
        function onTold() { if (pane.following) toEnd.start(); }
        function onEarlierLoaded(row: int) {
            pane.leave();
            list.currentIndex = row;
            list.positionViewAtIndex(row, ListView.Beginning);
        }
    }
    Timer {
        id: toEnd
        interval: 0
        onTriggered: list.positionViewAtEnd()
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        PlanStrip {
            story: pane.story
            visible: pane.story.plan.length > 0 && pane.view.working
            Layout.fillWidth: true
        }
        ListView {
            id: list
            model: pane.story
            clip: true
            focus: true
            activeFocusOnTab: true
            boundsBehavior: Flickable.StopAtBounds
            cacheBuffer: 160
            keyNavigationEnabled: false
            highlightMoveDuration: 0
            highlightFollowsCurrentItem: false
            currentIndex: -1
            Layout.fillWidth: true
            Layout.fillHeight: true
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Story")
            T.ScrollBar.vertical: AppScrollBar { id: bar }
            onMovementEnded: pane.settle()
            onContentYChanged: if (bar.pressed) pane.settle()
            onContentHeightChanged: if (pane.following) toEnd.start()
            onHeightChanged: if (pane.following) toEnd.start()

            function step(by: int) {
                pane.leave();
                currentIndex = Math.max(0, Math.min(count - 1, (currentIndex < 0 ? count : currentIndex) + by));
                positionViewAtIndex(currentIndex, ListView.Contain);
                if (currentIndex === count - 1)
                    pane.toTheEnd();
            }
            Keys.onUpPressed: step(-1)
            Keys.onDownPressed: step(1)
            Keys.onReturnPressed: pane.story.toggle(currentIndex)
            Keys.onEnterPressed: pane.story.toggle(currentIndex)
            Keys.onSpacePressed: pane.story.toggle(currentIndex)
            Keys.onPressed: event => {
                switch (event.key) {
                case Qt.Key_Home: step(-count); break;
                case Qt.Key_End: pane.toTheEnd(); break;
                case Qt.Key_PageUp: step(-8); break;
                case Qt.Key_PageDown: step(8); break;
                default: return;
                }
                event.accepted = true;
            }
            header: StoryStart { view: pane.view; width: list.width }
            footer: Item { width: 1; height: Theme.m }
            delegate: StoryRow {
                code: codeStyle
                onToggled: {
                    pane.leave();
                    pane.story.toggle(index);
                }
            }
            EmptyState {
                visible: list.count === 0 && !pane.story.loading
                anchors.centerIn: parent
                iconName: pane.view.working ? "runs" : "clock"
                title: pane.view.started > 0 ? pane.view.working ? qsTr("Nothing told yet") : qsTr("It told nothing") : qsTr("Not begun yet")
                text: pane.view.started > 0 ? qsTr("What its client tells and prints is shown here as it comes.") : pane.view.outcome
            }
            FocusRing { target: list; anchors.margins: 1; shown: list.activeFocus && list.currentIndex < 0 }
        }
    }
    AppButton {
        visible: pane.fresh > 0 || (!pane.following && pane.view.working)
        text: pane.fresh > 0 ? qsTr("%n new", "", pane.fresh) : qsTr("To the end")
        iconName: "arrow-down"
        keys: "G"
        kind: pane.fresh > 0 ? "primary" : "plain"
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.m
        onClicked: pane.toTheEnd()
    }
}
