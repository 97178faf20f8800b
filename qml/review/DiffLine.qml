// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// One row of the difference: painted when it is code, made of parts when something is to be pressed or read.
Item {
    id: line

    required property int index
    required property string kind
    required property int stamp
    required property bool current
    property ReviewView view
    property DiffStyle rowStyle
    signal rejectAsked
    signal commentAsked

    width: ListView.view ? ListView.view.width : 0
    height: kind === "code" ? rowStyle.lineHeight * code.rows : part.implicitHeight
    Accessible.role: Accessible.ListItem
    Accessible.name: view.diff.heard && stamp >= 0 ? view.diff.spokenAt(index) : ""
    Accessible.selected: current

    // What only some rows have is not asked for by all: this is the price of a page.
    function told(role: string): var { return stamp >= 0 ? view.diff.value(index, role) : undefined; }

    DiffRow {
        id: code
        anchors.fill: parent
        visible: line.kind === "code"
        source: line.view.diff
        style: line.rowStyle
        line: line.index
        stamp: line.stamp
    }
    Loader {
        id: part
        active: line.kind !== "code"
        width: parent.width
        sourceComponent: line.kind === "head" ? head : line.kind === "comment" ? comment : line.kind === "fold" ? fold : note
    }
    Component {
        id: head
        HunkHead {
            text: line.told("text")
            verdict: line.told("verdict")
            reason: line.told("reason")
            current: line.current
            decides: line.view.open
            readonly property int hunk: line.told("hunk")
            onPicked: line.view.pickHunk(hunk)
            onAccepted: line.view.accept(hunk)
            onRejected: { line.view.pickHunk(hunk); line.view.reject(hunk, ""); }
            onReconsidered: line.view.reconsider(hunk)
            onCommented: { line.view.pickHunk(hunk); line.commentAsked(); }
        }
    }
    Component {
        id: comment
        Rectangle {
            implicitHeight: said.implicitHeight + 2 * Theme.s
            color: Theme.infoGround
            RowLayout {
                id: said
                anchors.fill: parent
                anchors.margins: Theme.s
                anchors.leftMargin: Theme.l
                spacing: Theme.s
                Icon { name: "comment"; color: Theme.info; size: 14; Layout.alignment: Qt.AlignTop; Layout.topMargin: 2 }
                AppText { text: line.told("author"); font.weight: Font.Medium; Layout.alignment: Qt.AlignTop }
                AppText { text: line.told("text"); wrapMode: Text.Wrap; Layout.fillWidth: true }
                AgeText { at: line.told("at"); Layout.alignment: Qt.AlignTop }
            }
        }
    }
    Component {
        id: fold
        Rectangle {
            implicitHeight: 24
            color: area.containsMouse ? Theme.hover : Theme.fold
            RowLayout {
                anchors.fill: parent
                anchors.leftMargin: Theme.m
                spacing: Theme.s
                Icon { name: "chevron-right"; size: 13; color: Theme.muted }
                Muted { text: line.told("text"); Layout.fillWidth: true }
            }
            MouseArea {
                id: area
                anchors.fill: parent
                hoverEnabled: true
                onClicked: line.view.diff.openFold(line.index)
            }
            Row {
                anchors.right: parent.right
                anchors.rightMargin: Theme.m
                anchors.verticalCenter: parent.verticalCenter
                spacing: 2
                AppButton { kind: "quiet"; iconName: "arrow-down"; hint: qsTr("20 more lines after what is above"); implicitHeight: 20; focusPolicy: Qt.NoFocus; onClicked: line.view.diff.openFold(line.index, -20) }
                AppButton { kind: "quiet"; iconName: "arrow-up"; hint: qsTr("20 more lines before what is below"); implicitHeight: 20; focusPolicy: Qt.NoFocus; onClicked: line.view.diff.openFold(line.index, 20) }
            }
        }
    }
    Component {
        id: note
        Rectangle {
            implicitHeight: 28
            color: Theme.sunken
            Muted {
                anchors.fill: parent
                anchors.leftMargin: Theme.l
                text: line.told("text")
            }
        }
    }
}
