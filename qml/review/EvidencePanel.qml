// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What speaks for the patch and against it: ticket, checks, flags, client, cost.
Rectangle {
    id: panel

    required property ReviewView view
    property bool folded: false

    function showChecks() { checkLog.show(view.run, ""); }

    implicitHeight: folded ? 34 : Math.min(line.implicitHeight + 2 * Theme.m, 230)
    color: Theme.raised
    clip: true
    Rule { width: parent.width; anchors.bottom: parent.bottom }
    CheckLogSheet { id: checkLog }

    RowLayout {
        visible: panel.folded
        anchors.fill: parent
        anchors.leftMargin: Theme.l
        anchors.rightMargin: Theme.l
        spacing: Theme.m
        Caption { text: qsTr("Evidence") }
        Mark { icon: "flag"; tone: "warning"; count: panel.view.flags.count; hint: qsTr("risk flags") }
        Muted { text: qsTr("folded; V opens it"); Layout.fillWidth: true }
    }
    RowLayout {
        id: line
        visible: !panel.folded
        anchors.fill: parent
        anchors.margins: Theme.m
        anchors.leftMargin: Theme.l
        anchors.rightMargin: Theme.l
        spacing: Theme.xl
        EvidenceList {
            rows: panel.view.evidence
            loading: panel.view.loading
            Layout.alignment: Qt.AlignTop
            Layout.fillWidth: true
            Layout.preferredWidth: 1
        }
        ChecksTable {
            checks: panel.view.checks
            visible: panel.view.checks.count > 0
            onOpened: check => checkLog.show(panel.view.run, check)
            Layout.alignment: Qt.AlignTop
            Layout.fillWidth: true
            Layout.preferredWidth: 1
        }
        ColumnLayout {
            spacing: 2
            Layout.alignment: Qt.AlignTop
            Layout.fillWidth: true
            Layout.preferredWidth: 1
            Caption { text: qsTr("Risk flags"); Layout.preferredHeight: 22 }
            Muted {
                visible: panel.view.flags.count === 0
                text: panel.view.loading ? qsTr("Looking…") : qsTr("None found.")
            }
            FlagList {
                view: panel.view
                Layout.fillWidth: true
                Layout.preferredHeight: Math.min(contentHeight, 170)
            }
        }
    }
}
