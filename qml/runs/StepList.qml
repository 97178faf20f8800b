// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The steps of the playbook as far as they were begun.
ColumnLayout {
    id: list

    property RecordModel steps

    spacing: 3
    Caption { text: qsTr("Steps") }
    Repeater {
        model: list.steps
        RowLayout {
            id: row
            required property string step
            required property string said
            required property string reason
            required property int attempt
            spacing: Theme.s
            Layout.fillWidth: true
            Icon {
                name: row.said === "passed" ? "circle-check" : row.said === "failed" ? "circle-cross" : "runs"
                color: Theme.ink(row.said === "passed" ? "ok" : row.said === "failed" ? "danger" : "info")
                size: 14
            }
            AppText { text: row.step }
            Muted {
                text: row.said === "" ? qsTr("under way") : row.attempt > 1 ? qsTr("attempt %1").arg(row.attempt) : ""
                visible: text !== ""
            }
            Muted { text: row.reason; Layout.fillWidth: true }
        }
    }
}
