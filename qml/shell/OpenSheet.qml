// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Dialogs
import QtQuick.Layouts
import Coppice

// Which library to open: one that was open lately, or any folder.
Sheet {
    id: sheet

    title: qsTr("Open a library")
    text: qsTr("Any git repository with plugins in it, with or without coppice.yaml. Opening writes nothing into its files or history.")
    action: qsTr("Open")
    ready: field.text.trim() !== ""
    firstFocus: field
    onAboutToShow: field.text = App.recents.length > 0 ? App.recents[App.recents[0] === App.libraryPath && App.recents.length > 1 ? 1 : 0] : ""
    onAccepted: {
        close();
        App.openLibrary(field.text.trim());
    }

    Labelled {
        label: qsTr("Folder")
        RowLayout {
            spacing: Theme.s
            AppField {
                id: field
                placeholderText: qsTr("/path/to/library")
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
    Labelled {
        visible: App.recents.length > 0
        label: qsTr("Opened lately")
        Repeater {
            model: App.recents
            AppButton {
                required property string modelData
                required property int index
                visible: index < 8
                kind: "quiet"
                iconName: "folder"
                text: modelData
                onClicked: {
                    sheet.close();
                    App.openLibrary(modelData);
                }
            }
        }
    }
    FolderDialog {
        id: dialog
        title: sheet.title
        onAccepted: field.text = App.localPath(selectedFolder)
    }
}
