// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Coppice

// Something to fill in or to confirm, over the window. Escape leaves, Ctrl+Return does it.
T.Popup {
    id: sheet

    property string title
    property string text
    property string action
    property string actionKind: "primary"
    property bool ready: true
    property errorInfo error
    property bool busy: false
    default property alias content: body.data
    property alias footer: left.data
    property Item firstFocus: null
    signal accepted

    function accept() {
        if (visible && ready && !busy && action !== "")
            accepted();
    }

    parent: T.Overlay.overlay
    width: Math.min(560, (parent ? parent.width : 600) - 40)
    height: Math.min(implicitHeight, (parent ? parent.height : 600) - 60)
    implicitHeight: column.implicitHeight + 2
    x: parent ? Math.round((parent.width - width) / 2) : 0
    y: parent ? Math.round(Math.max(30, (parent.height - height) * 0.36)) : 0
    modal: true
    focus: true
    padding: 1
    closePolicy: T.Popup.CloseOnEscape
    T.Overlay.modal: Rectangle { color: Theme.veil }
    onOpened: {
        if (!firstFocus)
            return;
        firstFocus.forceActiveFocus();
        const field = firstFocus as AppField;
        if (field) // what stands there from the last time is typed over
            field.selectAll();
    }

    background: Rectangle {
        radius: 8
        color: Theme.overlay
        border.color: Theme.borderStrong
    }
    contentItem: ColumnLayout {
        id: column
        spacing: 0
        focus: true
        Accessible.role: Accessible.Dialog
        Accessible.name: sheet.title
        // A shortcut, not a key of this column: combo boxes and buttons keep Return for themselves.
        Shortcut {
            sequences: ["Ctrl+Return", "Ctrl+Enter"]
            enabled: sheet.opened
            onActivated: sheet.accept()
        }
        RowLayout {
            Layout.margins: Theme.l
            Layout.bottomMargin: Theme.s
            Heading {
                text: sheet.title
                Layout.fillWidth: true
            }
            AppButton {
                kind: "quiet"
                iconName: "cross"
                hint: qsTr("Close (Esc)")
                focusPolicy: Qt.NoFocus
                onClicked: sheet.close()
            }
        }
        AppText {
            visible: text !== ""
            text: sheet.text
            color: Theme.muted
            wrapMode: Text.Wrap
            lineHeight: 1.2
            Layout.fillWidth: true
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
            Layout.bottomMargin: Theme.s
        }
        ColumnLayout {
            id: body
            spacing: Theme.m
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
            Layout.bottomMargin: Theme.m
        }
        ErrorNote {
            error: sheet.error
            Layout.fillWidth: true
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
            Layout.bottomMargin: visible ? Theme.m : 0
        }
        Rule { Layout.fillWidth: true; visible: sheet.action !== "" }
        RowLayout {
            visible: sheet.action !== ""
            spacing: Theme.s
            Layout.margins: Theme.m
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.l
            Row {
                id: left
                spacing: Theme.s
                Layout.fillWidth: true
            }
            Item { Layout.fillWidth: true }
            AppButton {
                text: qsTr("Cancel")
                keys: "Esc"
                onClicked: sheet.close()
            }
            AppButton {
                text: sheet.busy ? qsTr("Working…") : sheet.action
                kind: sheet.actionKind
                keys: "Ctrl+↵"
                enabled: sheet.ready && !sheet.busy
                onClicked: sheet.accept()
            }
        }
    }
}
