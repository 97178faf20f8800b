// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// One plugin: its tier and why, its reasons, what to do next and what that brings, and its score over time.
Rectangle {
    id: detail

    required property HealthView view
    property alias reasons: reasonList

    color: Theme.raised

    ColumnLayout {
        anchors.fill: parent
        anchors.topMargin: Theme.m
        spacing: Theme.s
        RowLayout {
            spacing: Theme.s
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
            Heading { text: detail.view.current; elide: Text.ElideRight; Layout.fillWidth: true }
            Tag { text: detail.view.currentTier; tone: detail.view.currentTone; iconName: detail.view.currentIcon }
            AppText { text: qsTr("%1 of 100").arg(detail.view.currentPoints); font.weight: Font.DemiBold }
        }
        AppText {
            text: detail.view.currentWhy
            color: Theme.muted
            wrapMode: Text.Wrap
            Layout.fillWidth: true
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
        }
        RowLayout {
            spacing: Theme.s
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
            AppButton { text: qsTr("Make a ticket"); iconName: "ticket"; keys: "T"; onClicked: detail.view.makeTicket() }
            AppButton { text: qsTr("Run set-up and tests"); iconName: "play"; keys: "R"; enabled: !detail.view.measuring; onClicked: detail.view.runChecks() }
            AppButton { text: qsTr("Catalog"); keys: "C"; onClicked: App.show("catalog", detail.view.current) }
        }
        Rule { Layout.fillWidth: true }
        ReasonList {
            id: reasonList
            view: detail.view
            Layout.fillWidth: true
            Layout.fillHeight: true
        }
        Rule { Layout.fillWidth: true }
        ColumnLayout {
            spacing: 4
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
            Layout.bottomMargin: Theme.s
            Caption { text: qsTr("Points over time, the last 90 days") }
            HealthChart {
                steps: detail.view.steps
                from: App.now - 90 * 86400000
                until: App.now
                line: Theme.ink(detail.view.currentTone)
                area: Theme.ground(detail.view.currentTone)
                grid: Theme.border
                ink: Theme.muted
                family: Theme.family
                Layout.fillWidth: true
                Layout.preferredHeight: 96
                Accessible.role: Accessible.Graphic
                Accessible.name: qsTr("Points of %1 over time, now %2").arg(detail.view.current).arg(detail.view.currentPoints)
            }
            Repeater {
                model: detail.view.movements
                RowLayout {
                    id: movement
                    required property int index
                    required property string text
                    required property string moved
                    required property string tone
                    required property double at
                    visible: index < 3
                    spacing: Theme.s
                    Muted { text: App.age(movement.at, App.now); Layout.preferredWidth: 82 }
                    AppText { text: movement.moved; color: Theme.ink(movement.tone); horizontalAlignment: Text.AlignRight; Layout.preferredWidth: 42 }
                    AppText { text: movement.text; elide: Text.ElideRight; Layout.fillWidth: true }
                }
            }
        }
    }
}
