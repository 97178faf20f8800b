// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Over a hunk: where it is, what was said of it, and the verdicts.
Rectangle {
    id: head

    property string text
    property string verdict
    property string reason
    property bool current: false
    property bool decides: false
    signal picked
    signal accepted
    signal rejected
    signal reconsidered
    signal commented

    implicitHeight: 34
    color: current ? Theme.selected : Theme.sunken
    Rule { width: parent.width }
    Rectangle {
        visible: head.current
        width: 4
        height: parent.height
        color: Theme.accent
    }
    MouseArea {
        anchors.fill: parent
        onClicked: head.picked()
    }
    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.m
        anchors.rightMargin: Theme.l
        spacing: Theme.s
        Tag {
            visible: head.verdict !== "undecided"
            text: head.verdict
            tone: head.verdict === "accepted" ? "ok" : head.verdict === "partly" ? "warning" : "danger"
            iconName: head.verdict === "accepted" ? "check" : "cross"
        }
        AppText {
            text: head.text
            font.pixelSize: Theme.small
            color: head.current ? Theme.text : Theme.muted
        }
        Muted {
            text: head.reason
            Layout.fillWidth: true
        }
        AppButton { kind: "quiet"; iconName: "comment"; hint: qsTr("Comment (C)"); implicitHeight: 24; focusPolicy: Qt.NoFocus; onClicked: head.commented() }
        AppButton {
            visible: head.decides && head.verdict !== "undecided"
            kind: "quiet"
            text: qsTr("Take back")
            keys: head.current ? "X" : ""
            implicitHeight: 24
            focusPolicy: Qt.NoFocus
            onClicked: head.reconsidered()
        }
        AppButton {
            visible: head.decides && head.verdict !== "rejected"
            text: qsTr("Reject")
            keys: head.current ? "R" : ""
            implicitHeight: 24
            focusPolicy: Qt.NoFocus
            onClicked: head.rejected()
        }
        AppButton {
            visible: head.decides && head.verdict !== "accepted"
            text: qsTr("Accept")
            keys: head.current ? "A" : ""
            implicitHeight: 24
            focusPolicy: Qt.NoFocus
            onClicked: head.accepted()
        }
    }
}
