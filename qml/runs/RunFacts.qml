// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What is known of a run beside its story: plan, checks, and figures.
ScrollPane {
    id: pane

    required property RunsView view

    label: qsTr("Facts and checks")
    activeFocusOnTab: true
    inset: Theme.m
    CheckLogSheet { id: checkLog }

    Section {
        visible: pane.view.checks.count > 0
        title: qsTr("Checks")
        ChecksTable {
            checks: pane.view.checks
            Layout.fillWidth: true
            onOpened: check => checkLog.show(pane.view.current, check)
        }
    }
    Section {
        visible: pane.view.story.plan.length > 0
        title: qsTr("Plan")
        note: ""
        PlanList { entries: pane.view.story.plan; states: pane.view.story.planStates; Layout.fillWidth: true }
    }
    Section {
        title: qsTr("Facts")
        Facts { model: pane.view.facts; nameWidth: 76; Layout.fillWidth: true }
    }
}
