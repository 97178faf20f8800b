// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// What marks and lines of the picture mean.
Flow {
    id: legend

    required property GraphStyle style
    required property int mode
    readonly property bool matrix: mode === GraphView.Matrix

    spacing: Theme.m
    Accessible.role: Accessible.StaticText
    Accessible.name: qsTr("Marks: health excellent, good, fair, poor or unknown; what is only likely is dashed or hollow; what goes round has the colour of a warning, what to cut that of danger.")

    Repeater {
        model: [ // by GraphTier
            { tier: 1, text: qsTr("excellent") },
            { tier: 2, text: qsTr("good") },
            { tier: 3, text: qsTr("fair") },
            { tier: 4, text: qsTr("poor") },
            { tier: 0, text: qsTr("health unknown") }
        ]
        delegate: Row {
            id: health
            required property var modelData
            spacing: 4
            TierMark { tier: health.modelData.tier; style: legend.style; implicitWidth: 10; implicitHeight: 10; anchors.verticalCenter: parent.verticalCenter }
            Muted { text: health.modelData.text; font.pixelSize: Theme.small }
        }
    }
    Repeater {
        model: legend.matrix ? [] : [
            { text: qsTr("depends on"), ink: Theme.muted, parts: 1, thick: 2 },
            { text: qsTr("likely: by name only"), ink: Theme.muted, parts: 3, thick: 2 },
            { text: qsTr("goes round"), ink: Theme.warning, parts: 1, thick: 2 },
            { text: qsTr("to cut"), ink: Theme.danger, parts: 1, thick: 3 }
        ]
        delegate: Row {
            id: edge
            required property var modelData
            spacing: 4
            Row {
                spacing: 3
                anchors.verticalCenter: parent.verticalCenter
                Repeater {
                    model: edge.modelData.parts
                    delegate: Rectangle { width: edge.modelData.parts > 1 ? 5 : 20; height: edge.modelData.thick; color: edge.modelData.ink }
                }
            }
            Muted { text: edge.modelData.text; font.pixelSize: Theme.small }
        }
    }
}
