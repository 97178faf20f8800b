// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A field with its name over it and a sentence under it.
ColumnLayout {
    id: labelled

    property string label
    property string note
    default property alias content: slot.data

    spacing: Theme.xs
    Layout.fillWidth: true
    AppText {
        text: labelled.label
        font.weight: Font.Medium
        font.pixelSize: Theme.small
    }
    ColumnLayout {
        id: slot
        spacing: Theme.xs
        Layout.fillWidth: true
    }
    Muted {
        visible: text !== ""
        text: labelled.note
        wrapMode: Text.Wrap
        Layout.fillWidth: true
    }
}
