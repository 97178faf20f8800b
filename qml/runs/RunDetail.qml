// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// One run: how it stands, what it asks, its story, and what its client printed.
Rectangle {
    id: detail

    required property RunsView view
    required property ApprovalsView questions
    readonly property bool wide: width > 940
    readonly property var tabs: wide ? ["story", "log"] : ["story", "facts", "log"]
    property string tab: "story"
    readonly property string shown: tabs.indexOf(tab) < 0 ? "story" : tab
    signal cancelAsked
    signal byHandAsked
    signal contextAsked

    function toTheEnd() {
        story.toTheEnd();
    }
    function focusTab() {
        if (shown === "log")
            log.lines.forceActiveFocus();
        else if (shown === "facts")
            facts.forceActiveFocus();
        else
            story.forceActiveFocus();
    }
    function show(name: string) {
        tab = name;
        focusTab();
    }

    color: Theme.raised

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: Theme.l
        anchors.bottomMargin: Theme.m
        spacing: Theme.m

        RunHead { view: detail.view; Layout.fillWidth: true }
        RunActions {
            view: detail.view
            Layout.fillWidth: true
            onCancelAsked: detail.cancelAsked()
            onByHandAsked: detail.byHandAsked()
            onContextAsked: detail.contextAsked()
        }
        Labelled {
            visible: detail.view.canTake
            label: qsTr("Work in this folder, then take it")
            Code { text: detail.view.workFolder; wrapMode: Text.WrapAnywhere; Layout.fillWidth: true }
        }
        ApprovalCard {
            visible: detail.questions.count > 0
            questions: detail.questions
            framed: true
            Layout.fillWidth: true
        }
        RowLayout {
            spacing: Theme.m
            Segments {
                current: detail.tabs.indexOf(detail.shown)
                options: detail.wide ? [{text: qsTr("Story")}, {text: qsTr("Log")}]
                                     : [{text: qsTr("Story")}, {text: qsTr("Facts")}, {text: qsTr("Log")}]
                onPicked: index => detail.tab = detail.tabs[index]
            }
            Muted {
                visible: detail.shown === "log" && detail.view.log.cut
                text: qsTr("Earlier lines are left out.")
            }
            Muted {
                visible: detail.shown === "story" && detail.view.story.loading
                text: qsTr("Reading…")
            }
            Item { Layout.fillWidth: true }
        }
        RowLayout {
            spacing: Theme.l
            StoryPane {
                id: story
                visible: detail.shown === "story"
                view: detail.view
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.leftMargin: -Theme.s
            }
            LogView {
                id: log
                visible: detail.shown === "log"
                model: detail.view.log
                emptyText: detail.view.canCancel ? qsTr("Nothing printed yet") : qsTr("It printed nothing")
                Layout.fillWidth: true
                Layout.fillHeight: true
            }
            RunFacts {
                id: facts
                visible: detail.wide || detail.shown === "facts"
                view: detail.view
                Layout.fillWidth: !detail.wide
                Layout.fillHeight: true
                Layout.preferredWidth: detail.wide ? 300 : -1
                Layout.maximumWidth: detail.wide ? 300 : 4000
            }
        }
    }
}
