// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// One file, old beside new. The list is virtual: only what is in sight exists.
FocusScope {
    id: pane

    required property ReviewView view
    signal rejectAsked
    signal commentAsked

    function reveal(line: int) {
        list.positionViewAtIndex(Math.max(0, line), ListView.Beginning);
        list.contentY = Math.max(list.originY, list.contentY - 3 * codeStyle.lineHeight);
        list.returnToBounds();
        seen.restart();
    }

    CodeStyle {
        id: codeStyle
        sideways: across.position * across.span
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
            const first = list.indexAt(10, list.contentY + 2);
            const last = list.indexAt(10, list.contentY + list.height - 2);
            pane.view.sawLines(Math.max(0, first), last < 0 ? list.count - 1 : last);
        }
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        Rectangle {
            color: Theme.sunken
            implicitHeight: 30
            Layout.fillWidth: true
            RowLayout {
                anchors.fill: parent
                anchors.leftMargin: Theme.m
                anchors.rightMargin: Theme.m
                spacing: Theme.s
                Code { text: pane.view.filePath; elide: Text.ElideLeft; Layout.maximumWidth: pane.width * 0.6 }
                Muted { text: pane.view.fileNote; Layout.fillWidth: true }
                KeyCap { keys: "J" }
                KeyCap { keys: "K" }
                Muted { text: qsTr("hunks") }
                KeyCap { keys: "N" }
                KeyCap { keys: "P" }
                Muted { text: qsTr("files") }
            }
        }
        ListView {
            id: list
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
            onContentYChanged: seen.restart()
            onHeightChanged: seen.restart()
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
        AppScrollBar {
            id: across
            // The longest line against the room that a side has for text.
            readonly property real room: Math.max(80, (pane.view.diff.onlyOld || pane.view.diff.onlyNew ? list.width : list.width / 2)
                                                      - (pane.view.diff.digits + 6) * codeStyle.charWidth)
            readonly property real span: Math.max(room, (pane.view.diff.longestLine + 2) * codeStyle.charWidth)
            orientation: Qt.Horizontal
            size: room / span
            stepSize: 0.1
            onSizeChanged: if (size >= 1) position = 0
            Layout.fillWidth: true
        }
    }
    FocusRing { target: list; anchors.margins: 1; shown: list.activeFocus }
}
