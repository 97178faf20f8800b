// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The current line closely: what to do with it, what is known, what is guessed, and the newest event as it was received.
Rectangle {
    id: pane

    required property InboxView view
    readonly property EntryDetail detail: view.detail
    readonly property alias actions: actions

    color: Theme.raised

    ScrollPane {
        id: scroll
        anchors.fill: parent
        label: pane.detail.title
        // Another line is read from its beginning; news of the same one leave the place alone.
        readonly property string key: pane.detail.item.key
        onKeyChanged: contentY = 0

        Flow {
            spacing: 6
            Layout.fillWidth: true
            Tag { text: pane.detail.item.status; tone: pane.detail.item.tone; iconName: pane.detail.item.statusIcon }
            Tag { visible: pane.detail.item.snoozed !== ""; text: pane.detail.item.snoozed; iconName: "snooze" }
            Tag { visible: pane.detail.item.regressed; text: qsTr("came back"); tone: "danger"; iconName: "undo" }
            Tag { visible: pane.detail.muted; text: qsTr("muted"); iconName: "mute" }
            Tag { visible: pane.detail.item.assignee !== ""; text: pane.detail.item.assignee; iconName: "person" }
            Tag { visible: pane.detail.item.tainted; text: qsTr("holds text from outside"); tone: "warning"; iconName: "shield" }
        }
        AppText {
            text: pane.detail.title
            font.pixelSize: Theme.large
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            maximumLineCount: 4
            elide: Text.ElideRight
            Layout.fillWidth: true
            Accessible.role: Accessible.Heading
        }
        Muted {
            visible: text !== ""
            text: pane.detail.why
            wrapMode: Text.Wrap
            Layout.fillWidth: true
        }
        EntryActions {
            id: actions
            view: pane.view
            Layout.fillWidth: true
        }
        AppText {
            visible: text !== ""
            text: pane.detail.text
            wrapMode: Text.Wrap
            lineHeight: 1.2
            Layout.fillWidth: true
        }
        TrendPanel {
            visible: pane.detail.item.events !== ""
            item: pane.detail.item
            Layout.fillWidth: true
            Layout.topMargin: Theme.xs
        }
        Section {
            title: qsTr("Facts")
            Facts { model: pane.detail.facts; Layout.fillWidth: true }
        }
        Section {
            title: qsTr("Its way")
            visible: pane.detail.way.count > 0
            Facts { model: pane.detail.way; Layout.fillWidth: true }
        }
        Section {
            title: qsTr("Suspect commit")
            note: pane.detail.suspects.count > 0 ? qsTr("Guessed by rules from the crash site and the history.") : ""
            visible: pane.detail.groupId !== ""
            SuspectList { detail: pane.detail; Layout.fillWidth: true }
        }
        Section {
            title: qsTr("Draft")
            note: pane.detail.draft
            visible: pane.detail.draft !== ""
            Facts { model: pane.detail.guesses; Layout.fillWidth: true }
        }
        Section {
            title: qsTr("Alike")
            visible: pane.detail.similar.count > 0
            SimilarList { detail: pane.detail; Layout.fillWidth: true }
        }
        Section {
            title: qsTr("Crash site")
            visible: pane.detail.frames.count > 0
            FrameList { frames: pane.detail.frames; Layout.fillWidth: true }
            Muted { visible: pane.detail.moreFrames > 0; text: qsTr("and %n more frame(s)", "", pane.detail.moreFrames) }
        }
        EntryEvidence {
            detail: pane.detail
            Layout.fillWidth: true
        }
        Section {
            title: qsTr("Decided about its events")
            visible: pane.detail.rules.count > 0
            Repeater {
                model: pane.detail.rules
                RowLayout {
                    id: rule
                    required property string sentence
                    required property string operation
                    spacing: Theme.s
                    AppText { text: rule.sentence; wrapMode: Text.Wrap; Layout.fillWidth: true }
                    AppButton { visible: rule.operation !== ""; text: qsTr("Undo"); onClicked: pane.view.undoRule(rule.operation, rule.sentence) }
                }
            }
        }
        Section {
            title: qsTr("Comments")
            visible: pane.detail.comments.count > 0
            Repeater {
                model: pane.detail.comments
                ColumnLayout {
                    id: comment
                    required property string author
                    required property string text
                    required property double at
                    required property bool outside
                    spacing: 2
                    Layout.fillWidth: true
                    RowLayout {
                        spacing: Theme.s
                        Muted { text: comment.author; font.weight: Font.Medium }
                        AgeText { at: comment.at }
                        Tag { visible: comment.outside; text: qsTr("from outside"); tone: "warning"; iconName: "shield" }
                    }
                    AppText { text: comment.text; wrapMode: Text.Wrap; Layout.fillWidth: true }
                }
            }
        }
    }
}
