// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

Sheet {
    id: sheet

    required property InboxView view

    title: qsTr("Decline")
    action: qsTr("Decline")
    ready: reason.text.trim() !== ""
    firstFocus: reason
    onAboutToShow: {
        text = view.targetsText();
        reason.text = "";
    }
    onAccepted: {
        close();
        view.decline(reason.text.trim());
    }
    Labelled {
        label: qsTr("Why")
        note: qsTr("Kept with the ticket. Can be undone.")
        AppField { id: reason; placeholderText: qsTr("For example: works as intended"); Layout.fillWidth: true; onAccepted: sheet.accept() }
    }
    Flow {
        spacing: 6
        Layout.fillWidth: true
        Repeater {
            model: [qsTr("Works as intended"), qsTr("Not our error"), qsTr("Will not be fixed"), qsTr("Cannot be reproduced")]
            AppButton {
                required property string modelData
                text: modelData
                onClicked: reason.text = modelData
            }
        }
    }
}
