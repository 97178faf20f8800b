// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

RowList {
    id: list

    required property SyncView view

    readonly property real nameWidth: Math.max(150, width * 0.24)

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
            Caption { text: qsTr("Plugin"); Layout.preferredWidth: list.nameWidth }
            Caption { text: qsTr("State"); Layout.preferredWidth: 104 }
            Caption { text: qsTr("To push"); Layout.preferredWidth: 56 }
            Caption { text: qsTr("To pull"); Layout.preferredWidth: 56 }
            Caption { text: qsTr("Upstream"); Layout.fillWidth: true }
            Caption { text: qsTr("Fetched"); Layout.preferredWidth: 84 }
        }
        Rule { anchors.bottom: parent.bottom; width: parent.width }
    }
    delegate: ListRow {
        id: row
        required property string key
        required property string status
        required property string tone
        required property string icon
        required property int ahead
        required property int behind
        required property string upstream
        required property double fetched
        required property string told
        required property bool failed
        RowLayout {
            anchors.fill: parent
            spacing: Theme.m
            AppText { text: row.key; font.weight: Font.Medium; Layout.preferredWidth: list.nameWidth }
            Item {
                Layout.preferredWidth: 104
                implicitHeight: 20
                Tag { text: row.status; tone: row.tone; iconName: row.icon }
            }
            AppText { text: row.ahead > 0 ? row.ahead : "–"; color: row.ahead > 0 ? Theme.text : Theme.muted; Layout.preferredWidth: 56 }
            AppText { text: row.behind > 0 ? row.behind : "–"; color: row.behind > 0 ? Theme.text : Theme.muted; Layout.preferredWidth: 56 }
            Muted {
                text: row.told !== "" ? row.told : row.upstream
                color: row.failed ? Theme.danger : Theme.muted
                elide: row.told !== "" ? Text.ElideRight : Text.ElideMiddle
                Layout.fillWidth: true
            }
            AgeText { at: row.fetched; Layout.preferredWidth: 84 }
        }
    }
    EmptyState {
        visible: list.count === 0
        anchors.centerIn: parent
        iconName: "sync"
        title: list.view.loading ? qsTr("Comparing with the upstreams…") : list.view.total > 0 ? qsTr("Nothing fits") : qsTr("No plugins yet")
        text: list.view.loading ? "" : list.view.total > 0 ? qsTr("All plugins that fit are in step with their upstreams.")
                                                           : qsTr("Add one in the Catalog by the address of its repository.")
    }
}
