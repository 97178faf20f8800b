// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A file that a trial left: what it changed, what its client printed, what tests said.
Sheet {
    id: sheet

    required property EvalsView view

    function show(path: string) {
        view.openFile(path);
        open();
    }
    function showKind(kind: string) {
        const path = view.fileOf(kind);
        if (path !== "")
            show(path);
        else
            App.tell(qsTr("This trial left nothing of that kind."));
    }

    title: view.linesOf
    text: qsTr("%1. Text from a client and a plugin's programs.").arg(view.title)
    error: view.linesError
    firstFocus: log.lines
    width: Math.min(1100, (parent ? parent.width : 600) - 40)
    LogView {
        id: log
        model: sheet.view.lines
        following: false
        name: sheet.view.linesOf
        emptyText: sheet.view.linesNote !== "" ? sheet.view.linesNote : sheet.view.linesError.what !== "" ? "" : qsTr("It is empty.")
        Layout.fillWidth: true
        Layout.preferredHeight: Math.max(200, (sheet.parent ? sheet.parent.height : 600) - 260)
    }
    Muted { visible: text !== ""; text: sheet.view.linesNote }
}
