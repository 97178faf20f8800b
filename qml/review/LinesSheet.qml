// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The changed lines of a hunk, to accept or reject some of them.
Sheet {
    id: sheet

    required property ReviewDesk desk

    title: qsTr("Lines of hunk %1").arg(desk.view ? desk.view.diff.currentHunk + 1 : 0)
    text: qsTr("Space chooses a line, Ctrl+A all. What is not chosen keeps the verdict that it has.")
    action: qsTr("Accept the lines")
    ready: desk.chosen > 0
    error: desk.error
    firstFocus: list
    width: Math.min(900, (parent ? parent.width : 600) - 40)
    onAboutToShow: {
        reason.text = "";
        desk.loadLines();
    }
    onAccepted: desk.decideLines(true, "")
    footer: [
        AppButton {
            text: qsTr("Reject the lines")
            keys: "Ctrl+R"
            enabled: sheet.desk.chosen > 0
            onClicked: sheet.desk.decideLines(false, reason.text.trim())
        }
    ]
    Shortcut { sequence: "Ctrl+R"; enabled: sheet.opened && sheet.desk.chosen > 0; onActivated: sheet.desk.decideLines(false, reason.text.trim()) }
    RowList {
        id: list
        property int row: 0
        label: qsTr("Changed lines")
        model: sheet.desk.lines
        selected: row
        onPicked: index => row = index
        onOpened: index => sheet.desk.toggleLine(index)
        Keys.onSpacePressed: sheet.desk.toggleLine(row)
        Shortcut { sequence: "Ctrl+A"; enabled: sheet.opened && !reason.activeFocus; onActivated: sheet.desk.toggleAllLines() }
        Layout.fillWidth: true
        Layout.preferredHeight: Math.min(360, Math.max(60, contentHeight))
        delegate: ListRow {
            id: line
            required property int number
            required property string sign
            required property string text
            required property bool chosen
            required property string verdict
            height: 24
            Accessible.checkable: true
            Accessible.checked: chosen
            RowLayout {
                anchors.fill: parent
                spacing: Theme.s
                AppCheck {
                    checked: line.chosen
                    text: ""
                    focusPolicy: Qt.NoFocus
                    onToggled: sheet.desk.toggleLine(line.index)
                }
                Muted { text: line.number; Layout.preferredWidth: 32; horizontalAlignment: Text.AlignRight }
                Code { text: line.sign; color: line.sign === "+" ? Theme.ink("ok") : Theme.ink("danger") }
                Code { text: line.text; Layout.fillWidth: true }
                Tag { visible: line.verdict !== ""; text: line.verdict; tone: line.verdict === qsTr("accepted") ? "ok" : "danger" }
            }
        }
    }
    Labelled {
        label: qsTr("Why")
        note: qsTr("Kept with a rejection; the agent is told it when the patch is sent back.")
        AppField { id: reason; placeholderText: qsTr("What should be different"); Layout.fillWidth: true }
    }
}
