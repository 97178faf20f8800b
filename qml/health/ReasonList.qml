// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The signals of one plugin: what each says, what it brings, and of the selected one what to do.
RowList {
    id: list

    required property HealthView view

    label: qsTr("Reasons of %1").arg(view.current)
    model: view.reasons
    selected: view.reasonIndex
    onPicked: index => view.pickReason(index)
    delegate: ListRow {
        id: row
        required property string title
        required property string verdict
        required property string tone
        required property string icon
        required property string points
        required property string worth
        required property string gain
        required property string reason
        required property string next
        required property string then
        required property double at
        height: column.implicitHeight + 10
        ColumnLayout {
            id: column
            y: 5
            width: parent.width
            spacing: 2
            RowLayout {
                spacing: Theme.s
                Icon { name: row.icon; color: Theme.ink(row.tone); size: 14 }
                AppText { text: row.title; font.weight: Font.Medium; Layout.fillWidth: true }
                Muted { text: row.verdict }
                AppText { text: row.verdict === "exempt" ? "–" : qsTr("%1 of %2").arg(row.points).arg(row.worth); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 86 }
            }
            AppText {
                text: row.reason
                color: Theme.muted
                wrapMode: Text.Wrap
                maximumLineCount: row.selected ? 8 : 2
                elide: Text.ElideRight
                Layout.fillWidth: true
                Layout.leftMargin: 22
            }
            AppText {
                visible: row.selected && row.next !== ""
                text: row.then !== "" ? qsTr("%1 Brings %2 points, and the tier %3.").arg(row.next).arg(row.gain).arg(row.then) : qsTr("%1 Brings %2 points.").arg(row.next).arg(row.gain)
                wrapMode: Text.Wrap
                Layout.fillWidth: true
                Layout.leftMargin: 22
            }
            Muted {
                visible: row.selected && row.at > 0
                text: qsTr("measured %1").arg(App.age(row.at, App.now))
                Layout.leftMargin: 22
            }
        }
    }
}
