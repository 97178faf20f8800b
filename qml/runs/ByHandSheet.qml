// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

Sheet {
    id: sheet

    required property RunsView view

    title: qsTr("Go on with %1 by hand?").arg(view.title)
    text: qsTr("The agent is stopped. What it did so far becomes a folder for you to work in, without .git and settings of editors; the same checks and the same review follow when you take the work.")
    action: qsTr("Go on by hand")
    onAccepted: {
        close();
        view.byHand();
    }
}
