// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

Sheet {
    id: sheet

    required property RunsView view

    title: qsTr("Cancel the run on %1?").arg(view.title)
    text: qsTr("Its processes are stopped. What it did so far stays in its folder, and it can be resumed.")
    action: qsTr("Cancel the run")
    actionKind: "danger"
    onAccepted: {
        close();
        view.cancel();
    }
    Shortcut { sequence: "X"; enabled: sheet.opened; onActivated: sheet.accept() }
}
