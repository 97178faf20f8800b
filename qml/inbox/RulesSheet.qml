// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The rules that triage by themselves: what each says and did, a switch for each, and a way back for each act.
Sheet {
    id: sheet

    title: qsTr("Rules that triage by themselves")
    text: qsTr("They stand under triage: rules: in coppice.yaml. Each new error group is touched by the first that fits, once; what a person has touched is left alone. A switch holds for everybody.")
    width: Math.min(760, (parent ? parent.width : 800) - 40)
    firstFocus: list
    onAboutToShow: rules.read()

    RulesView { id: rules }

    RowList {
        id: list
        label: qsTr("Rules")
        model: rules.rules
        selected: rules.current
        visible: count > 0
        implicitHeight: Math.min(count, 5) * 62
        onPicked: index => rules.pick(index)
        onOpened: index => rules.toggle(index)
        Keys.onSpacePressed: rules.toggle(rules.current)
        Layout.fillWidth: true
        delegate: ListRow {
            id: row
            required property string name
            required property string when
            required property string then
            required property bool on
            required property int week
            required property int ever
            required property double last
            height: 62
            spoken: name + (on ? qsTr(", on. ") : qsTr(", off. ")) + when + " " + then
            RowLayout {
                anchors.fill: parent
                spacing: Theme.m
                AppCheck {
                    text: ""
                    checked: row.on
                    focusPolicy: Qt.NoFocus
                    Accessible.name: row.name
                    onToggled: rules.toggle(row.index)
                    Layout.preferredWidth: 18
                }
                ColumnLayout {
                    spacing: 2
                    Layout.fillWidth: true
                    RowLayout {
                        spacing: Theme.s
                        AppText { text: row.name; font.weight: Font.DemiBold; color: row.on ? Theme.text : Theme.muted }
                        Tag { visible: !row.on; text: qsTr("off") }
                        Item { Layout.fillWidth: true }
                        Muted { text: row.ever === 0 ? qsTr("has not acted yet") : qsTr("%1 this week, %2 in all").arg(row.week).arg(row.ever >= 1000 ? "1000+" : row.ever) }
                        AgeText { visible: row.last > 0; at: row.last; before: "· " }
                    }
                    Muted { text: row.when + " " + row.then; wrapMode: Text.Wrap; maximumLineCount: 2; elide: Text.ElideRight; Layout.fillWidth: true }
                }
            }
        }
    }
    Section {
        title: qsTr("coppice.yaml has mistakes. A rule that is spelt wrong is not followed")
        visible: rules.problems !== ""
        AppText {
            text: rules.problems
            color: Theme.danger
            wrapMode: Text.Wrap
            maximumLineCount: 8
            elide: Text.ElideRight
            Layout.fillWidth: true
        }
    }
    EmptyState {
        visible: rules.loaded && list.count === 0 && rules.problems === ""
        iconName: "filter"
        title: qsTr("No rules yet")
        text: qsTr("Add some under triage: rules: in coppice.yaml, for example one that mutes what a load test causes. The help on production has examples.")
        Layout.alignment: Qt.AlignHCenter
    }
    Section {
        title: qsTr("What it did last")
        visible: rules.acts.count > 0
        Repeater {
            model: rules.acts
            RowLayout {
                id: act
                required property string key
                required property string text
                required property double at
                required property bool undone
                required property string problem
                required property string entity
                spacing: Theme.s
                AppText { text: act.text; color: act.undone ? Theme.muted : Theme.text; Layout.fillWidth: true }
                Muted { visible: text !== ""; text: act.problem; Layout.maximumWidth: 200 }
                AgeText { at: act.at }
                AppButton {
                    kind: "quiet"
                    text: qsTr("Show")
                    onClicked: {
                        sheet.close();
                        App.follow(act.entity);
                    }
                }
                AppButton { visible: !act.undone; text: qsTr("Undo"); onClicked: rules.undo(act.key) }
                Muted { visible: act.undone; text: qsTr("taken back") }
            }
        }
    }
    RowLayout {
        spacing: Theme.s
        AppButton { visible: list.count > 0; text: qsTr("Triage now"); iconName: "play"; hint: qsTr("Not only at the engine's next turn"); onClicked: rules.runNow() }
        Item { Layout.fillWidth: true }
        AppButton { text: qsTr("Close"); keys: "Esc"; onClicked: sheet.close() }
    }
}
