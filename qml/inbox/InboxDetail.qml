// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The group or ticket that is selected: what to do with it, what is known, and the newest event as it was received.
Rectangle {
    id: detail

    required property InboxView view
    signal declineAsked
    signal assignAsked
    signal runAsked

    color: Theme.raised

    ScrollPane {
        anchors.fill: parent
        label: detail.view.title

        RowLayout {
            spacing: Theme.s
            Tag { text: detail.view.state; tone: detail.view.tone; iconName: detail.view.icon }
            Tag { visible: detail.view.tainted; text: qsTr("holds text from outside"); tone: "warning"; iconName: "shield" }
            Item { Layout.fillWidth: true }
        }
        AppText {
            text: detail.view.title
            font.pixelSize: Theme.large
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            maximumLineCount: 4
            Layout.fillWidth: true
        }
        Flow {
            spacing: Theme.s
            visible: !detail.view.showTickets
            Layout.fillWidth: true
            AppButton {
                visible: detail.view.ticketOfGroup === ""
                text: qsTr("Make a ticket")
                kind: "primary"
                keys: "T"
                onClicked: detail.view.makeTicket()
            }
            AppButton {
                visible: detail.view.ticketOfGroup !== ""
                text: qsTr("Go to its ticket")
                kind: "primary"
                keys: "T"
                onClicked: App.follow(detail.view.ticketOfGroup)
            }
            AppButton {
                text: detail.view.muted ? qsTr("Hear again") : qsTr("Mute")
                iconName: "mute"
                keys: "M"
                onClicked: detail.view.mute()
            }
        }
        TicketActions {
            view: detail.view
            visible: detail.view.showTickets
            Layout.fillWidth: true
            onDeclineAsked: detail.declineAsked()
            onAssignAsked: detail.assignAsked()
            onRunAsked: detail.runAsked()
        }
        Section {
            title: qsTr("Facts")
            Facts { model: detail.view.facts; Layout.fillWidth: true }
        }
        Section {
            title: qsTr("Crash site")
            visible: detail.view.frames.count > 0
            FrameList { frames: detail.view.frames; Layout.fillWidth: true }
        }
        Section {
            title: qsTr("Newest event, as received")
            visible: detail.view.trace !== ""
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
                    text: detail.view.trace
                    wrapMode: Text.WrapAnywhere
                    lineHeight: 1.2
                    verticalAlignment: Text.AlignTop
                    maximumLineCount: 24
                    elide: Text.ElideRight
                }
            }
            AppButton { text: qsTr("Copy"); iconName: "copy"; kind: "quiet"; onClicked: App.copy(detail.view.trace) }
        }
        Section {
            title: qsTr("Events")
            note: detail.view.events.count === 50 ? qsTr("The newest 50.") : ""
            visible: detail.view.events.count > 1
            Repeater {
                model: detail.view.events
                RowLayout {
                    id: event
                    required property string message
                    required property double at
                    required property string release
                    required property int index
                    visible: index < 10
                    spacing: Theme.s
                    Code { text: event.message; Layout.fillWidth: true }
                    Muted { text: event.release }
                    AgeText { at: event.at }
                }
            }
        }
    }
}
