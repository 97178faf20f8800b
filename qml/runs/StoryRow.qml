// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// One thing in a run's story, as its kind has it.
Item {
    id: row

    required property storyItem item
    required property int index
    property DiffStyle code
    readonly property bool current: ListView.isCurrentItem && ListView.view.activeFocus
    signal toggled

    width: ListView.view ? ListView.view.width : 0
    height: part.implicitHeight + (item.kind === "step" ? 0 : 6)
    Accessible.role: Accessible.ListItem
    Accessible.name: spoken()
    Accessible.selected: current
    Accessible.onPressAction: row.toggled()

    function spoken(): string {
        switch (item.kind) {
        case "step": return qsTr("Step %1, %2").arg(item.title).arg(item.status);
        case "tool": return qsTr("%1 %2, %3").arg(item.toolKind).arg(item.title).arg(item.status);
        case "diff": return qsTr("Changed %1, lines added %2, removed %3").arg(item.path).arg(item.added).arg(item.removed);
        case "plan": return qsTr("Plan, %n line(s)", "", item.entries.length);
        case "permission": return qsTr("Asked: %1, %2").arg(item.title).arg(item.status);
        case "check": return qsTr("Check %1, before %2, after %3").arg(item.title).arg(item.before).arg(item.after);
        case "end": return qsTr("Turn ended: %1").arg(item.status);
        default: return item.text;
        }
    }

    Rectangle {
        visible: row.current
        width: 3
        height: parent.height
        color: Theme.focus
    }
    Loader {
        id: part
        x: Theme.m
        width: parent.width - Theme.m - 14
        sourceComponent: {
            switch (row.item.kind) {
            case "step": return step;
            case "tool": return tool;
            case "diff": return diff;
            case "plan": return plan;
            case "permission": return permission;
            case "check": return check;
            case "raw": return printed;
            default: return said;
            }
        }
    }
    Component { id: step; StoryStep { item: row.item } }
    Component { id: said; StorySaid { item: row.item; onToggled: row.toggled() } }
    Component { id: printed; StoryPrinted { item: row.item; onToggled: row.toggled() } }
    Component { id: tool; StoryTool { item: row.item; onToggled: row.toggled() } }
    Component { id: diff; StoryDiff { item: row.item; code: row.code; onToggled: row.toggled() } }
    Component { id: plan; PlanList { entries: row.item.entries; states: row.item.states } }
    Component { id: permission; StoryPermission { item: row.item } }
    Component { id: check; StoryCheck { item: row.item; onToggled: row.toggled() } }
}
