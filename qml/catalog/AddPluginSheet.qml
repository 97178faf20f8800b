// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A plugin by the address of its own repository.
Sheet {
    id: sheet

    required property CatalogView view
    property bool named: false

    title: qsTr("Add a plugin")
    text: qsTr("Its history becomes part of the library at plugins/<name>, in one commit on %1, with a settings file. Nothing is pushed.").arg(App.branch)
    action: qsTr("Add it")
    ready: url.text.trim() !== "" && name.text.trim() !== ""
    firstFocus: url
    onAboutToShow: {
        url.text = "";
        name.text = "";
        branch.text = "";
        named = false;
    }
    onAccepted: {
        close();
        view.add(url.text.trim(), name.text.trim(), branch.text.trim(), squash.checked);
    }

    Labelled {
        label: qsTr("Address of its repository")
        note: qsTr("Whatever your git can fetch: https, ssh, or a folder on this machine.")
        AppField {
            id: url
            placeholderText: "https://example.org/team/weather.git"
            font.family: Theme.mono
            Layout.fillWidth: true
            onTextChanged: if (!sheet.named) name.text = sheet.view.idFrom(text)
            onAccepted: sheet.accept()
        }
    }
    RowLayout {
        spacing: Theme.m
        Labelled {
            label: qsTr("Name in the library")
            AppField {
                id: name
                placeholderText: qsTr("weather")
                Layout.fillWidth: true
                onTextEdited: sheet.named = true
                onAccepted: sheet.accept()
            }
        }
        Labelled {
            label: qsTr("Branch")
            AppField {
                id: branch
                placeholderText: qsTr("the upstream's own")
                Layout.fillWidth: true
                onAccepted: sheet.accept()
            }
        }
    }
    AppCheck {
        id: squash
        text: qsTr("Squash its history into one commit")
    }
}
