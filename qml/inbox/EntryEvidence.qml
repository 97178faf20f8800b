// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The newest event as it was received, what it carries, and the events before it.
ColumnLayout {
    id: evidence

    required property EntryDetail detail

    spacing: Theme.m
    Section {
        title: qsTr("Newest event, as received")
        visible: evidence.detail.trace !== ""
        Rectangle {
            color: Theme.sunken
            radius: Theme.radius
            border.color: Theme.border
            implicitHeight: Math.min(trace.implicitHeight + 2 * Theme.s, 420)
            clip: true
            Layout.fillWidth: true
            Code {
                id: trace
                x: Theme.s
                y: Theme.s
                width: parent.width - 2 * Theme.s
                text: evidence.detail.trace
                wrapMode: Text.WrapAnywhere
                lineHeight: 1.2
                verticalAlignment: Text.AlignTop
                maximumLineCount: 24
                elide: Text.ElideRight
            }
        }
        AppButton { text: qsTr("Copy"); iconName: "copy"; kind: "quiet"; onClicked: App.copy(evidence.detail.trace) }
    }
    Section {
        title: qsTr("Its tags")
        visible: evidence.detail.tags.count > 0
        Facts { model: evidence.detail.tags; Layout.fillWidth: true }
    }
    Section {
        title: qsTr("Releases")
        visible: evidence.detail.releases.count > 0
        Facts { model: evidence.detail.releases; Layout.fillWidth: true }
    }
    Section {
        title: qsTr("Events")
        note: evidence.detail.events.count === 10 ? qsTr("The newest 10.") : ""
        visible: evidence.detail.events.count > 1
        Repeater {
            model: evidence.detail.events
            RowLayout {
                id: event
                required property string message
                required property double at
                required property string release
                required property string place
                spacing: Theme.s
                Code { text: event.message; Layout.fillWidth: true }
                Muted { text: event.release; Layout.maximumWidth: 80 }
                Muted { text: event.place; Layout.maximumWidth: 80 }
                AgeText { at: event.at }
            }
        }
    }
}
