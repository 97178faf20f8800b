// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Commits that may have brought an error, the most likely first, each with why that is thought.
ColumnLayout {
    id: list

    required property EntryDetail detail

    spacing: Theme.s
    Muted {
        visible: text !== ""
        text: list.detail.suspecting
        wrapMode: Text.Wrap
        Layout.fillWidth: true
    }
    Repeater {
        model: list.detail.suspects
        ColumnLayout {
            id: suspect
            required property string commit
            required property string subject
            required property string author
            required property double at
            required property string why
            required property int index
            visible: index < 3
            spacing: 2
            Layout.fillWidth: true
            RowLayout {
                spacing: Theme.s
                Code { text: suspect.commit; color: suspect.index === 0 ? Theme.accent : Theme.muted }
                AppText { text: suspect.subject; font.weight: suspect.index === 0 ? Font.Medium : Font.Normal; Layout.fillWidth: true }
            }
            RowLayout {
                spacing: Theme.s
                Muted { text: suspect.author }
                AgeText { at: suspect.at; Layout.fillWidth: true }
                AppButton { kind: "quiet"; iconName: "copy"; hint: qsTr("Copy the commit's id"); implicitHeight: 20; onClicked: App.copy(suspect.commit) }
            }
            Muted { text: suspect.why; wrapMode: Text.Wrap; Layout.fillWidth: true }
        }
    }
}
