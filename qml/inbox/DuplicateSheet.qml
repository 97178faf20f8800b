// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The ticket that the marked lines, or the current one, double. It gets their error groups.
Sheet {
    id: sheet

    required property InboxView view

    title: qsTr("Duplicate of…")
    action: qsTr("Mark as duplicate")
    ready: list.count > 0
    firstFocus: words
    onAboutToShow: {
        text = view.targetsText();
        words.text = "";
        finder.find();
        list.wanted = 0;
    }
    onAccepted: {
        const of = finder.results.keyAt(list.wanted);
        close();
        if (of !== "")
            view.duplicate(of);
    }

    TicketFinder {
        id: finder
        detail: sheet.view.detail
        query: words.text
        onQueryChanged: list.wanted = 0
    }
    AppField {
        id: words
        placeholderText: qsTr("Find a ticket by words or id")
        iconName: "search"
        Layout.fillWidth: true
        Keys.onDownPressed: list.step(1)
        Keys.onUpPressed: list.step(-1)
        onAccepted: sheet.accept()
    }
    RowList {
        id: list
        property int wanted: 0
        label: qsTr("Tickets")
        model: finder.results
        selected: wanted
        implicitHeight: 8 * 44
        onPicked: index => wanted = index
        onOpened: sheet.accept()
        Layout.fillWidth: true
        delegate: ListRow {
            id: row
            required property string text
            required property string note
            required property string status
            required property string tone
            required property string icon
            height: 44
            spoken: text + ", " + status + ". " + note
            ColumnLayout {
                anchors.fill: parent
                anchors.topMargin: 4
                anchors.bottomMargin: 4
                spacing: 1
                RowLayout {
                    spacing: Theme.s
                    AppText { text: row.text; Layout.fillWidth: true }
                    Tag { text: row.status; tone: row.tone; iconName: row.icon }
                }
                Muted { text: row.note; Layout.fillWidth: true }
            }
        }
        EmptyState {
            visible: list.count === 0
            anchors.centerIn: parent
            iconName: "ticket"
            title: words.text !== "" ? qsTr("No ticket fits") : qsTr("There is no other ticket")
        }
    }
}
