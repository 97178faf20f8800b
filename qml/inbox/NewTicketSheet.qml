// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A ticket that no error made.
Sheet {
    id: sheet

    required property InboxView view

    function begin(plugin: string) {
        title_.text = "";
        body.text = "";
        open();
        plugins.currentIndex = Math.max(0, plugins.find(plugin));
    }

    title: qsTr("New ticket")
    action: qsTr("Put it in the inbox")
    ready: title_.text.trim() !== "" && plugins.currentText !== ""
    firstFocus: title_
    onAccepted: {
        close();
        view.newTicket(plugins.currentText, title_.text.trim(), body.text.trim());
    }

    Labelled {
        label: qsTr("Plugin")
        AppCombo { id: plugins; label: qsTr("Plugin"); model: App.pluginIds; Layout.fillWidth: true }
    }
    Labelled {
        label: qsTr("What is to be done")
        AppField { id: title_; placeholderText: qsTr("In one line"); Layout.fillWidth: true }
    }
    Labelled {
        label: qsTr("What is known")
        note: qsTr("Whoever works on it is given this as facts.")
        AppArea { id: body; placeholderText: qsTr("How to see it, what was expected, what was tried"); Layout.fillWidth: true; implicitHeight: 120 }
    }
}
