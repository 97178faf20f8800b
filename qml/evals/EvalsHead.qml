// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The evaluation in two sentences: what was tested, and whether the shared instructions help.
ColumnLayout {
    id: head

    required property EvalsView view

    spacing: Theme.xs
    AppText {
        text: head.view.tested
        color: Theme.muted
        wrapMode: Text.Wrap
        Layout.fillWidth: true
    }
    RowLayout {
        spacing: Theme.s
        Icon { name: head.view.helpsIcon; color: Theme.ink(head.view.helpsTone); size: 16; Layout.alignment: Qt.AlignTop; Layout.topMargin: 2 }
        AppText {
            text: head.view.helps
            font.pixelSize: Theme.large
            font.weight: Font.Medium
            wrapMode: Text.Wrap
            maximumLineCount: 4
            elide: Text.ElideRight
            Layout.fillWidth: true
        }
    }
}
