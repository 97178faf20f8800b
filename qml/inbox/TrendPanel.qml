// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The events of the last fourteen days, with what the height and the ends mean.
ColumnLayout {
    id: trend

    required property inboxItem item

    spacing: 3
    Accessible.role: Accessible.Chart
    Accessible.name: qsTr("Events of each of the last 14 days: %1").arg(item.trend)

    RowLayout {
        spacing: 6
        ColumnLayout {
            spacing: 0
            Layout.minimumWidth: 34
            Layout.maximumWidth: 34
            Layout.fillHeight: true
            Muted { text: line.most; font.pixelSize: Theme.tiny; horizontalAlignment: Text.AlignRight; Layout.fillWidth: true; Accessible.ignored: true }
            Item { Layout.fillHeight: true }
            Muted { text: "0"; font.pixelSize: Theme.tiny; horizontalAlignment: Text.AlignRight; Layout.fillWidth: true; Accessible.ignored: true }
        }
        Sparkline {
            id: line
            values: trend.item.days
            color: Theme.borderStrong
            last: Theme.accent
            ground: Theme.border
            implicitHeight: 56
            Layout.fillWidth: true
        }
    }
    RowLayout {
        Layout.leftMargin: 40
        Muted { text: qsTr("13 days ago"); font.pixelSize: Theme.tiny; Layout.fillWidth: true; Accessible.ignored: true }
        Muted { text: qsTr("events a day"); font.pixelSize: Theme.tiny; Accessible.ignored: true }
        Muted { text: qsTr("today"); font.pixelSize: Theme.tiny; horizontalAlignment: Text.AlignRight; Layout.fillWidth: true; color: Theme.accent; Accessible.ignored: true }
    }
}
