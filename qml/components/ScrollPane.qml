// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// A column that scrolls when it is taller than its place; arrows and pages scroll it when it has the keyboard.
Flickable {
    id: pane

    default property alias content: column.data
    property int inset: Theme.l
    property string label

    clip: true
    contentWidth: width
    contentHeight: column.implicitHeight + 2 * inset
    boundsBehavior: Flickable.StopAtBounds
    activeFocusOnTab: contentHeight > height
    Accessible.role: Accessible.Pane
    Accessible.name: label
    T.ScrollBar.vertical: AppScrollBar { }
    Keys.onUpPressed: scroll(-40)
    Keys.onDownPressed: scroll(40)
    Keys.onPressed: event => {
        if (event.key === Qt.Key_PageUp)
            scroll(-height * 0.9);
        else if (event.key === Qt.Key_PageDown)
            scroll(height * 0.9);
        else
            return;
        event.accepted = true;
    }

    function scroll(by: real) {
        contentY = Math.max(0, Math.min(contentHeight - height, contentY + by));
    }

    ColumnLayout {
        id: column
        x: pane.inset
        y: pane.inset
        width: pane.width - 2 * pane.inset
        spacing: Theme.m
    }
    FocusRing { target: pane; anchors.margins: 1; parent: pane; shown: pane.activeFocus }
}
