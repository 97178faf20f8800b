// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A conflict laid out in a folder: its files, and the ways to its end.
ColumnLayout {
    id: conflict

    required property WaitsView view
    signal dropAsked

    spacing: Theme.m
    Layout.fillWidth: true

    AppText {
        text: qsTr("Both sides stand in this folder, between markers where they clash. Bring them together there, with whatever you edit with, then take it up.")
        wrapMode: Text.Wrap
        Layout.fillWidth: true
    }
    Code { text: conflict.view.folder; wrapMode: Text.WrapAnywhere; Layout.fillWidth: true }
    Flow {
        spacing: Theme.s
        Layout.fillWidth: true
        AppButton { text: qsTr("Take it up"); iconName: "check"; keys: "T"; kind: "primary"; enabled: conflict.view.openFiles === 0; onClicked: conflict.view.finish() }
        AppButton { text: qsTr("Open the folder"); iconName: "file"; keys: "O"; onClicked: conflict.view.openFolder() }
        AppButton { text: qsTr("Look again"); iconName: "refresh"; keys: "C"; onClicked: conflict.view.reload() }
        AppButton { text: qsTr("Throw away…"); iconName: "cross"; keys: "Del"; onClicked: conflict.dropAsked() }
    }
    Section {
        title: qsTr("Files")
        Repeater {
            model: conflict.view.files
            RowLayout {
                id: file
                required property string path
                required property string kind
                required property bool open
                spacing: Theme.s
                Layout.fillWidth: true
                Icon { name: file.open ? "warning" : "check"; color: file.open ? Theme.warning : Theme.ok; size: 14 }
                Code { text: file.path; elide: Text.ElideMiddle; Layout.fillWidth: true }
                Muted { text: file.kind }
                AppButton { text: qsTr("Ours"); hint: qsTr("Take the library's side"); onClicked: conflict.view.takeSide(file.path, false) }
                AppButton { text: qsTr("Theirs"); hint: qsTr("Take the upstream's side"); onClicked: conflict.view.takeSide(file.path, true) }
            }
        }
    }
}
