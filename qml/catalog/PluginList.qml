// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

RowList {
    id: list

    required property CatalogView view
    readonly property bool wide: width >= 760 ///< room for descriptions, which the detail has, too

    label: qsTr("Plugins")
    model: view.plugins
    selected: view.currentIndex
    onPicked: index => view.pick(index)
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
            Caption { text: qsTr("Plugin"); Layout.preferredWidth: 160; Layout.fillWidth: !list.wide }
            Caption { text: qsTr("Health"); Layout.preferredWidth: 86 }
            Caption { text: qsTr("Version"); Layout.preferredWidth: 70 }
            Caption { text: qsTr("Language"); Layout.preferredWidth: 80 }
            Caption { text: qsTr("Description"); visible: list.wide; Layout.fillWidth: true }
            Caption { text: qsTr("Waiting"); Layout.preferredWidth: 110 }
        }
        Rule { anchors.bottom: parent.bottom; width: parent.width }
    }
    delegate: ListRow {
        id: row
        required property string key
        required property string tier
        required property string tierTone
        required property string tierIcon
        required property string version
        required property string language
        required property string description
        required property int groups
        required property int tickets
        required property int patches
        required property int findings
        RowLayout {
            anchors.fill: parent
            spacing: Theme.m
            AppText { text: row.key; elide: Text.ElideRight; font.weight: Font.Medium; Layout.preferredWidth: 160; Layout.fillWidth: !list.wide }
            Row {
                spacing: 6
                Layout.preferredWidth: 86
                Icon { name: row.tierIcon; size: 12; color: Theme.ink(row.tierTone); anchors.verticalCenter: parent.verticalCenter }
                AppText { text: row.tier; color: Theme.ink(row.tierTone); anchors.verticalCenter: parent.verticalCenter; Accessible.ignored: true }
            }
            Code { text: row.version; Layout.preferredWidth: 70 }
            Muted { text: row.language; Layout.preferredWidth: 80 }
            Muted { text: row.description; visible: list.wide; Layout.fillWidth: true }
            Row {
                spacing: Theme.s
                Layout.preferredWidth: 110
                Mark { icon: "bug"; tone: "danger"; count: row.groups; hint: qsTr("new error groups") }
                Mark { icon: "ticket"; tone: "info"; count: row.tickets; hint: qsTr("open tickets") }
                Mark { icon: "review"; tone: "warning"; count: row.patches; hint: qsTr("patches to review") }
                Mark { icon: "warning"; tone: "warning"; count: row.findings; hint: qsTr("findings in its files") }
            }
        }
    }
    EmptyState {
        visible: list.count === 0
        anchors.centerIn: parent
        iconName: "catalog"
        title: list.view.filter !== "" ? qsTr("No plugin fits") : App.scanning ? qsTr("Reading the library…") : qsTr("No plugins yet")
        text: list.view.filter !== "" ? qsTr("Nothing in the catalog has all of these words.")
                                      : qsTr("Add one by the address of its repository, or put plugins at the prefixes that coppice.yaml names.")
    }
}
