// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Dialogs
import QtQuick.Layouts
import Coppice

// A log file from production becomes events and error groups.
Sheet {
    id: sheet

    title: qsTr("Import a log")
    text: qsTr("JSON lines (pino, bunyan, winston, structlog) or plain text with stack traces. Secrets are taken out before anything is stored. The same file twice counts once.")
    action: qsTr("Import")
    ready: file.text.trim() !== "" && plugins.currentText !== ""
    firstFocus: file
    onAboutToShow: file.text = ""
    onAccepted: {
        close();
        logs.importFile(plugins.currentText, file.text.trim());
    }

    LogImport { id: logs }
    Labelled {
        label: qsTr("File")
        RowLayout {
            spacing: Theme.s
            AppField {
                id: file
                placeholderText: "/var/log/weather.log"
                font.family: Theme.mono
                Layout.fillWidth: true
                onTextChanged: {
                    const guess = logs.guessPlugin(text, App.pluginIds);
                    if (guess >= 0)
                        plugins.currentIndex = guess;
                }
                onAccepted: sheet.accept()
            }
            AppButton { text: qsTr("Browse…"); onClicked: dialog.open() }
        }
    }
    Labelled {
        label: qsTr("Plugin that wrote it")
        AppCombo { id: plugins; label: qsTr("Plugin"); model: App.pluginIds; Layout.fillWidth: true }
    }
    FileDialog {
        id: dialog
        title: sheet.title
        onAccepted: file.text = App.localPath(selectedFile)
    }
}
