// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The last brief; each line leads to the fact behind it.
Panel {
    id: panel

    property bool active: false

    function told(): string {
        const given = brief.given ? App.age(brief.at, App.now) : "";
        const first = given !== "" && brief.scheduled ? qsTr("%1, as scheduled").arg(given) : given;
        const next = brief.schedule !== "" ? qsTr("next %1").arg(brief.schedule) : "";
        return first !== "" && next !== "" ? first + ", " + next : first + next;
    }

    title: qsTr("Brief")
    note: told()
    inset: 0
    actions: [
        AppCombo {
            id: who
            visible: brief.given && brief.clients.length > 1
            model: brief.clients
            label: qsTr("Who words the brief")
        },
        AppButton {
            kind: "quiet"
            visible: brief.given && brief.clients.length > 0
            text: brief.wording ? qsTr("Being worded…") : qsTr("In words")
            hint: qsTr("Have a client tell it in words; what no fact supports is left out")
            keys: "W"
            enabled: !brief.wording && !brief.loading
            onClicked: panel.word()
        },
        AppButton {
            kind: "quiet"
            text: brief.loading ? qsTr("Working…") : brief.given ? qsTr("New brief") : qsTr("Give a brief")
            keys: "B"
            enabled: !brief.loading
            onClicked: brief.make()
        }
    ]

    function word() {
        if (brief.given && brief.clients.length > 0)
            brief.word(brief.clients.length > 1 ? brief.clients[Math.max(0, who.currentIndex)] : brief.clients[0]);
    }

    BriefView { id: brief }
    LazySheet { id: questions; sourceComponent: ApprovalSheet { } }
    KeyCommand { text: qsTr("A new brief"); group: qsTr("Overview"); sequences: ["B"]; icon: "info"; enabled: panel.active; onActivated: brief.make() }

    KeyCommand { text: qsTr("The brief in words"); group: qsTr("Overview"); sequences: ["W"]; icon: "comment"; enabled: panel.active && brief.given; onActivated: panel.word() }
    KeyCommand { text: qsTr("The second fact of a sentence"); group: qsTr("Overview"); sequences: ["2"]; enabled: panel.active; listed: false; onActivated: brief.openFact(brief.current, 1) }
    KeyCommand { text: qsTr("The third fact of a sentence"); group: qsTr("Overview"); sequences: ["3"]; enabled: panel.active; listed: false; onActivated: brief.openFact(brief.current, 2) }

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
            required property var facts
            required property string key
            height: body.implicitHeight + 10
            spoken: section + ": " + text + " " + why + (facts.length > 0 ? qsTr(" Facts: %1").arg(facts.join(", ")) : "")
            RowLayout {
                anchors.fill: parent
                spacing: Theme.s
                Muted { visible: /^[rcpu][0-9]+$/.test(row.key); text: row.key; font.pixelSize: Theme.tiny; Layout.alignment: Qt.AlignTop; Layout.topMargin: 7; Layout.preferredWidth: 22 }
                Icon { name: row.icon; color: Theme.ink(row.tone); size: 14; Layout.alignment: Qt.AlignTop; Layout.topMargin: 7 }
                ColumnLayout {
                    id: body
                    spacing: 1
                    Layout.fillWidth: true
                    AppText { text: row.text; color: row.link !== "" ? Theme.text : Theme.muted; wrapMode: Text.Wrap; Layout.fillWidth: true }
                    Flow {
                        visible: row.facts.length > 0
                        spacing: Theme.xs
                        Layout.fillWidth: true
                        Repeater {
                            model: row.facts
                            AppButton {
                                required property int index
                                required property string modelData
                                kind: "quiet"
                                text: modelData
                                implicitHeight: 22
                                font.pixelSize: Theme.tiny
                                hint: qsTr("Open the fact %1").arg(modelData)
                                activeFocusOnTab: false
                                onClicked: { brief.pick(row.index); brief.openFact(row.index, index); }
                            }
                        }
                    }
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
