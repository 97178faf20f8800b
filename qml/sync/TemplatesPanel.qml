// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

// The templates: who links to each, what was gated, what drifted, and changes on their way.
SplitView {
    id: panel

    required property TemplatesView view
    readonly property alias list: list
    signal stageAsked

    handle: SplitHandle { }

    RowList {
        id: list
        SplitView.fillWidth: true
        SplitView.minimumWidth: 420
        label: qsTr("Templates")
        model: panel.view.rows
        selected: panel.view.currentIndex
        onPicked: index => panel.view.pick(index)
        headerPositioning: ListView.OverlayHeader
        header: Rectangle {
            width: list.width
            height: 28
            z: 2
            color: Theme.surface
            visible: list.count > 0
            RowLayout {
                anchors.fill: parent
                anchors.leftMargin: Theme.m
                anchors.rightMargin: Theme.m
                spacing: Theme.m
                Caption { text: qsTr("Template"); Layout.fillWidth: true }
                Caption { text: qsTr("Gate"); Layout.preferredWidth: 96 }
                Caption { text: qsTr("Linked by"); Layout.preferredWidth: 64 }
                Caption { text: qsTr("Copies"); Layout.preferredWidth: 56 }
                Caption { text: qsTr("On its way"); Layout.preferredWidth: 150 }
            }
            Rule { anchors.bottom: parent.bottom; width: parent.width }
        }
        delegate: ListRow {
            id: row
            required property string name
            required property string gate
            required property string tone
            required property string icon
            required property int plugins
            required property int copies
            required property string staged
            RowLayout {
                anchors.fill: parent
                spacing: Theme.m
                Code { text: row.name; elide: Text.ElideMiddle; Layout.fillWidth: true }
                Item {
                    Layout.preferredWidth: 96
                    implicitHeight: 20
                    Tag { text: row.gate; tone: row.tone; iconName: row.icon }
                }
                AppText { text: row.plugins > 0 ? row.plugins : "–"; color: row.plugins > 0 ? Theme.text : Theme.muted; Layout.preferredWidth: 64 }
                AppText { text: row.copies > 0 ? row.copies : "–"; color: row.copies > 0 ? Theme.text : Theme.muted; Layout.preferredWidth: 56 }
                AppText { text: row.staged; color: Theme.info; Layout.preferredWidth: 150 }
            }
        }
        EmptyState {
            visible: list.count === 0
            anchors.centerIn: parent
            iconName: "file"
            title: panel.view.loading ? qsTr("Looking…") : qsTr("No templates yet")
            text: panel.view.loading ? "" : qsTr("Put shared instructions, scripts and settings under templates/ of the library, and link plugins to them.")
        }
    }

    Rectangle {
        color: Theme.raised
        SplitView.preferredWidth: 440
        SplitView.minimumWidth: 320

        ScrollPane {
            anchors.fill: parent
            label: panel.view.current

            Heading { text: panel.view.current; visible: text !== ""; wrapMode: Text.WrapAnywhere; Layout.fillWidth: true }
            Flow {
                visible: panel.view.current !== ""
                spacing: Theme.s
                Layout.fillWidth: true
                AppButton { text: qsTr("Stage…"); iconName: "branch"; keys: "S"; onClicked: panel.stageAsked() }
                AppButton { text: qsTr("Promote"); iconName: "arrow-up"; keys: "M"; enabled: panel.view.staged; onClicked: panel.view.promote(false) }
                AppButton { text: qsTr("Withdraw"); iconName: "cross"; keys: "W"; enabled: panel.view.staged; onClicked: panel.view.withdraw() }
            }
            ErrorNote {
                error: panel.view.problem
                Layout.fillWidth: true
                AppButton {
                    visible: panel.view.problem.code === "templates.ungated"
                    text: qsTr("Promote all the same")
                    onClicked: panel.view.promote(true)
                }
            }
            Facts { model: panel.view.facts; nameWidth: 76; Layout.fillWidth: true }
            Section {
                title: qsTr("Drift and links, all templates")
                Muted {
                    visible: panel.view.troubles === 0
                    text: qsTr("Every link can be followed, every copy is what its template is.")
                    wrapMode: Text.Wrap
                    Layout.fillWidth: true
                }
                AppButton {
                    visible: panel.view.stale > 0
                    text: qsTr("Bring %n copies up to date", "", panel.view.stale)
                    iconName: "refresh"
                    keys: "B"
                    onClicked: panel.view.refresh()
                }
                Repeater {
                    model: panel.view.trouble
                    ColumnLayout {
                        id: trouble
                        required property string where
                        required property string what
                        required property int index
                        visible: index < 50
                        spacing: 1
                        Layout.fillWidth: true
                        Code { text: trouble.where; elide: Text.ElideMiddle; Layout.fillWidth: true }
                        Muted { text: trouble.what; wrapMode: Text.Wrap; Layout.fillWidth: true }
                    }
                }
                Muted {
                    visible: panel.view.troubles > 50
                    text: qsTr("and %n more: coppicectl templates check", "", panel.view.troubles - 50)
                }
            }
        }
    }
}
