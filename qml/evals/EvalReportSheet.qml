// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Writes what the screen shows to a file that can be handed on.
Sheet {
    id: sheet

    required property EvalsView view

    title: qsTr("Write a report")
    text: qsTr("With the numbers of this screen. The ending says which form: .html is one page without anything outside of it, .pdf the same printed, .csv has a line for each arm, level and task, .json has all numbers.")
    action: qsTr("Write it")
    ready: /\.(html|pdf|csv|json)$/.test(path.text.trim())
    firstFocus: path
    onAboutToShow: path.text = App.homePath() + "/evaluation.html"
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
