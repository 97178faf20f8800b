// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What the agent is told, before it is.
Sheet {
    id: sheet

    required property ReviewDesk desk

    title: qsTr("Send the patch back")
    text: qsTr("The same client and playbook go on from this revision. The answer becomes the next one; hunks that stay the same keep their verdicts.")
    action: qsTr("Send back")
    ready: desk.backText !== ""
    busy: desk.busy
    error: desk.error
    firstFocus: message
    width: Math.min(820, (parent ? parent.width : 600) - 40)
    onAboutToShow: {
        message.text = "";
        desk.loadBack("");
    }
    onAccepted: desk.sendBack(message.text.trim())
    Connections {
        target: sheet.desk
        function onSentBack() { sheet.close(); }
    }
    Timer { id: soon; interval: 250; onTriggered: sheet.desk.loadBack(message.text.trim()) }
    Labelled {
        label: qsTr("Message")
        AppArea { id: message; placeholderText: qsTr("What else the agent should know"); Layout.fillWidth: true; implicitHeight: 70; onTextChanged: if (sheet.opened) soon.restart() }
    }
    Caption { text: qsTr("What it is told") }
    QuoteBox {
        name: qsTr("What the agent is told")
        text: sheet.desk.backText
        Layout.fillWidth: true
        Layout.preferredHeight: 260
    }
}
