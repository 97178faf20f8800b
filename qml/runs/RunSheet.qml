// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A run is started: on what, by which playbook, by which client.
Sheet {
    id: sheet

    function begin(ticket: string, plugin: string) {
        draft.begin(ticket, plugin);
        open();
        plugins.currentIndex = plugins.find(draft.plugin);
    }

    function showChoices() {
        playbooks.currentIndex = playbooks.find(draft.playbook);
        clients.currentIndex = clients.find(draft.client);
    }

    title: qsTr("Start a run")
    text: draft.ticket !== "" ? qsTr("%1: %2").arg(draft.plugin).arg(draft.ticketTitle) : ""
    action: qsTr("Start")
    ready: draft.missing === ""
    busy: draft.busy
    error: draft.error
    firstFocus: clients
    onAccepted: draft.start()

    RunDraft {
        id: draft
        onStarted: sheet.close()
        // Comes after the lists have changed: a new list sets its box to the first entry.
        onChanged: sheet.showChoices()
    }

    Labelled {
        visible: draft.ticket === ""
        label: qsTr("Plugin")
        AppCombo {
            id: plugins
            label: qsTr("Plugin")
            model: App.pluginIds
            displayText: currentIndex < 0 ? qsTr("Choose one") : currentText
            Layout.fillWidth: true
            onActivated: index => draft.plugin = App.pluginIds[index]
        }
    }
    RowLayout {
        spacing: Theme.m
        Labelled {
            label: qsTr("Playbook")
            note: draft.playbookText
            Layout.alignment: Qt.AlignTop
            Layout.preferredWidth: 1
            AppCombo {
                id: playbooks
                label: qsTr("Playbook")
                model: draft.playbooks
                Layout.fillWidth: true
                onActivated: index => draft.playbook = draft.playbooks[index]
            }
        }
        Labelled {
            label: qsTr("Client")
            note: draft.clientText
            Layout.alignment: Qt.AlignTop
            Layout.preferredWidth: 1
            AppCombo {
                id: clients
                label: qsTr("Client")
                model: draft.clients
                Layout.fillWidth: true
                onActivated: index => draft.client = draft.clients[index]
            }
        }
    }
    RowLayout {
        spacing: Theme.m
        Labelled {
            visible: draft.takesModel
            label: qsTr("Model")
            note: draft.modelText
            Layout.alignment: Qt.AlignTop
            Layout.preferredWidth: 1
            AppField {
                text: draft.model
                placeholderText: qsTr("As its client would choose")
                Layout.fillWidth: true
                onTextEdited: draft.model = text
            }
        }
        Labelled {
            label: qsTr("In the queue")
            note: qsTr("Production errors stand before wishes.")
            Layout.alignment: Qt.AlignTop
            Layout.preferredWidth: 1
            AppCombo {
                label: qsTr("In the queue")
                model: [qsTr("When there is time"), qsTr("As usual"), qsTr("Before the others")]
                currentIndex: draft.urgency
                Layout.fillWidth: true
                onActivated: index => draft.urgency = index
            }
        }
    }
    Labelled {
        visible: draft.wantsCommand
        label: qsTr("Command that edits the files")
        note: qsTr("Run by bash in the plugin's folder, in the sandbox, without network but the model gateway.")
        AppArea {
            text: draft.command
            mono: true
            implicitHeight: 64
            placeholderText: "claude -p \"$(cat \"$COPPICE_PROMPT_FILE\")\""
            Layout.fillWidth: true
            onTextChanged: draft.command = text
        }
    }
    Muted {
        text: draft.missing !== "" ? draft.missing
                                   : qsTr("It works in a fresh copy of the plugin, in a sandbox. Coppice runs the checks itself, before and after. Nothing reaches the library before you review it.")
        wrapMode: Text.Wrap
        Layout.fillWidth: true
    }
}
