// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Writes what the screen shows to a file that can be handed on.
Sheet {
    id: sheet

    required property HealthView view

    title: qsTr("Write a report")
    text: qsTr("With the numbers of this screen. The ending says which form: .pdf is pages to hand out, of which the first stands alone; .html is one page for a browser without anything outside of it; .csv has a line for each plugin; .json has all numbers.")
    action: qsTr("Write it")
    ready: /\.(pdf|html|csv|json)$/.test(path.text.trim())
    firstFocus: path
    onAboutToShow: path.text = App.homePath() + "/health-" + App.libraryName + ".pdf"
    onAccepted: {
        close();
        view.save(path.text.trim());
    }

    Labelled {
        label: qsTr("File")
        AppField {
            id: path
            font.family: Theme.mono
            Layout.fillWidth: true
            onAccepted: sheet.accept()
        }
    }
}
