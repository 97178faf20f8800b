// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Coppice

// A list of which one row is selected. The view model holds which; keys and clicks only ask for another.
ListView {
    id: list

    property int selected: -1
    property string label
    signal picked(int index)
    signal opened(int index)

    clip: true
    focus: true
    activeFocusOnTab: true
    boundsBehavior: Flickable.StopAtBounds
    reuseItems: true
    currentIndex: selected
    keyNavigationEnabled: false
    highlightMoveDuration: 0
    highlightFollowsCurrentItem: true
    cacheBuffer: 200
    Accessible.role: Accessible.List
    Accessible.name: label
    T.ScrollBar.vertical: AppScrollBar { }

    onSelectedChanged: if (selected >= 0) positionViewAtIndex(selected, ListView.Contain)

    function step(by: int) {
        if (count > 0)
            picked(Math.max(0, Math.min(count - 1, (selected < 0 ? (by > 0 ? -1 : count) : selected) + by)));
    }
    readonly property int page: Math.max(1, Math.floor(height / Theme.rowHeight) - 1)

    Keys.onUpPressed: step(-1)
    Keys.onDownPressed: step(1)
    Keys.onReturnPressed: if (selected >= 0) opened(selected)
    Keys.onEnterPressed: if (selected >= 0) opened(selected)
    Keys.onPressed: event => {
        switch (event.key) {
        case Qt.Key_Home: step(-count); break;
        case Qt.Key_End: step(count); break;
        case Qt.Key_PageUp: step(-page); break;
        case Qt.Key_PageDown: step(page); break;
        default: return;
        }
        event.accepted = true;
    }
}
