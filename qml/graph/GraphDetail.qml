// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The selected plugin in words, with what can be done; or the cycle on view.
Item {
    id: detail

    required property GraphView view

    implicitHeight: column.implicitHeight + 2 * Theme.m
    Rule { width: parent.width }
    ColumnLayout {
        id: column
        anchors.fill: parent
        anchors.margins: Theme.m
        spacing: Theme.s
        AppText { text: detail.view.selectedPlugin !== "" ? detail.view.selectedPlugin : qsTr("This cycle"); font.weight: Font.DemiBold; elide: Text.ElideRight; Layout.fillWidth: true }
        Muted { text: detail.view.selectedText; wrapMode: Text.Wrap; elide: Text.ElideNone; maximumLineCount: 16; Layout.fillWidth: true }
        RowLayout {
            spacing: Theme.s
            visible: detail.view.selectedPlugin !== ""
            AppButton { text: qsTr("Look at it"); keys: "↵"; enabled: detail.view.selectedPlugin !== detail.view.focus; onClicked: detail.view.focus = detail.view.selectedPlugin }
            AppButton { text: qsTr("Catalog"); iconName: "catalog"; keys: "C"; onClicked: App.show("catalog", detail.view.selectedPlugin) }
        }
    }
}
