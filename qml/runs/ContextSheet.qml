// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What the client was given, as it was.
Sheet {
    id: sheet

    required property RunsView view

    function begin() {
        view.readContext();
        open();
    }

    title: qsTr("What the client was given")
    text: view.contextHash !== "" ? qsTr("Context %1. Text from outside stands in it as marked data.").arg(view.contextHash.slice(0, 12)) : ""
    width: Math.min(860, (parent ? parent.width : 800) - 60)
    height: Math.min(640, (parent ? parent.height : 600) - 60)
    firstFocus: lines.lines

    LogView {
        id: lines
        model: sheet.view.context
        following: false
        name: qsTr("Context")
        emptyText: qsTr("Reading…")
        Layout.fillWidth: true
        Layout.fillHeight: true
        implicitHeight: 480
    }
}
