// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Something that events of a group differ in, and how many have it.
ListRow {
    id: row

    required property string text
    required property string note
    required property bool all
    property bool splitting: false

    height: 30
    spoken: text + ", " + note
    RowLayout {
        anchors.fill: parent
        spacing: Theme.s
        AppText { text: row.text; color: row.splitting && row.all ? Theme.muted : Theme.text; Layout.fillWidth: true }
        Muted { text: row.note }
    }
}
