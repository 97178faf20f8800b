// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

Sheet {
    id: sheet

    required property InboxView view

    title: qsTr("Assign the ticket")
    text: view.title
    action: qsTr("Assign")
    ready: who.text.trim() !== ""
    firstFocus: who
    onAboutToShow: who.text = ""
    onAccepted: {
        close();
        view.assign(who.text.trim());
    }
    Labelled {
        label: qsTr("To whom")
        note: qsTr("A person's login, or a plugin's id for its agent.")
        AppField { id: who; placeholderText: qsTr("ann"); Layout.fillWidth: true; onAccepted: sheet.accept() }
    }
}
