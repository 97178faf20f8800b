// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Why trials failed, by arm, and apart from that what the machine or a provider's limit broke.
RowList {
    id: list

    required property EvalsView view
    property int at: 0
    signal taskAsked(string task)

    label: qsTr("Why trials failed, and what is not counted")
    model: view.causes
    selected: Math.min(at, count - 1)
    onPicked: index => at = index
    onOpened: index => taskAsked(view.taskOfCause(index))
    delegate: ListRow {
        id: row
        required property string arm
        required property string what
        required property string why
        required property int trials
        required property string tasks
        required property string tone
        required property string icon
        height: 48
        RowLayout {
            anchors.fill: parent
            spacing: Theme.m
            Icon { name: row.icon; color: Theme.ink(row.tone); size: 16 }
            ColumnLayout {
                spacing: 1
                Layout.preferredWidth: 280
                Layout.maximumWidth: 280
                AppText { text: row.what; font.weight: Font.Medium; Layout.fillWidth: true }
                Muted { text: row.arm; Layout.fillWidth: true }
            }
            AppText { text: qsTr("%n trial(s)", "", row.trials); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 72 }
            ColumnLayout {
                spacing: 1
                Layout.fillWidth: true
                AppText { text: row.why; Layout.fillWidth: true }
                Muted { text: row.tasks; Layout.fillWidth: true }
            }
        }
    }
    EmptyState {
        visible: list.count === 0
        anchors.centerIn: parent
        iconName: "check"
        title: qsTr("No trial has failed")
        text: qsTr("And nothing had to be left out.")
    }
}
