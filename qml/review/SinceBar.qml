// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Says that only a part of the patch is on view, and which.
Rectangle {
    id: bar

    required property ReviewView view

    visible: view.since > 0
    implicitHeight: visible ? 34 : 0
    color: Theme.selected
    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.l
        anchors.rightMargin: Theme.l
        spacing: Theme.m
        AppText { text: bar.view.sinceText; Layout.fillWidth: true }
        AppButton { kind: "quiet"; text: qsTr("The whole patch"); keys: "I"; implicitHeight: 26; onClicked: bar.view.toggleSince() }
    }
}
