// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Searches that are kept: Return uses one. The filter can be kept under a name, a kept one get another name, or go.
Sheet {
    id: sheet

    required property InboxView view
    property string renaming
    signal used

    function begin(saving: bool) {
        renaming = "";
        name.text = saving ? view.search : "";
        list.wanted = 0;
        firstFocus = saving || list.count === 0 ? name : list;
        open();
    }
    function use(row: int) {
        close();
        view.useSearch(row);
        used();
    }

    title: qsTr("Searches")
    text: qsTr("Shared with the team. The words, plugin:, level:, state:, release:, environment:, tag:, assignee: and is: are those of coppicectl inbox list.")
    action: renaming !== "" ? qsTr("Rename") : name.text.trim() !== "" ? qsTr("Keep the filter") : qsTr("Use")
    ready: name.text.trim() !== "" ? view.filter.trim() !== "" || renaming !== "" : list.count > 0
    onAccepted: {
        if (name.text.trim() === "")
            use(list.wanted);
        else if (renaming !== "")
            view.renameSearch(renaming, name.text.trim());
        else
            view.saveSearch(name.text.trim());
        name.text = "";
        renaming = "";
        if (visible)
            list.forceActiveFocus();
    }

    RowList {
        id: list
        property int wanted: 0
        label: qsTr("Searches")
        model: sheet.view.searches
        selected: wanted
        implicitHeight: Math.max(2, Math.min(count, 8)) * 40
        onPicked: index => wanted = index
        onOpened: index => sheet.use(index)
        Keys.onDeletePressed: sheet.view.removeSearch(sheet.view.searches.keyAt(wanted))
        Layout.fillWidth: true
        delegate: ListRow {
            id: row
            required property string name
            required property string query
            height: 40
            spoken: name + ": " + query
            RowLayout {
                anchors.fill: parent
                spacing: Theme.s
                AppText { text: row.name; font.weight: Font.Medium; Layout.preferredWidth: row.width * 0.34 }
                Code { text: row.query; color: Theme.muted; Layout.fillWidth: true }
                AppButton {
                    kind: "quiet"
                    iconName: "pencil"
                    hint: qsTr("Rename")
                    onClicked: {
                        sheet.renaming = row.name;
                        name.text = row.name;
                        name.forceActiveFocus();
                    }
                }
                AppButton { kind: "quiet"; iconName: "cross"; hint: qsTr("No longer keep it (Del)"); onClicked: sheet.view.removeSearch(row.name) }
            }
        }
        EmptyState {
            visible: list.count === 0
            anchors.centerIn: parent
            iconName: "search"
            title: qsTr("No searches are kept")
        }
    }
    Labelled {
        label: sheet.renaming !== "" ? qsTr("Another name for %1").arg(sheet.renaming) : qsTr("Keep the filter under a name")
        note: sheet.renaming === "" && sheet.view.filter.trim() === "" ? qsTr("The filter is empty: type one first.") : sheet.view.filter
        AppField { id: name; placeholderText: qsTr("For example: fatal in production"); Layout.fillWidth: true; onAccepted: sheet.accept() }
    }
}
