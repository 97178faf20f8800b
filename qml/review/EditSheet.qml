// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A person's own text for the new side of a hunk.
Sheet {
    id: sheet

    required property ReviewDesk desk

    title: qsTr("Edit hunk %1").arg(desk.view ? desk.view.diff.currentHunk + 1 : 0)
    text: qsTr("The new side, with the lines around it. Your text becomes the next revision; other hunks keep their verdicts.")
    action: qsTr("Keep as a revision")
    ready: marks.text !== desk.editText
    busy: desk.busy
    error: desk.error
    firstFocus: body
    width: Math.min(900, (parent ? parent.width : 600) - 40)
    onAboutToShow: desk.loadEdit()
    onAccepted: desk.edit(marks.text)
    Connections {
        target: sheet.desk
        function onEditChanged() { body.text = marks.shown(sheet.desk.editText); }
        function onEdited() { sheet.close(); }
    }
    EditMarks {
        id: marks
        field: body.textDocument
        ground: Theme.raised
        danger: Theme.danger
        dangerGround: Theme.dangerGround
        warning: Theme.warning
        warningGround: Theme.warningGround
    }
    AppArea { id: body; mono: true; placeholderText: qsTr("The new text"); Layout.fillWidth: true; implicitHeight: 340 }
    AppText {
        visible: marks.told !== ""
        text: qsTr("Characters to look at: %1. What is not seen takes no room here, turns nothing round, and is kept as it was.").arg(marks.told)
        color: Theme.warning
        wrapMode: Text.Wrap
        Layout.fillWidth: true
        Accessible.role: Accessible.StatusBar
        Accessible.name: text
    }
}
