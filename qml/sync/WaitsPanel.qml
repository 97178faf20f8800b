// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

// What waits for a person: a list, and what the selected one is about.
SplitView {
    id: panel

    required property WaitsView view
    readonly property alias list: list
    signal dropAsked

    handle: SplitHandle { }

    RowList {
        id: list
        SplitView.fillWidth: true
        SplitView.minimumWidth: 420
        label: qsTr("What waits for you")
        model: panel.view.rows
        selected: panel.view.currentIndex
        onPicked: index => panel.view.pick(index)
        delegate: ListRow {
            id: row
            required property string plugin
            required property string what
            required property string path
            required property string status
            required property string tone
            required property string icon
            required property double at
            RowLayout {
                anchors.fill: parent
                spacing: Theme.m
                AppText { text: row.plugin; font.weight: Font.Medium; Layout.preferredWidth: 120 }
                Item {
                    Layout.preferredWidth: 84
                    implicitHeight: 20
                    Tag { text: row.status; tone: row.tone; iconName: row.icon }
                }
                AppText { text: row.what; Layout.preferredWidth: 172 }
                Code { text: row.path; color: Theme.muted; elide: Text.ElideMiddle; Layout.fillWidth: true }
                AgeText { visible: row.at > 0; at: row.at; Layout.preferredWidth: 72 }
            }
        }
        EmptyState {
            visible: list.count === 0
            anchors.centerIn: parent
            iconName: "check"
            title: panel.view.loading ? qsTr("Looking…") : qsTr("Nothing waits for you")
            text: panel.view.loading ? "" : qsTr("A pull asks here where an upstream changed its copy of a template. A conflict that you resolve lies here, too.")
        }
    }

    Rectangle {
        visible: panel.view.kind !== ""
        color: Theme.raised
        SplitView.preferredWidth: Math.max(420, panel.width * 0.4)
        SplitView.minimumWidth: 320

        ScrollPane {
            anchors.fill: parent
            label: panel.view.heading

            Heading { text: panel.view.heading; wrapMode: Text.Wrap; Layout.fillWidth: true }
            WaitsChoices { view: panel.view; visible: panel.view.kind === "link" || panel.view.kind === "copy" }
            ConflictActions {
                view: panel.view
                visible: panel.view.kind === "conflict"
                onDropAsked: panel.dropAsked()
            }
            Section {
                visible: panel.view.lines.count > 0
                title: qsTr("What differs")
                note: panel.view.kind === "link" ? qsTr("− as the template has it, + as the upstream has it") : qsTr("− as the template has it, + as the plugin has it")
                ColumnLayout {
                    spacing: 0
                    Layout.fillWidth: true
                    Repeater {
                        model: panel.view.lines
                        Rectangle {
                            id: line
                            required property string text
                            required property string tone
                            color: tone === "" ? "transparent" : Theme.ground(tone)
                            implicitHeight: code.implicitHeight + 2
                            Layout.fillWidth: true
                            Code {
                                id: code
                                anchors.fill: parent
                                anchors.leftMargin: Theme.xs
                                text: line.text
                                elide: Text.ElideRight
                            }
                        }
                    }
                }
            }
        }
    }
}
