// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The two versions of a picture, side by side.
Rectangle {
    id: pictures

    required property DiffImages images

    color: Theme.sunken
    visible: images.shown
    RowLayout {
        anchors.fill: parent
        anchors.margins: Theme.m
        spacing: Theme.l
        Repeater {
            model: [{ fresh: false, title: qsTr("Before") }, { fresh: true, title: qsTr("After") }]
            ColumnLayout {
                id: side
                required property var modelData
                readonly property string told: modelData.fresh ? pictures.images.newText : pictures.images.oldText
                spacing: Theme.s
                DiffPicture {
                    source: pictures.images
                    newSide: side.modelData.fresh
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    Accessible.role: Accessible.Graphic
                    Accessible.name: side.modelData.title + ": " + (side.told !== "" ? side.told : qsTr("there is none"))
                }
                Muted {
                    text: side.modelData.title + ": " + (side.told !== "" ? side.told : qsTr("there is none"))
                    horizontalAlignment: Text.AlignHCenter
                    Layout.fillWidth: true
                }
            }
        }
    }
}
