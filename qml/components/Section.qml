// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A named part of a detail.
ColumnLayout {
    id: section

    property string title
    property string note
    default property alias content: body.data

    spacing: 6
    Layout.fillWidth: true
    Layout.topMargin: Theme.xs
    RowLayout {
        spacing: Theme.s
        Caption { text: section.title }
        Rule { Layout.fillWidth: true }
    }
    Muted {
        visible: text !== ""
        text: section.note
        wrapMode: Text.Wrap
        Layout.fillWidth: true
    }
    ColumnLayout {
        id: body
        spacing: 6
        Layout.fillWidth: true
    }
}
