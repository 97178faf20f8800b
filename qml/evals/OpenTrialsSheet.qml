// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Shows trials that were kept elsewhere.
Sheet {
    id: sheet

    required property EvalsView view

    title: qsTr("Open a folder of trials")
    text: qsTr("As it was given to coppicectl eval run --out. It stays in the list until the window is closed.")
    action: qsTr("Open")
    ready: path.text.trim() !== ""
    firstFocus: path
    onAccepted: {
        close();
        view.openFolder(path.text.trim());
    }

    Labelled {
        label: qsTr("Folder")
        AppField {
            id: path
            font.family: Theme.mono
            Layout.fillWidth: true
            onAccepted: sheet.accept()
        }
    }
}
