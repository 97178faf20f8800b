// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Everything that waits for an answer, over all runs: the oldest first, answered by number, the next one follows.
Sheet {
    id: sheet

    title: qsTr("Waiting for your answer")
    text: questions.count === 0 ? "" : qsTr("Arrows choose, 1 to 9 answer, M writes a word with it, O opens what it is about.")
    width: Math.min(980, (parent ? parent.width : 900) - 60)
    height: Math.min(640, (parent ? parent.height : 600) - 60)
    firstFocus: list

    ApprovalsView {
        id: questions
        everything: true
    }
    Item {
        Layout.fillWidth: true
        Layout.fillHeight: true
        implicitHeight: 480

        ApprovalKeys {
            questions: questions
            active: sheet.opened
            onAnswered: list.forceActiveFocus()
        }
        Shortcut { sequence: "M"; enabled: sheet.opened && questions.count > 0; onActivated: card.messageField.forceActiveFocus() }
        Shortcut { sequence: "O"; enabled: sheet.opened && questions.about !== ""; onActivated: sheet.openRun() }

        RowLayout {
            anchors.fill: parent
            visible: questions.count > 0
            spacing: Theme.m
            RowList {
                id: list
                label: qsTr("Questions")
                reuseItems: false
                model: questions.waiting
                selected: questions.currentIndex
                onPicked: index => questions.pick(index)
                onOpened: sheet.openRun()
                Layout.preferredWidth: 330
                Layout.fillHeight: true
                delegate: ApprovalRow { }
            }
            Rule { Layout.fillHeight: true; Layout.preferredWidth: 1 }
            ScrollPane {
                inset: 0
                label: qsTr("Question")
                Layout.fillWidth: true
                Layout.fillHeight: true
                RowLayout {
                    spacing: Theme.s
                    Heading { text: questions.plugin }
                    Muted { text: questions.work; Layout.fillWidth: true; Layout.topMargin: 2 }
                    AppButton { visible: questions.about !== ""; text: questions.kind === "proposal" ? qsTr("Look at it") : qsTr("Open the run"); keys: "O"; onClicked: sheet.openRun() }
                }
                ApprovalCard {
                    id: card
                    questions: questions
                    onAnswered: list.forceActiveFocus()
                    Layout.fillWidth: true
                }
            }
        }
        EmptyState {
            visible: questions.count === 0
            anchors.centerIn: parent
            iconName: "circle-check"
            title: qsTr("Nothing waits for you")
            text: qsTr("What an agent may not do by itself, steps that want a person's word, and what a brief proposes are asked here.")
        }
    }

    function openRun() {
        const about = questions.about;
        close();
        App.follow(about);
    }
}
