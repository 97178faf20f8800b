// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Names and values, from a model with the roles name, value and mono.
ColumnLayout {
    id: facts

    property RecordModel model
    property int nameWidth: 104

    spacing: 5

    Repeater {
        model: facts.model
        Item {
            id: row
            required property string name
            required property string value
            required property bool mono
            implicitHeight: fact.implicitHeight
            Layout.fillWidth: true
            Fact {
                id: fact
                width: parent.width
                name: row.name
                value: row.value
                mono: row.mono
                nameWidth: facts.nameWidth
            }
        }
    }
}
