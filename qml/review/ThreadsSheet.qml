// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// All that was said of the patch, to answer and to close.
Sheet {
    id: sheet

    required property ReviewDesk desk
    readonly property bool answers: desk.threads.count > 0

    title: qsTr("Threads (%n open)", "", desk.openThreads)
    text: qsTr("Up and down choose one; Ctrl+E closes it or opens it again. Open ones go to the agent when the patch is sent back.")
    action: answers ? qsTr("Answer") : ""
    ready: body.text.trim() !== ""
    firstFocus: list
    width: Math.min(820, (parent ? parent.width : 600) - 40)
    onAboutToShow: {
        body.text = "";
        desk.loadThreads();
    }
    onAccepted: {
        desk.reply(list.row, body.text.trim());
        body.text = "";
    }
    Shortcut {
        sequence: "Ctrl+E"
        enabled: sheet.opened && sheet.answers
        onActivated: sheet.desk.resolve(list.row, !(list.currentItem as ThreadRow)?.resolved)
    }
    Muted { visible: !sheet.answers; text: qsTr("Nothing has been said yet. C comments on a hunk.") }
    RowList {
        id: list
        property int row: 0
        visible: sheet.answers
        label: qsTr("Comments")
        model: sheet.desk.threads
        selected: row
        onPicked: index => row = index
        Layout.fillWidth: true
        Layout.preferredHeight: Math.min(380, Math.max(80, contentHeight))
        delegate: ThreadRow {
            onResolveAsked: sheet.desk.resolve(index, !resolved)
        }
    }
    AppArea { id: body; visible: sheet.answers; placeholderText: qsTr("Your answer"); Layout.fillWidth: true; implicitHeight: 70 }
}
