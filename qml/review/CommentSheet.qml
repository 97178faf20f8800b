// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Begins a thread on the hunk, one of its lines, the file or the patch.
Sheet {
    id: sheet

    required property ReviewView view
    required property ReviewDesk desk
    readonly property var kinds: ["hunk", "file", "patch"]

    title: qsTr("Comment")
    action: qsTr("Add")
    ready: body.text.trim() !== ""
    firstFocus: body
    onAboutToShow: {
        body.text = "";
        line.text = "";
        about.current = 0;
    }
    onAccepted: {
        close();
        desk.comment(kinds[about.current], Number(line.text), body.text.trim());
    }
    RowLayout {
        spacing: Theme.m
        Segments {
            id: about
            options: [{text: qsTr("Hunk %1").arg(sheet.view.diff.currentHunk + 1)}, {text: qsTr("The file")}, {text: qsTr("The patch")}]
            onPicked: index => current = index
        }
        AppField {
            id: line
            visible: about.current === 0
            placeholderText: qsTr("Line of the new file, or nothing")
            validator: IntValidator { bottom: 1 }
            Layout.preferredWidth: 240
        }
    }
    AppArea { id: body; placeholderText: qsTr("What you want to say of it"); Layout.fillWidth: true; implicitHeight: 110 }
}
