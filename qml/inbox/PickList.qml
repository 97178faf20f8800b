// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// One of a few ways, each in a line with what it means; arrows move, Return takes it.
RowList {
    id: picks

    // [{text, note}]
    property var options: []
    signal taken(int index)

    readonly property int rowHeight: 34
    property int wanted: 0
    model: options
    selected: wanted
    implicitHeight: Math.min(options.length, 9) * rowHeight
    onPicked: index => wanted = index
    onOpened: index => taken(index)
    delegate: ListRow {
        id: row
        required property var modelData
        height: picks.rowHeight
        spoken: modelData.text + ". " + modelData.note
        RowLayout {
            anchors.fill: parent
            spacing: Theme.s
            AppText { text: row.modelData.text; Layout.fillWidth: true }
            Muted { text: row.modelData.note; Layout.maximumWidth: row.width * 0.5 }
        }
    }
}
