// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The last brief; each line leads to the fact behind it.
Panel {
    id: panel

    property bool active: false

    title: qsTr("Brief")
    note: brief.given ? App.age(brief.at, App.now) : ""
    inset: 0
    actions: [
        AppButton {
            kind: "quiet"
            text: brief.loading ? qsTr("Working…") : brief.given ? qsTr("New brief") : qsTr("Give a brief")
            keys: "B"
            enabled: !brief.loading
            onClicked: brief.make()
        }
    ]

    BriefView { id: brief }
    ApprovalSheet { id: questions }
    KeyCommand { text: qsTr("A new brief"); group: qsTr("Overview"); sequences: ["B"]; icon: "info"; enabled: panel.active; onActivated: brief.make() }

    ErrorNote {
        error: brief.error
        Layout.fillWidth: true
        Layout.margins: visible ? Theme.m : 0
    }
    RowList {
        id: list
        label: qsTr("Brief")
        model: brief.rows
        selected: brief.current
        onPicked: index => brief.pick(index)
        onOpened: index => { if (brief.open(index)) questions.open(); }
        Layout.fillWidth: true
        Layout.fillHeight: true
        section.property: "section"
        section.delegate: Item {
            required property string section
            width: ListView.view.width
            height: 30
            Caption { text: parent.section; x: Theme.m; y: 10 }
        }
        delegate: ListRow {
            id: row
            required property string section
            required property string text
            required property string why
            required property string link
            required property string tone
            required property string icon
            required property bool outside
            height: body.implicitHeight + 10
            spoken: section + ": " + text + " " + why
            RowLayout {
                anchors.fill: parent
                spacing: Theme.s
                Icon { name: row.icon; color: Theme.ink(row.tone); size: 14; Layout.alignment: Qt.AlignTop; Layout.topMargin: 7 }
                ColumnLayout {
                    id: body
                    spacing: 1
                    Layout.fillWidth: true
                    AppText { text: row.text; color: row.link !== "" ? Theme.text : Theme.muted; wrapMode: Text.Wrap; Layout.fillWidth: true }
                    Muted { visible: text !== ""; text: row.why; wrapMode: Text.Wrap; Layout.fillWidth: true }
                }
            }
        }
        EmptyState {
            visible: list.count === 0 && !brief.loading
            anchors.centerIn: parent
            iconName: "info"
            title: qsTr("No brief yet")
            text: qsTr("A brief tells what changed since the last one, what is at risk, and what to do next; each line leads to its fact.")
        }
    }
}
