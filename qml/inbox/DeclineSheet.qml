// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

Sheet {
    id: sheet

    required property InboxView view

    title: qsTr("Decline the ticket")
    text: view.title
    action: qsTr("Decline")
    ready: reason.text.trim() !== ""
    firstFocus: reason
    onAboutToShow: reason.text = ""
    onAccepted: {
        close();
        view.decline(reason.text.trim());
    }
    Labelled {
        label: qsTr("Why")
        note: qsTr("Kept with the ticket. Can be undone.")
        AppField { id: reason; placeholderText: qsTr("For example: works as intended"); Layout.fillWidth: true; onAccepted: sheet.accept() }
    }
}
