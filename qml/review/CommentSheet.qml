// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

Sheet {
    id: sheet

    required property ReviewView view

    title: qsTr("Comment on hunk %1").arg(view.diff.currentHunk + 1)
    action: qsTr("Add")
    ready: body.text.trim() !== ""
    firstFocus: body
    onAboutToShow: body.text = ""
    onAccepted: {
        close();
        view.comment(view.diff.currentHunk, body.text.trim());
    }
    AppArea { id: body; placeholderText: qsTr("What you want to say of it"); Layout.fillWidth: true; implicitHeight: 110 }
}
