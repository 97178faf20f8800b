// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What a push sends, before the second key: a push cannot be taken back.
Sheet {
    id: sheet

    required property SyncView view
    property bool all: false
    property bool library: false
    property list<string> lines

    function begin(all: bool, library: bool) {
        sheet.all = all;
        sheet.library = library;
        lines = library ? [] : view.pushSummary(all);
        open();
    }

    title: library ? qsTr("Push the library") : all ? qsTr("Push all plugins") : qsTr("Push %1").arg(view.current)
    text: library ? qsTr("Branch %1 of the library goes to its remote, fast-forward only.").arg(App.branch)
                  : qsTr("Each plugin is split and sent to its upstream, fast-forward only. Once sent it cannot be taken back.")
    action: qsTr("Push")
    onAccepted: {
        close();
        if (library)
            view.pushLibrary();
        else
            view.push(all);
    }

    Repeater {
        model: sheet.lines
        RowLayout {
            id: line
            required property string modelData
            required property int index
            visible: index < 12
            spacing: Theme.s
            Icon { name: "arrow-up"; color: Theme.info; size: 14 }
            AppText { text: line.modelData; wrapMode: Text.Wrap; Layout.fillWidth: true }
        }
    }
    Muted {
        visible: sheet.lines.length > 12
        text: qsTr("and %n more", "", sheet.lines.length - 12)
    }
    Muted {
        visible: !sheet.library && sheet.lines.length === 0
        text: qsTr("By what was fetched last there is nothing to send. Pushing looks again.")
    }
}
