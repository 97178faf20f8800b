// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A question in the list.
ListRow {
    id: row

    required property string plugin
    required property string work
    required property string title
    required property bool tainted
    required property double at
    spoken: plugin + ", " + work + ", " + title

    height: 50
    ColumnLayout {
        anchors.fill: parent
        anchors.topMargin: 6
        anchors.bottomMargin: 6
        spacing: 2
        AppText { text: row.title; Layout.fillWidth: true }
        RowLayout {
            spacing: Theme.s
            Icon { visible: row.tainted; name: "shield"; size: 13; color: Theme.warning }
            Muted { text: qsTr("%1 · %2").arg(row.plugin).arg(row.work); Layout.fillWidth: true }
            AgeText { at: row.at }
        }
    }
    Rule { anchors.bottom: parent.bottom; width: parent.width }
}
