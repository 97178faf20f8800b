// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Coppice

// Several lines of text, plain.
Flickable {
    id: area

    property alias text: input.text
    property alias placeholderText: input.placeholderText
    property alias font: input.font
    readonly property alias textDocument: input.textDocument
    property bool mono: false

    implicitHeight: 90
    implicitWidth: 300
    clip: true
    contentWidth: width
    contentHeight: input.implicitHeight
    boundsBehavior: Flickable.StopAtBounds
    onActiveFocusChanged: {
        if (activeFocus)
            input.forceActiveFocus();
    }

    T.TextArea.flickable: T.TextArea {
        id: input
        width: area.width
        padding: 8
        wrapMode: TextEdit.Wrap
        textFormat: TextEdit.PlainText
        font.family: area.mono ? Theme.mono : Theme.family
        font.preferShaping: !area.mono
        font.pixelSize: area.mono ? Theme.small : Theme.normal
        color: Theme.text
        placeholderTextColor: Theme.muted
        selectionColor: Theme.accentGround
        selectedTextColor: Theme.accentInk
        selectByMouse: true
        Accessible.name: placeholderText
        Keys.priority: Keys.BeforeItem
        Keys.onTabPressed: nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason)
        Keys.onBacktabPressed: nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)
        background: Rectangle {
            radius: Theme.radius
            color: Theme.raised
            border.width: input.activeFocus ? 2 : 1
            border.color: input.activeFocus ? Theme.focus : Theme.borderStrong
        }
        AppText {
            x: input.leftPadding
            y: input.topPadding
            visible: input.text === ""
            text: input.placeholderText
            color: Theme.muted
            font: input.font
            Accessible.ignored: true
        }
    }
}
