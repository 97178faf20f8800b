// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

ListRow {
    id: row

    required property string text
    required property string plugin
    required property string kind
    required property string action
    required property string tone
    required property string icon
    required property double at

    height: 34
    spoken: plugin + ": " + text + ", " + kind

    RowLayout {
        anchors.fill: parent
        spacing: Theme.s
        Icon { name: row.icon; color: Theme.ink(row.tone) }
        AppText {
            text: row.plugin
            font.weight: Font.Medium
            Layout.preferredWidth: 130
        }
        AppText { text: row.text; Layout.fillWidth: true }
        Tag { text: row.kind; tone: row.tone }
        AgeText {
            at: row.at
            horizontalAlignment: Text.AlignRight
            Layout.preferredWidth: 76
        }
        AppText {
            text: row.action
            color: Theme.accent
            horizontalAlignment: Text.AlignRight
            Layout.preferredWidth: 92
        }
    }
}
