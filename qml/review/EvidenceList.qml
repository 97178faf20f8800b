// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What is known of a patch, a line each; a line that leads somewhere opens it.
ColumnLayout {
    id: list

    property RecordModel rows
    property bool loading: false

    spacing: 3
    Caption { text: qsTr("Evidence"); Layout.preferredHeight: 22 }
    Muted {
        visible: lines.count === 0
        text: list.loading ? qsTr("Looking…") : qsTr("No run stands behind this patch: it was opened by hand.")
    }
    RowList {
        id: lines
        property int row: -1
        label: qsTr("Evidence")
        model: list.rows
        selected: row
        onPicked: index => row = index
        onOpened: index => open(index)
        Layout.fillWidth: true
        Layout.preferredHeight: Math.min(contentHeight, 170)

        function open(index: int) {
            const link = (itemAtIndex(index) as EvidenceRow)?.link ?? "";
            if (link !== "")
                App.follow(link);
        }
        delegate: EvidenceRow { }
    }
}
