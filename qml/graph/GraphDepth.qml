// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// How many steps one way, with less and more.
Row {
    id: depth

    property string text
    property string keys
    property int value: 1
    signal asked(int steps)

    spacing: 2
    AppText {
        text: depth.text + " " + depth.value
        color: Theme.muted
        anchors.verticalCenter: parent.verticalCenter
        rightPadding: 4
    }
    AppButton { text: "−"; kind: "quiet"; hint: qsTr("%1: one step less").arg(depth.text); enabled: depth.value > 0; onClicked: depth.asked(depth.value - 1) }
    AppButton { text: "+"; kind: "quiet"; hint: qsTr("%1: one step more").arg(depth.text); keys: depth.keys; onClicked: depth.asked(depth.value + 1) }
}
