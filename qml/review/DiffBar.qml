// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Over a file's rows: which file, how it is shown, and whatever is not shown as it is.
Rectangle {
    id: bar

    required property ReviewView view
    required property DiffOptions options
    signal wrapAsked

    color: Theme.sunken
    implicitHeight: 34
    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.m
        anchors.rightMargin: Theme.m
        spacing: Theme.s
        Code { text: bar.view.filePath; elide: Text.ElideLeft; Layout.maximumWidth: bar.width * 0.45 }
        Muted {
            text: (bar.view.diffLoad.busy ? qsTr("reading…") + "  " : "") + bar.view.fileNote + (bar.view.fileNote !== "" && bar.view.diffLoad.note !== "" ? ", " : "") + bar.view.diffLoad.note
            Layout.fillWidth: true
        }
        Tag {
            visible: bar.view.diff.whitespaceHidden > 0
            tone: "warning"
            text: qsTr("%n whitespace-only line(s) hidden", "", bar.view.diff.whitespaceHidden)
        }
        Tag {
            visible: bar.view.diff.coarseLines > 0
            tone: "warning"
            iconName: "warning"
            text: qsTr("coarse: %n line(s) not compared one by one", "", bar.view.diff.coarseLines)
        }
        Tag {
            visible: bar.view.diffLoad.declared !== ""
            tone: "warning"
            iconName: "flag"
            text: bar.view.diffLoad.declared
        }
        AppButton {
            visible: bar.view.diffLoad.withheld
            text: qsTr("Look anyway")
            keys: "D"
            hint: qsTr("Shows the lines of what .gitattributes call binary")
            implicitHeight: 24
            onClicked: bar.view.diffLoad.lookAnyway()
        }
        AppButton {
            visible: bar.view.diffLoad.canRefine
            text: qsTr("Refine")
            keys: "Shift+F5"
            hint: qsTr("Compare again, however long it takes")
            implicitHeight: 24
            onClicked: bar.view.diffLoad.refine()
        }
        AppButton {
            kind: "quiet"
            text: bar.options.unified ? qsTr("Unified") : qsTr("Side by side")
            keys: "U"
            hint: qsTr("Side by side, or one column")
            implicitHeight: 24
            focusPolicy: Qt.NoFocus
            onClicked: bar.options.unified = !bar.options.unified
        }
        AppButton {
            kind: "quiet"
            text: bar.options.wrap ? qsTr("Wrapped") : qsTr("Not wrapped")
            keys: "⇧+W"
            hint: qsTr("Long lines go on below, or to the right")
            implicitHeight: 24
            focusPolicy: Qt.NoFocus
            onClicked: bar.wrapAsked()
        }
        AppButton {
            kind: "quiet"
            text: [qsTr("All white space"), qsTr("Line ends ignored"), qsTr("Amount ignored"), qsTr("White space ignored")][bar.options.whitespace]
            keys: "W"
            hint: qsTr("Which changes of white space are shown")
            implicitHeight: 24
            focusPolicy: Qt.NoFocus
            onClicked: bar.options.whitespace = (bar.options.whitespace + 1) % 4
        }
    }
}
