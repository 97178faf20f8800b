// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// One file, old beside new. The list is virtual: only what is in sight exists.
FocusScope {
    id: pane

    required property ReviewView view
    required property bool active
    signal rejectAsked
    signal commentAsked

    function reveal(line: int) {
        list.positionViewAtIndex(Math.max(0, line), ListView.Beginning);
        list.contentY = Math.max(list.originY, list.contentY - 3 * codeStyle.lineHeight);
        list.returnToBounds();
        seen.restart();
    }
    function firstRow(): int { return Math.max(0, list.indexAt(10, list.contentY + 2)); }
    function lastRow(): int {
        const last = list.indexAt(10, list.contentY + list.height - 2);
        return last < 0 ? list.count - 1 : last;
    }
    // The row that keys mean: the first in sight of the current hunk, else the first in sight.
    function keyRow(): int {
        const last = lastRow();
        for (let row = firstRow(); row <= last; ++row) {
            if (pane.view.diff.hunkAt(row) === pane.view.diff.currentHunk && pane.view.diff.moveOf(row) >= 0)
                return row;
        }
        for (let row = firstRow(); row <= last; ++row) {
            if (pane.view.diff.moveOf(row) >= 0)
                return row;
        }
        return firstRow();
    }
    // What was at the top stays there, though rows become taller.
    function wrap() {
        put.row = pane.firstRow();
        options.wrap = !options.wrap;
        put.start();
    }
    function sidewaysTo(column: real) { across.position = Math.max(0, Math.min(1 - across.size, (column - 10) * codeStyle.charWidth / across.span)); }

    CodeStyle {
        id: codeStyle
        wrap: options.wrap
        sideways: across.position * across.span
        find: search.text
        findRow: search.row
    }
    DiffOptions { id: options }
    DiffSearch {
        id: search
        source: pane.view.diff
        onFound: (row, column) => {
            if (row < pane.firstRow() || row > pane.lastRow())
                list.positionViewAtIndex(row, ListView.Center);
            if (column * codeStyle.charWidth > across.room + codeStyle.sideways - 40 || column * codeStyle.charWidth < codeStyle.sideways)
                pane.sidewaysTo(column);
        }
    }
    Binding { target: pane.view.diff; property: "unified"; value: options.unified }
    Binding { target: pane.view.diff; property: "whitespace"; value: options.whitespace }
    DiffCommands {
        view: pane.view
        options: options
        search: search
        active: pane.active
        onFindAsked: findBar.begin()
        onGoAsked: goBar.open()
        onMoveAsked: {
            const row = pane.view.followMove(pane.keyRow());
            if (row >= 0)
                pane.reveal(row);
        }
        onDifferenceAsked: {
            const column = pane.view.diff.differenceIn(pane.firstRow(), pane.lastRow());
            if (column >= 0)
                pane.sidewaysTo(column);
        }
        onWrapAsked: pane.wrap()
        onFoldAsked: by => pane.view.diff.openFoldBeside(pane.view.diff.currentHunk, by)
    }
    // Rows that come and go all at once: what was at the top stays there.
    Connections {
        target: pane.view.diff
        function onModelAboutToBeReset() { pane.view.diff.hold(pane.firstRow()); }
        function onModelReset() {
            put.row = pane.view.diff.heldRow();
            if (put.row > 0)
                put.start();
        }
    }
    Timer {
        id: put
        property int row: -1
        interval: 0
        onTriggered: list.positionViewAtIndex(row, ListView.Beginning)
    }
    Connections {
        target: pane.view
        function onHunkAsked(line: int) { pane.reveal(line); }
        function onFileChanged() { seen.restart(); }
    }
    // What was in sight for a moment counts as shown.
    Timer {
        id: seen
        interval: 400
        onTriggered: {
            if (!pane.visible || list.count === 0)
                return;
            pane.view.sawLines(pane.firstRow(), pane.lastRow());
        }
    }
    Timer {
        id: marks
        interval: 40
        onTriggered: {
            ruler.firstRow = pane.firstRow();
            ruler.lastRow = pane.lastRow();
        }
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        DiffBar {
            view: pane.view
            options: options
            onWrapAsked: pane.wrap()
            Layout.fillWidth: true
        }
        DiffPictures {
            images: pane.view.diffLoad.images
            Layout.fillWidth: true
            Layout.preferredHeight: visible ? pane.height * 0.55 : 0
        }
        RowLayout {
            spacing: 0
            Layout.fillWidth: true
            Layout.fillHeight: true
            ListView {
                id: list
                objectName: "diffRows"
                focus: true
                activeFocusOnTab: true
                model: pane.view.diff
                clip: true
                reuseItems: true
                cacheBuffer: 400
                boundsBehavior: Flickable.StopAtBounds
                Layout.fillWidth: true
                Layout.fillHeight: true
                Accessible.role: Accessible.List
                Accessible.name: qsTr("Changes of %1").arg(pane.view.filePath)
                T.ScrollBar.vertical: AppScrollBar { }
                onContentYChanged: { seen.restart(); marks.start(); }
                onHeightChanged: { seen.restart(); marks.start(); }
                delegate: DiffLine {
                    view: pane.view
                    rowStyle: codeStyle
                    onRejectAsked: pane.rejectAsked()
                    onCommentAsked: pane.commentAsked()
                }
                Keys.onUpPressed: contentY = Math.max(originY, contentY - 3 * codeStyle.lineHeight)
                Keys.onDownPressed: contentY = Math.min(originY + Math.max(0, contentHeight - height), contentY + 3 * codeStyle.lineHeight)
                Keys.onLeftPressed: across.decrease()
                Keys.onRightPressed: across.increase()
                Keys.onPressed: event => {
                    const far = originY + Math.max(0, contentHeight - height);
                    switch (event.key) {
                    case Qt.Key_PageUp: contentY = Math.max(originY, contentY - height * 0.9); break;
                    case Qt.Key_PageDown: contentY = Math.min(far, contentY + height * 0.9); break;
                    case Qt.Key_Home: positionViewAtBeginning(); break;
                    case Qt.Key_End: positionViewAtEnd(); break;
                    default: return;
                    }
                    event.accepted = true;
                }
                WheelHandler {
                    acceptedModifiers: Qt.ShiftModifier
                    onWheel: event => event.angleDelta.y > 0 ? across.decrease() : across.increase()
                }
            }
            DiffRuler {
                id: ruler
                source: pane.view.diff
                search: search
                style: codeStyle
                Layout.fillHeight: true
                Layout.preferredWidth: 22
                Accessible.role: Accessible.Indicator
                Accessible.name: qsTr("Overview of the file")
                onAsked: row => list.positionViewAtIndex(row, ListView.Center)
            }
        }
        AppScrollBar {
            id: across
            // The longest line against the room that a side has for text.
            readonly property real room: Math.max(80, (pane.view.diff.onlyOld || pane.view.diff.onlyNew || pane.view.diff.unified ? list.width : list.width / 2)
                                                      - (pane.view.diff.digits + 6) * codeStyle.charWidth)
            readonly property real span: options.wrap ? room : Math.max(room, (pane.view.diff.longestLine + 2) * codeStyle.charWidth)
            orientation: Qt.Horizontal
            size: room / span
            stepSize: Math.min(0.1, size * 0.8)
            onSizeChanged: if (size >= 1) position = 0
            Layout.fillWidth: true
        }
        DiffFind {
            id: findBar
            search: search
            Layout.fillWidth: true
            onEnded: list.forceActiveFocus()
        }
    }
    DiffGoBar { id: goBar; view: pane.view; onEnded: list.forceActiveFocus() }
    FocusRing { target: list; anchors.margins: 1; shown: list.activeFocus }
}
