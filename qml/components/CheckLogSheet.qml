// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What a check printed, before the change and after it.
Sheet {
    id: sheet

    function show(run: string, check: string) {
        log.open(run, check);
        open();
    }

    CheckView { id: log }
    title: log.command
    text: qsTr("Text from the plugin's own programs, secrets taken out. Left and right change between before and after.")
        + (log.place !== "" ? " " + qsTr("Up and down go to the run's other checks.") : "")
    error: log.error
    firstFocus: sides
    width: Math.min(1000, (parent ? parent.width : 600) - 40)
    RowLayout {
        spacing: Theme.m
        Layout.fillWidth: true
        Segments {
            id: sides
            options: [{ text: qsTr("Before") }, { text: qsTr("After") }]
            current: log.side
            onPicked: index => log.side = index
            Keys.onUpPressed: log.step(-1)
            Keys.onDownPressed: log.step(1)
        }
        Said { said: log.said }
        Muted { text: log.place }
        Item { Layout.fillWidth: true }
        Muted { text: log.note }
    }
    LogView {
        model: log.lines
        name: log.side === 0 ? qsTr("Printed before the change") : qsTr("Printed after the change")
        emptyText: log.loading ? qsTr("Reading…") : log.error.what !== "" ? "" : qsTr("It printed nothing.")
        Layout.fillWidth: true
        Layout.preferredHeight: Math.max(200, (sheet.parent ? sheet.parent.height : 600) - 300)
    }
}
