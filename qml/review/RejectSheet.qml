// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

Sheet {
    id: sheet

    required property ReviewView view

    title: qsTr("Reject the hunk")
    action: qsTr("Reject")
    firstFocus: reason
    onAboutToShow: reason.text = ""
    onAccepted: {
        close();
        view.reject(view.diff.currentHunk, reason.text.trim());
    }
    Labelled {
        label: qsTr("Why")
        note: qsTr("Kept with the verdict. Can be undone.")
        AppField { id: reason; placeholderText: qsTr("What should be different"); Layout.fillWidth: true; onAccepted: sheet.accept() }
    }
}
