// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Short notes over the window, the newest lowest.
Column {
    id: stack

    spacing: Theme.s
    width: 380
    z: 10

    Repeater {
        model: App.toasts.list
        Rectangle {
            id: toast
            required property string key
            required property string text
            required property string where
            required property string fix
            required property bool error
            required property bool canUndo

            width: stack.width
            implicitHeight: line.implicitHeight + 2 * Theme.s
            radius: 6
            color: Theme.overlay
            border.color: error ? Theme.danger : Theme.borderStrong
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text

            RowLayout {
                id: line
                anchors.fill: parent
                anchors.margins: Theme.s
                anchors.leftMargin: Theme.m
                spacing: Theme.s
                Icon {
                    name: toast.error ? "error" : "circle-check"
                    color: toast.error ? Theme.danger : Theme.ok
                    Layout.alignment: Qt.AlignTop
                    Layout.topMargin: 6
                }
                ColumnLayout {
                    spacing: 2
                    Layout.fillWidth: true
                    Layout.topMargin: 5
                    Layout.bottomMargin: 5
                    AppText {
                        text: toast.text
                        wrapMode: Text.Wrap
                        maximumLineCount: 6
                        elide: Text.ElideRight
                        Layout.fillWidth: true
                    }
                    Code {
                        text: toast.where
                        visible: text !== ""
                        wrapMode: Text.WrapAnywhere
                        maximumLineCount: 4
                        elide: Text.ElideRight
                        Layout.fillWidth: true
                    }
                    Muted {
                        text: toast.fix
                        visible: text !== ""
                        wrapMode: Text.Wrap
                        maximumLineCount: 4
                        elide: Text.ElideRight
                        Layout.fillWidth: true
                    }
                }
                AppButton {
                    visible: toast.canUndo
                    text: qsTr("Undo")
                    keys: "Ctrl+Z"
                    kind: "quiet"
                    Layout.alignment: Qt.AlignTop
                    onClicked: App.toasts.undo(toast.key)
                }
                AppButton {
                    kind: "quiet"
                    iconName: "cross"
                    hint: qsTr("Dismiss")
                    Layout.alignment: Qt.AlignTop
                    onClicked: App.toasts.dismiss(toast.key)
                }
            }
        }
    }
}
