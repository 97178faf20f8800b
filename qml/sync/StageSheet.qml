// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Which plugins shall have a template's change first.
Sheet {
    id: sheet

    required property TemplatesView view
    property var chosen: [] // names of plugins

    function begin() {
        chosen = [];
        open();
    }
    function toggle(plugin: string, on: bool) {
        const others = chosen.filter(one => one !== plugin);
        chosen = on ? others.concat([plugin]) : others;
    }

    title: qsTr("Stage %1").arg(view.current)
    text: view.plugins.length > 0 ? qsTr("It lies under templates/next/ then, where it can be changed. The pilots link to it there; all others keep the template until it is promoted.")
        : view.pilots.length > 0 ? qsTr("It lies under templates/next/ already. Every plugin that links to it is a pilot.")
                                 : qsTr("It lies under templates/next/ then, where it can be changed. No plugin links to it yet.")
    action: chosen.length > 0 ? qsTr("Stage for %n pilot(s)", "", chosen.length) : qsTr("Stage")
    firstFocus: view.plugins.length > 0 ? pilots : null
    onAccepted: {
        close();
        view.stage(chosen);
    }

    ListView {
        id: pilots
        visible: count > 0
        clip: true
        activeFocusOnTab: true
        model: sheet.view.plugins
        implicitHeight: Math.min(contentHeight, 260)
        Layout.fillWidth: true
        Keys.onSpacePressed: if (currentIndex >= 0) sheet.toggle(sheet.view.plugins[currentIndex], !sheet.chosen.includes(sheet.view.plugins[currentIndex]))
        delegate: AppCheck {
            required property string modelData
            width: ListView.view.width
            text: modelData
            checked: sheet.chosen.includes(modelData)
            onToggled: sheet.toggle(modelData, checked)
        }
    }
}
