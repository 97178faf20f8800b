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
    ready: body.text !== desk.editText
    busy: desk.busy
    error: desk.error
    firstFocus: body
    width: Math.min(900, (parent ? parent.width : 600) - 40)
    onAboutToShow: desk.loadEdit()
    onAccepted: desk.edit(body.text)
    Connections {
        target: sheet.desk
        function onEditChanged() { body.text = sheet.desk.editText; }
        function onEdited() { sheet.close(); }
    }
    AppArea { id: body; mono: true; placeholderText: qsTr("The new text"); Layout.fillWidth: true; implicitHeight: 340 }
}
