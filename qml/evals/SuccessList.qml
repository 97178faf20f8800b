// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Success of each arm and its levels: the dot is what was seen, the bar where the true rate lies.
RowList {
    id: list

    required property EvalsView view
    property int at: 0
    readonly property int barWidth: Math.max(150, Math.min(680, width - 860))

    label: qsTr("Success by client, instructions and level")
    model: view.success
    selected: Math.min(at, count - 1)
    onPicked: index => at = index
    headerPositioning: ListView.OverlayHeader
    header: Rectangle {
        width: list.width
        height: 28
        z: 2
        color: Theme.surface
        RowLayout {
            anchors.fill: parent
            anchors.leftMargin: Theme.m
            anchors.rightMargin: Theme.m
            spacing: Theme.m
            Caption { text: qsTr("Client and instructions, level"); Layout.fillWidth: true }
            Caption { text: qsTr("Passed"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 64 }
            Caption { text: qsTr("0 to 100 %"); horizontalAlignment: Text.AlignHCenter; Layout.preferredWidth: list.barWidth }
            Caption { text: qsTr("Success"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 58 }
            Caption { text: qsTr("95 %, Wilson"); Layout.preferredWidth: 108 }
            Caption { text: qsTr("Any try"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 52 }
            Caption { text: qsTr("All tries"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 52 }
            Caption { text: qsTr("Time"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 66 }
            Caption { text: qsTr("Per passed"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 80 }
            Caption { text: qsTr("Not counted"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 76 }
        }
        Rule { anchors.bottom: parent.bottom; width: parent.width }
    }
    delegate: ListRow {
        id: row
        required property string title
        required property bool head
        required property string passed
        required property double rate
        required property double low
        required property double high
        required property string percent
        required property string range
        required property string at
        required property string hat
        required property string time
        required property string cost
        required property string broken
        RowLayout {
            anchors.fill: parent
            spacing: Theme.m
            AppText { text: row.title; font.weight: row.head ? Font.DemiBold : Font.Normal; leftPadding: row.head ? 0 : Theme.l; Layout.fillWidth: true }
            AppText { text: row.passed; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 64 }
            IntervalBar {
                value: row.rate
                low: row.low
                high: row.high
                bar: Theme.wordInfo
                dot: Theme.info
                grid: Theme.borderStrong
                Layout.preferredWidth: list.barWidth
                Layout.preferredHeight: 20
            }
            AppText { text: row.percent; font.weight: row.head ? Font.DemiBold : Font.Normal; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 58 }
            Muted { text: row.range; Layout.preferredWidth: 108 }
            AppText { text: row.at; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 52 }
            AppText { text: row.hat; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 52 }
            AppText { text: row.time; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 66 }
            AppText { text: row.cost; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 80 }
            AppText { text: row.broken; color: Theme.warning; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 76 }
        }
    }
}
