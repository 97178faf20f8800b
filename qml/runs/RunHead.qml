// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Which run it is, how it stands, what it has cost so far; under it how it came out, in a sentence.
ColumnLayout {
    id: head

    required property RunsView view
    property double now: App.now

    spacing: Theme.s

    Timer {
        interval: 1000
        repeat: true
        running: head.view.active && head.view.working
        onTriggered: head.now = Date.now()
    }
    RowLayout {
        spacing: Theme.s
        Heading { text: head.view.title; Layout.maximumWidth: head.width * 0.4 }
        Muted { text: head.view.work; Layout.topMargin: 2; Layout.fillWidth: true; Layout.maximumWidth: implicitWidth + 1 }
        Tag { text: head.view.state; tone: head.view.tone; iconName: head.view.icon }
        Tag { visible: head.view.tainted; text: qsTr("text from outside"); tone: "warning"; iconName: "shield" }
        Tag { visible: head.view.replayed; text: qsTr("played back"); tone: "warning"; iconName: "refresh" }
        Item { Layout.fillWidth: true }
        Muted {
            readonly property string context: head.view.story.contextPercent > 0 && head.view.working
                                              ? qsTr("context %1 %").arg(head.view.story.contextPercent) : ""
            readonly property string took: head.view.started > 0 ? Durations.of((head.view.ended > 0 && !head.view.working ? head.view.ended : head.now)
                                                                                 - head.view.started) : ""
            readonly property string before: head.view.spent + (head.view.spent !== "" && context !== "" ? " · " : "") + context
            text: before + (before !== "" && took !== "" ? " · " : "") + took
        }
    }
    Rectangle {
        visible: head.view.outcome !== "" && !head.view.working
        radius: Theme.radius
        color: Theme.ground(head.view.outcomeTone)
        implicitHeight: outcome.implicitHeight + 2 * Theme.s
        Layout.fillWidth: true
        AppText {
            id: outcome
            anchors.fill: parent
            anchors.margins: Theme.s
            anchors.leftMargin: Theme.m
            text: head.view.outcome
            wrapMode: Text.Wrap
            maximumLineCount: 6
            elide: Text.ElideRight
        }
    }
}
