// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

Sheet {
    id: sheet

    required property InboxView view
    readonly property string mine: view.me()

    title: qsTr("Assign")
    action: who.text.trim() !== "" ? qsTr("Assign") : qsTr("Take it from everybody")
    firstFocus: who
    onAboutToShow: {
        text = view.targetsText();
        who.text = "";
    }
    onAccepted: {
        close();
        view.assign(who.text.trim());
    }
    Labelled {
        label: qsTr("To whom")
        note: qsTr("A person's login, or a plugin's id for its agent. Empty takes it back.")
        AppField { id: who; placeholderText: sheet.mine; Layout.fillWidth: true; onAccepted: sheet.accept() }
    }
    Flow {
        spacing: 6
        Layout.fillWidth: true
        AppButton { text: qsTr("Me, %1").arg(sheet.mine); iconName: "person"; onClicked: who.text = sheet.mine }
        AppButton { visible: sheet.view.detail.plugin !== ""; text: qsTr("The agent of %1").arg(sheet.view.detail.plugin); iconName: "runs"; onClicked: who.text = sheet.view.detail.plugin }
    }
}
