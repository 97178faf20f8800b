// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// Passed, failed, or not run.
Row {
    id: item

    property string said
    readonly property string tone: said === "passed" ? "ok" : said === "failed" ? "danger" : "neutral"

    spacing: 5
    Icon {
        name: item.said === "passed" ? "circle-check" : item.said === "failed" ? "circle-cross" : "circle"
        size: 14
        color: Theme.ink(item.tone)
        anchors.verticalCenter: parent.verticalCenter
    }
    AppText {
        text: item.said === "" ? qsTr("not run") : item.said
        font.pixelSize: Theme.small
        color: Theme.ink(item.tone)
        anchors.verticalCenter: parent.verticalCenter
    }
}
