// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

Sheet {
    id: sheet

    required property InboxView view

    title: qsTr("Comment")
    action: qsTr("Say it")
    ready: said.text.trim() !== ""
    firstFocus: said
    onAboutToShow: {
        text = view.detail.title;
        said.text = "";
    }
    onAccepted: {
        close();
        view.comment(said.text.trim());
    }
    Labelled {
        label: qsTr("What is to be known")
        note: view.detail.remote !== "" ? qsTr("It is said in the tracker, too.") : qsTr("Kept with the ticket.")
        AppArea { id: said; placeholderText: qsTr("Plain text"); Layout.fillWidth: true; implicitHeight: 120 }
    }
}
