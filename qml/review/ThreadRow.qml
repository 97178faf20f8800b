// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A comment; the first of a thread says what it is about, with the text that it was about where that is gone.
ListRow {
    id: row

    required property bool first
    required property string place
    required property string quote
    required property string author
    required property string text
    required property double at
    required property bool edited
    required property bool outdated
    required property bool resolved
    signal resolveAsked

    height: column.implicitHeight + 12
    spoken: author + ", " + place + (outdated ? qsTr(", outdated") : "") + (resolved ? qsTr(", resolved") : "") + ": " + text
    ColumnLayout {
        id: column
        anchors.left: parent.left
        anchors.right: parent.right
        y: 6
        spacing: 3
        RowLayout {
            visible: row.first
            spacing: Theme.s
            Layout.fillWidth: true
            Code { text: row.place; elide: Text.ElideLeft; Layout.fillWidth: true }
            Tag { visible: row.outdated; text: qsTr("outdated"); tone: "warning" }
            Tag { visible: row.resolved; text: qsTr("resolved"); tone: "ok"; iconName: "check" }
            AppButton {
                kind: "quiet"
                text: row.resolved ? qsTr("Open again") : qsTr("Resolve")
                keys: row.selected ? "Ctrl+E" : ""
                implicitHeight: 24
                focusPolicy: Qt.NoFocus
                onClicked: row.resolveAsked()
            }
        }
        Code {
            visible: row.first && row.outdated && row.quote !== ""
            text: row.quote
            color: Theme.muted
            maximumLineCount: 6
            wrapMode: Text.WrapAnywhere
            Layout.fillWidth: true
            Layout.leftMargin: Theme.m
        }
        RowLayout {
            spacing: Theme.s
            Layout.fillWidth: true
            Layout.leftMargin: row.first ? 0 : Theme.l
            AppText { text: row.author; font.weight: Font.Medium; Layout.alignment: Qt.AlignTop }
            AppText { text: row.text; wrapMode: Text.Wrap; Layout.fillWidth: true }
            Muted { visible: row.edited; text: qsTr("edited"); Layout.alignment: Qt.AlignTop }
            AgeText { at: row.at; Layout.alignment: Qt.AlignTop }
        }
    }
}
