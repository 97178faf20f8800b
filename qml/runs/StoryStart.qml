// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Where a story begins: what was asked and given, and what of it is left out here.
Item {
    id: start

    required property RunsView view
    readonly property StoryModel story: view.story

    implicitHeight: column.implicitHeight + Theme.s

    ColumnLayout {
        id: column
        x: Theme.m
        y: Theme.s
        width: parent.width - Theme.m - 14
        spacing: 4
        RowLayout {
            visible: start.view.asked !== "" && !start.story.hasEarlier
            spacing: Theme.s
            Icon { name: start.view.ticket !== "" ? "ticket" : "terminal"; size: 15; color: Theme.muted; Layout.alignment: Qt.AlignTop; Layout.topMargin: 2 }
            AppText {
                text: start.view.ticket !== "" ? qsTr("Asked for: %1").arg(start.view.asked) : start.view.asked
                wrapMode: Text.Wrap
                maximumLineCount: 4
                elide: Text.ElideRight
                Layout.fillWidth: true
                Layout.leftMargin: 1
            }
        }
        RowLayout {
            visible: start.story.letGo > 0
            spacing: Theme.s
            Icon { name: "chevron-up"; size: 15; color: Theme.muted }
            Muted {
                text: start.story.hasEarlier ? qsTr("%L1 earlier items are not shown.").arg(start.story.letGo)
                                             : qsTr("%L1 earlier items are left out. The log has what was printed.").arg(start.story.letGo)
                Layout.leftMargin: 1
            }
            FoldLink {
                visible: start.story.hasEarlier
                moreText: qsTr("Show earlier ones")
                onClicked: start.story.loadEarlier()
            }
            Item { Layout.fillWidth: true }
        }
        RowLayout {
            visible: start.story.unreadable > 0
            spacing: Theme.s
            Icon { name: "warning"; size: 15; color: Theme.warning }
            Muted { text: qsTr("%n line(s) of its updates could not be read.", "", start.story.unreadable); Layout.fillWidth: true; Layout.leftMargin: 1 }
        }
    }
}
