// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Searching in the file: both sides, by Return and Shift+Return.
Rectangle {
    id: find

    required property DiffSearch search
    signal ended

    function begin() {
        visible = true;
        field.forceActiveFocus();
        field.selectAll();
    }
    function end() {
        visible = false;
        search.text = "";
        ended();
    }

    visible: false
    implicitHeight: 40
    color: Theme.surface
    Rule { width: parent.width }
    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.m
        anchors.rightMargin: Theme.m
        spacing: Theme.s
        AppField {
            id: field
            placeholderText: qsTr("Search in this file, both sides")
            iconName: "search"
            wrong: text !== "" && find.search.told === qsTr("not found")
            Layout.preferredWidth: 320
            onTextChanged: find.search.text = text
            Keys.onReturnPressed: event => find.search.go(event.modifiers & Qt.ShiftModifier ? -1 : 1)
            Keys.onEscapePressed: find.end()
        }
        Muted { text: find.search.told; Layout.fillWidth: true; Accessible.role: Accessible.StatusBar; Accessible.name: find.search.told }
        AppButton { kind: "quiet"; iconName: "chevron-up"; hint: qsTr("The place before (Shift+F3)"); implicitHeight: 26; onClicked: find.search.go(-1) }
        AppButton { kind: "quiet"; iconName: "chevron-down"; hint: qsTr("The next place (F3)"); implicitHeight: 26; onClicked: find.search.go(1) }
        AppButton { kind: "quiet"; iconName: "cross"; hint: qsTr("End the search (Escape)"); implicitHeight: 26; onClicked: find.end() }
    }
}
