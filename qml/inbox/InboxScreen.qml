// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

// Errors from production and the tickets made of them, in one list; what is decided is decided here.
AppScreen {
    id: screen

    name: "inbox"
    firstFocus: list

    InboxView {
        id: view
        active: screen.active
    }
    Connections {
        target: view
        function onWishChanged() {
            if (filter.text !== view.filter)
                filter.text = view.filter;
        }
    }
    InboxColumns { id: columns; width: list.width }
    InboxSheets { id: sheets; view: view; onDone: list.forceActiveFocus() }
    InboxCommands {
        view: view
        active: screen.active
        inList: list.activeFocus
        onFilterAsked: filter.forceActiveFocus()
        onTicketAsked: sheets.newTicket.begin(view.detail.plugin)
        onImportAsked: sheets.importLog.open()
        onDeclineAsked: sheets.decline.open()
        onSnoozeAsked: sheets.snooze.open()
        onDuplicateAsked: sheets.duplicate.open()
        onAssignAsked: sheets.assign.open()
        onMuteAsked: sheets.mute.begin(false)
        onSplitAsked: sheets.mute.begin(true)
        onCommentAsked: sheets.comment.open()
        onRunAsked: sheets.run.begin(view.detail.ticketId, view.detail.plugin)
        onRulesAsked: sheets.rules.open()
        onSearchesAsked: saving => sheets.searches.begin(saving)
        onOrderAsked: sheets.order.open()
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        ScreenHeader {
            title: qsTr("Inbox")
            note: view.fresh > 0 && view.lookedAt > 0 ? qsTr("%n new or more since you looked, %1", "", view.fresh).arg(App.age(view.lookedAt, App.now)) : ""
            AppButton { visible: view.fresh > 0; text: qsTr("Looked at"); keys: "L"; hint: qsTr("All of it counts as looked at"); onClicked: view.lookedNow() }
            AppButton { text: qsTr("Rules…"); keys: "Y"; hint: qsTr("Rules that triage by themselves"); onClicked: sheets.rules.open() }
            AppButton { text: qsTr("Import a log…"); iconName: "file"; keys: "I"; onClicked: sheets.importLog.open() }
            AppButton { text: qsTr("New ticket…"); iconName: "plus"; keys: "N"; onClicked: sheets.newTicket.begin(view.detail.plugin) }
        }
        RowLayout {
            spacing: Theme.s
            Layout.margins: Theme.s
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
            Segments {
                options: [{ text: qsTr("Open"), count: view.counts[0] ?? 0 }, { text: qsTr("To triage"), count: view.counts[1] ?? 0 },
                          { text: qsTr("Mine"), count: view.counts[2] ?? 0 }, { text: qsTr("Snoozed"), count: view.counts[3] ?? 0 },
                          { text: qsTr("All"), count: view.counts[4] ?? 0 }]
                current: view.section
                onPicked: index => view.section = index
            }
            Item { Layout.fillWidth: true; Layout.maximumWidth: 40 }
            FilterField {
                id: filter
                list: list
                wrong: view.problem !== ""
                placeholderText: qsTr("Filter: words, plugin:, is:new, release:, tag:…")
                onTextChanged: view.filter = text
                Layout.fillWidth: true
                Layout.minimumWidth: 120
            }
            AppButton { text: view.search !== "" ? view.search : qsTr("Searches…"); iconName: "search"; keys: "V"; hint: qsTr("Searches that are kept; Ctrl+S keeps the filter"); onClicked: sheets.searches.begin(false) }
        }
        Muted {
            visible: text !== ""
            text: view.problem
            color: Theme.danger
            wrapMode: Text.Wrap
            Layout.fillWidth: true
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
            Layout.bottomMargin: Theme.s
        }
        Rule { Layout.fillWidth: true }
        SplitView {
            Layout.fillWidth: true
            Layout.fillHeight: true
            handle: SplitHandle { }
            ColumnLayout {
                spacing: 0
                SplitView.preferredWidth: Math.max(420, screen.width * 0.57)
                SplitView.minimumWidth: 360
                InboxHead { view: view; columns: columns; visible: list.count > 0; Layout.fillWidth: true }
                InboxList {
                    id: list
                    view: view
                    columns: columns
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    onImportAsked: sheets.importLog.open()
                    onTicketAsked: sheets.newTicket.begin("")
                }
                SelectionBar {
                    view: view
                    Layout.fillWidth: true
                    onDeclineAsked: sheets.decline.open()
                    onSnoozeAsked: sheets.snooze.open()
                    onAssignAsked: sheets.assign.open()
                    onDuplicateAsked: sheets.duplicate.open()
                }
            }
            EntryPane {
                id: pane
                view: view
                visible: view.detail.title !== ""
                SplitView.fillWidth: true
                SplitView.minimumWidth: 300
                actions.onDeclineAsked: sheets.decline.open()
                actions.onSnoozeAsked: sheets.snooze.open()
                actions.onMuteAsked: sheets.mute.begin(false)
                actions.onDuplicateAsked: sheets.duplicate.open()
                actions.onAssignAsked: sheets.assign.open()
                actions.onCommentAsked: sheets.comment.open()
                actions.onRunAsked: sheets.run.begin(view.detail.ticketId, view.detail.plugin)
            }
        }
    }
}
