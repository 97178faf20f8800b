// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Dialogs
import QtQuick.Layouts
import Coppice

// A library to try everything on.
Sheet {
    id: sheet

    title: qsTr("Make the demo library")
    text: qsTr("Mock plugins in three languages with real bugs, each with an upstream of its own, a folder that plays production, and crash logs that were recorded by running them. Everything stays in the folder.")
    action: qsTr("Make it")
    ready: field.text.trim() !== ""
    firstFocus: field
    onAboutToShow: field.text = App.homePath() + "/coppice-demo"
    onAccepted: {
        close();
        App.makeDemo(field.text.trim(), logs.checked);
    }

    Labelled {
        label: qsTr("Folder")
        note: qsTr("It must be empty, or not be there yet.")
        RowLayout {
            spacing: Theme.s
            AppField {
                id: field
                placeholderText: qsTr("/path/to/new/folder")
                font.family: Theme.mono
                Layout.fillWidth: true
                onAccepted: sheet.accept()
            }
            AppButton {
                text: qsTr("Browse…")
                onClicked: dialog.open()
            }
        }
    }
    AppCheck {
        id: logs
        text: qsTr("Import the recorded crash logs")
        checked: true
    }
    FolderDialog {
        id: dialog
        title: sheet.title
        onAccepted: field.text = App.localPath(selectedFolder) + "/coppice-demo"
    }
}
