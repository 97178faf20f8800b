// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Two arms on the same tasks: the verdict in a sentence, the difference with its interval, and each task.
ColumnLayout {
    id: pane

    required property EvalsView view
    readonly property alias list: pairList
    readonly property alias chooser: first
    signal taskAsked(string task)

    spacing: Theme.s
    RowLayout {
        spacing: Theme.s
        Layout.leftMargin: Theme.l
        Layout.rightMargin: Theme.l
        Layout.topMargin: Theme.m
        AppCombo {
            id: first
            label: qsTr("First arm")
            model: pane.view.armNames
            currentIndex: pane.view.first
            onActivated: index => pane.view.pickPair(index, pane.view.second)
            Layout.preferredWidth: 260
        }
        Muted { text: qsTr("and then") }
        AppCombo {
            label: qsTr("Second arm")
            model: pane.view.armNames
            currentIndex: pane.view.second
            onActivated: index => pane.view.pickPair(pane.view.first, index)
            Layout.preferredWidth: 260
        }
        AppButton { text: qsTr("Swap"); iconName: "sync"; keys: "S"; enabled: pane.view.first >= 0; onClicked: pane.view.pickPair(pane.view.second, pane.view.first) }
        Item { Layout.fillWidth: true }
    }
    AppText {
        visible: pane.view.armNames.length < 2
        text: qsTr("There is one arm only. Make an evaluation with --instructions none, too, to see what the shared instructions bring.")
        color: Theme.muted
        wrapMode: Text.Wrap
        Layout.fillWidth: true
        Layout.margins: Theme.l
    }
    RowLayout {
        visible: pane.view.verdict !== ""
        spacing: Theme.s
        Layout.leftMargin: Theme.l
        Layout.rightMargin: Theme.l
        Icon { name: pane.view.verdictIcon; color: Theme.ink(pane.view.verdictTone); size: 16; Layout.alignment: Qt.AlignTop; Layout.topMargin: 2 }
        AppText { text: pane.view.verdict; font.pixelSize: Theme.large; font.weight: Font.Medium; wrapMode: Text.Wrap; Layout.fillWidth: true }
    }
    RowLayout {
        visible: pane.view.verdict !== "" && pane.view.pairs.count > 0
        spacing: Theme.m
        Layout.leftMargin: Theme.l
        Layout.rightMargin: Theme.l
        Muted { text: qsTr("−100 points") }
        IntervalBar {
            value: pane.view.difference
            low: pane.view.differenceLow
            high: pane.view.differenceHigh
            from: -1
            to: 1
            bar: pane.view.verdictTone === "ok" ? Theme.wordAdded : pane.view.verdictTone === "danger" ? Theme.wordRemoved : Theme.wordInfo
            dot: pane.view.verdictTone === "ok" ? Theme.ok : pane.view.verdictTone === "danger" ? Theme.danger : Theme.info
            grid: Theme.borderStrong
            Layout.fillWidth: true
            Layout.maximumWidth: 560
            Layout.preferredHeight: 22
            Accessible.role: Accessible.Graphic
            Accessible.name: pane.view.verdict
        }
        Muted { text: qsTr("+100 points") }
        Item { Layout.fillWidth: true }
    }
    AppText {
        visible: text !== ""
        text: pane.view.pairNotes
        color: Theme.muted
        wrapMode: Text.Wrap
        Layout.fillWidth: true
        Layout.leftMargin: Theme.l
        Layout.rightMargin: Theme.l
    }
    Rule { Layout.fillWidth: true; Layout.topMargin: Theme.xs }
    RowList {
        id: pairList
        property int at: 0
        label: qsTr("Tasks of both, the largest differences first")
        model: pane.view.pairs
        selected: Math.min(at, count - 1)
        onPicked: index => at = index
        onOpened: index => pane.taskAsked(pane.view.pairs.keyAt(index))
        Layout.fillWidth: true
        Layout.fillHeight: true
        headerPositioning: ListView.OverlayHeader
        header: Rectangle {
            width: pairList.width
            height: 28
            z: 2
            color: Theme.surface
            visible: pairList.count > 0
            RowLayout {
                anchors.fill: parent
                anchors.leftMargin: Theme.m
                anchors.rightMargin: Theme.m
                spacing: Theme.m
                Caption { text: qsTr("Task"); Layout.preferredWidth: 240 }
                Caption { text: qsTr("Level"); Layout.preferredWidth: 120 }
                Caption { text: qsTr("First"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 70 }
                Caption { text: qsTr("Second"); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 70 }
                Caption { text: qsTr("Difference"); Layout.leftMargin: Theme.l; Layout.fillWidth: true }
            }
            Rule { anchors.bottom: parent.bottom; width: parent.width }
        }
        delegate: ListRow {
            id: row
            required property string task
            required property string level
            required property string before
            required property string after
            required property string by
            required property string tone
            required property string icon
            RowLayout {
                anchors.fill: parent
                spacing: Theme.m
                AppText { text: row.task; font.weight: Font.Medium; Layout.preferredWidth: 240 }
                Muted { text: row.level; Layout.preferredWidth: 120 }
                AppText { text: row.before; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 70 }
                AppText { text: row.after; horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 70 }
                Icon { name: row.icon; color: Theme.ink(row.tone); size: 14; visible: row.icon !== ""; Layout.leftMargin: Theme.l }
                AppText { text: row.by; color: Theme.ink(row.tone); leftPadding: row.icon === "" ? Theme.l : 0; Layout.fillWidth: true }
            }
        }
        EmptyState {
            visible: pairList.count === 0 && pane.view.armNames.length > 1
            anchors.centerIn: parent
            iconName: "evals"
            title: qsTr("No task of both")
            text: qsTr("Two arms are compared on tasks that both tried as they stand.")
        }
    }
}
