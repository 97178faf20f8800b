// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// Error groups and tickets in one inbox.
RowList {
    id: inbox

    required property InboxView view
    required property InboxColumns columns
    signal importAsked
    signal ticketAsked

    label: qsTr("Inbox")
    reuseItems: false // layouts of rows that are used again forget what is not shown any more
    model: view.list
    selected: view.currentIndex
    onPicked: index => view.pick(index)
    onOpened: view.detail.answer !== "" ? App.follow(view.detail.answer) : view.detail.ticketId === "" ? view.makeTicket() : undefined
    Connections {
        target: inbox.view
        function onDrawnAnew() {
            again.start();
        }
    }
    Timer {
        id: again
        interval: 0
        onTriggered: if (inbox.selected >= 0) inbox.positionViewAtIndex(inbox.selected, ListView.Contain)
    }
    delegate: InboxRow {
        id: row
        columns: inbox.columns
        onPicked: modifiers => {
            inbox.forceActiveFocus();
            if (modifiers & Qt.ShiftModifier)
                inbox.view.extendTo(row.index);
            else
                inbox.view.toggle(row.index);
        }
    }

    // Why nothing is here, and what to do about it.
    readonly property bool narrowed: view.filter !== "" || view.section > 0
    EmptyState {
        visible: inbox.count === 0 && inbox.view.loaded && !inbox.view.error.present && inbox.narrowed
        anchors.centerIn: parent
        iconName: inbox.view.section === 1 && inbox.view.filter === "" ? "circle-check" : "filter"
        title: inbox.view.filter !== "" ? qsTr("Nothing fits")
             : inbox.view.section === 1 ? qsTr("Everything is triaged")
             : inbox.view.section === 2 ? qsTr("Nothing is assigned to you")
             : inbox.view.section === 3 ? qsTr("Nothing is snoozed") : qsTr("The inbox is empty")
        text: inbox.view.filter !== "" ? qsTr("No line of this section has all of it. %n line(s) are in the inbox.", "", inbox.view.all)
            : inbox.view.section === 1 ? qsTr("Nobody has to decide about anything. What is being worked on is under Open.") : ""
        AppButton { visible: inbox.view.filter !== ""; text: qsTr("Clear the filter"); onClicked: inbox.view.filter = "" }
        AppButton { visible: inbox.view.section !== 4; text: qsTr("Show all"); keys: "5"; onClicked: inbox.view.section = 4 }
    }
    EmptyState {
        visible: inbox.count === 0 && inbox.view.loaded && !inbox.view.error.present && !inbox.narrowed
        anchors.centerIn: parent
        iconName: "inbox"
        title: inbox.view.all > 0 ? qsTr("Nothing is open") : qsTr("No errors yet")
        text: inbox.view.all > 0 ? qsTr("Everything is closed, declined, muted or snoozed.")
                                : qsTr("Import a log from production, or let plugins send their errors: coppicectl serve. Equal errors become one line.")
        AppButton { visible: inbox.view.all === 0; text: qsTr("Import a log…"); keys: "I"; kind: "primary"; onClicked: inbox.importAsked() }
        AppButton { visible: inbox.view.all === 0; text: qsTr("New ticket…"); keys: "N"; onClicked: inbox.ticketAsked() }
        AppButton { visible: inbox.view.all > 0; text: qsTr("Show all"); keys: "5"; onClicked: inbox.view.section = 4 }
    }
    EmptyState {
        visible: !inbox.view.loaded
        anchors.centerIn: parent
        iconName: "clock"
        title: qsTr("Reading the inbox…")
    }
    ErrorNote {
        error: inbox.view.error
        width: parent.width - 2 * Theme.l
        anchors.centerIn: parent
    }
}
