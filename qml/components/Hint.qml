// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Coppice

// What a thing is, shown when the pointer rests on it.
T.ToolTip {
    id: hint

    property bool shown: false

    visible: shown
    delay: 600
    x: parent ? Math.round((parent.width - implicitWidth) / 2) : 0
    y: parent ? parent.height + 6 : 0
    margins: 6
    padding: 6
    implicitWidth: Math.min(360, label.implicitWidth + 2 * padding)
    implicitHeight: label.implicitHeight + 2 * padding
    closePolicy: T.Popup.NoAutoClose

    background: Rectangle {
        radius: Theme.radius
        color: Theme.overlay
        border.color: Theme.borderStrong
    }
    contentItem: AppText {
        id: label
        text: hint.text
        font.pixelSize: Theme.small
        wrapMode: Text.Wrap
    }
}
