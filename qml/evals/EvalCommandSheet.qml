// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What makes an evaluation in a terminal, put together; nothing is begun from here.
Sheet {
    id: sheet

    required property EvalsView view
    readonly property string arms: (shipped.checked ? "shipped " : "") + (none.checked ? "none " : "") + version.text.trim()
    readonly property string command: view.commandOf(tasks.text.trim(), client.text.trim(), model.text.trim(), arms, trials.text === "" ? 1 : Number(trials.text), name.text.trim())

    title: qsTr("A new evaluation")
    text: qsTr("Evaluations are made in a terminal: they take long, and go on where they were when they are started again. What they leave is shown here while they are made.")
    action: qsTr("Copy the command")
    ready: tasks.text.trim() !== "" && client.text.trim() !== "" && arms !== "" && /^[1-9][0-9]{0,2}$/.test(trials.text) && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name.text.trim())
    firstFocus: client
    width: Math.min(720, (parent ? parent.width : 600) - 40)
    onAccepted: {
        App.copy(sheet.command);
        close();
        App.tell(qsTr("The command is copied: paste it into a terminal."));
    }

    RowLayout {
        spacing: Theme.m
        Labelled {
            label: qsTr("Client")
            Layout.alignment: Qt.AlignTop
            note: qsTr("As in coppice.yaml, or claude, oracle, noop")
            AppField { id: client; text: "claude"; Layout.fillWidth: true; onAccepted: sheet.accept() }
        }
        Labelled {
            label: qsTr("Model")
            Layout.alignment: Qt.AlignTop
            note: qsTr("Empty: the client's own")
            AppField { id: model; Layout.fillWidth: true; onAccepted: sheet.accept() }
        }
        Labelled {
            label: qsTr("Trials of each task")
            Layout.alignment: Qt.AlignTop
            note: qsTr("Three or more tell more")
            AppField { id: trials; text: "3"; inputMethodHints: Qt.ImhDigitsOnly; wrong: text !== "" && !/^[1-9][0-9]{0,2}$/.test(text); Layout.fillWidth: true; onAccepted: sheet.accept() }
        }
    }
    RowLayout {
        spacing: Theme.m
        Labelled {
            label: qsTr("Folder of tasks")
            Layout.alignment: Qt.AlignTop
            note: qsTr("Coppice's own lie below plugins/ of its sources")
            AppField { id: tasks; text: "plugins"; font.family: Theme.mono; Layout.fillWidth: true; onAccepted: sheet.accept() }
        }
        Labelled {
            label: qsTr("Name")
            Layout.alignment: Qt.AlignTop
            note: qsTr("Letters, digits, . _ and -")
            AppField { id: name; text: "evaluation"; wrong: text !== "" && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text.trim()); Layout.fillWidth: true; onAccepted: sheet.accept() }
        }
    }
    Labelled {
        label: qsTr("Instructions")
        note: qsTr("One arm without shared instructions shows what they bring. A version is a commit of the library, or review:ID for its head with that patch.")
        RowLayout {
            spacing: Theme.l
            AppCheck { id: shipped; text: qsTr("as shipped"); checked: true }
            AppCheck { id: none; text: qsTr("none"); checked: true }
            AppField { id: version; placeholderText: qsTr("and this version"); Layout.fillWidth: true; onAccepted: sheet.accept() }
        }
    }
    Rectangle {
        color: Theme.sunken
        radius: Theme.radius
        border.color: Theme.border
        implicitHeight: line.implicitHeight + 2 * Theme.s
        Layout.fillWidth: true
        Code {
            id: line
            anchors.fill: parent
            anchors.margins: Theme.s
            text: sheet.ready ? sheet.command : qsTr("Something above is missing.")
            wrapMode: Text.WrapAnywhere
        }
    }
}
