// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// What the keys do: here first, then everywhere.
Sheet {
    id: sheet

    title: qsTr("Keys")
    text: qsTr("Tab moves between parts, arrows within a list, Enter opens, Esc leaves. What does not apply right now is muted.")
    width: Math.min(720, (parent ? parent.width : 800) - 40)
    height: Math.min(620, (parent ? parent.height : 600) - 60)
    onAboutToShow: Commands.refreshSheet()
    firstFocus: list

    ListView {
        id: list
        model: Commands.sheet
        clip: true
        activeFocusOnTab: true
        boundsBehavior: Flickable.StopAtBounds
        Layout.fillWidth: true
        Layout.fillHeight: true
        implicitHeight: 400
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Keys")
        T.ScrollBar.vertical: AppScrollBar { }
        section.property: "group"
        section.delegate: Caption {
            required property string section
            text: section
            width: ListView.view.width
            height: 30
            verticalAlignment: Text.AlignBottom
            bottomPadding: 4
        }
        delegate: Item {
            id: row
            required property string text
            required property string keys
            required property bool available
            width: ListView.view.width
            height: 26
            Accessible.role: Accessible.ListItem
            Accessible.name: text + ": " + keys
            RowLayout {
                anchors.fill: parent
                anchors.rightMargin: Theme.l
                AppText {
                    text: row.text
                    color: row.available ? Theme.text : Theme.muted
                    Layout.fillWidth: true
                }
                KeyCap { keys: row.keys }
            }
        }
    }
}
