// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The same hunk in many plugins: read once, decided once, undone as one.
Sheet {
    id: sheet

    SweepDesk { id: desk }
    title: qsTr("Equal hunks in many plugins")
    text: desk.loading ? qsTr("Comparing the hunks of all open patches…")
        : desk.sweeps.count === 0 ? qsTr("No hunk stands in the open patches of two plugins.")
        : qsTr("A verdict here is given in every place at once, and undone as one. Outliers are plugins whose hunk differs: they are not decided on.")
    action: desk.sweeps.count > 0 ? qsTr("Accept everywhere") : ""
    ready: desk.current >= 0 && !desk.loading
    error: desk.error
    firstFocus: list
    width: Math.min(1000, (parent ? parent.width : 600) - 40)
    onAboutToShow: desk.load()
    onAccepted: desk.decide(true, "")
    footer: [
        AppButton {
            text: qsTr("Reject everywhere")
            keys: "Ctrl+R"
            enabled: sheet.ready
            onClicked: desk.decide(false, reason.text.trim())
        }
    ]
    Shortcut { sequence: "Ctrl+R"; enabled: sheet.opened && sheet.ready; onActivated: desk.decide(false, reason.text.trim()) }
    RowList {
        id: list
        visible: desk.sweeps.count > 0
        label: qsTr("Sweeps")
        model: desk.sweeps
        selected: desk.current
        onPicked: index => desk.pick(index)
        Layout.fillWidth: true
        Layout.preferredHeight: Math.min(190, Math.max(40, contentHeight))
        delegate: ListRow {
            id: row
            required property string title
            required property int plugins
            required property string names
            required property int undecided
            required property int accepted
            required property int rejected
            required property int outliers
            spoken: qsTr("%1, in %2 plugins, %3 without a verdict, %4 outliers").arg(title).arg(plugins).arg(undecided).arg(outliers)
            RowLayout {
                anchors.fill: parent
                spacing: Theme.s
                Code { text: row.title; Layout.fillWidth: true; Layout.preferredWidth: 3 }
                Muted { text: qsTr("%n plugin(s): ", "", row.plugins) + row.names; Layout.fillWidth: true; Layout.preferredWidth: 2 }
                Mark { icon: "check"; tone: "ok"; count: row.accepted; hint: qsTr("accepted") }
                Mark { icon: "cross"; tone: "danger"; count: row.rejected; hint: qsTr("rejected") }
                Mark { icon: "circle"; tone: "neutral"; count: row.undecided; hint: qsTr("without a verdict") }
                Mark { icon: "flag"; tone: "warning"; count: row.outliers; hint: qsTr("outliers") }
            }
        }
    }
    RowLayout {
        visible: desk.sweeps.count > 0
        spacing: Theme.m
        Layout.fillWidth: true
        QuoteBox { name: qsTr("The hunk"); captioned: true; text: desk.sample; Layout.fillWidth: true; Layout.preferredWidth: 1; Layout.preferredHeight: 230 }
        QuoteBox { name: qsTr("Outliers"); captioned: true; visible: desk.outliers !== ""; text: desk.outliers; Layout.fillWidth: true; Layout.preferredWidth: 1; Layout.preferredHeight: 230 }
    }
    Labelled {
        visible: desk.sweeps.count > 0
        label: qsTr("Why")
        AppField { id: reason; placeholderText: qsTr("Of a rejection: what should be different"); Layout.fillWidth: true }
    }
}
