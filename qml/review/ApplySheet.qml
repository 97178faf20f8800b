// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What applying does, before the second key.
Sheet {
    id: sheet

    required property ReviewView view
    readonly property int unseen: view.unseenAccepted

    title: qsTr("Apply to %1").arg(view.plugin)
    text: qsTr("What is accepted becomes one commit on %1, at the library's newest head. The checks run once more on exactly that before anything moves. Nothing is pushed.").arg(App.branch)
    action: qsTr("Apply")
    ready: view.accepted > 0 && (unseen === 0 || know.checked) && rules.refused.length === 0
    /// What the person wrote; empty: the subject is left as it is made.
    readonly property string words: message.text === rules.subject ? "" : message.text.trim()
    onAboutToShow: {
        know.checked = false;
        approvals.ask(view.patch);
        message.text = "";
        message.touched = false;
        rules.ask(view.patch, "");
    }
    onAccepted: {
        close();
        view.apply(message.touched ? words : "");
    }

    PatchApprovals { id: approvals }
    PatchRules {
        id: rules
        onChanged: if (!message.touched) message.text = subject
    }
    Timer {
        id: soon
        interval: 250
        onTriggered: rules.ask(sheet.view.patch, sheet.words)
    }
    Labelled {
        label: qsTr("Commit message")
        Layout.fillWidth: true
        AppField {
            id: message
            property bool touched: false
            placeholderText: qsTr("Commit message")
            wrong: rules.refused.length > 0
            onTextEdited: {
                touched = true;
                soon.restart();
            }
            Layout.fillWidth: true
        }
    }
    Repeater {
        model: rules.refused
        RowLayout {
            id: refusal
            required property string modelData
            spacing: Theme.s
            Icon { name: "cross"; color: Theme.danger; Layout.alignment: Qt.AlignTop }
            AppText { text: refusal.modelData; wrapMode: Text.Wrap; Layout.fillWidth: true }
        }
    }
    Repeater {
        model: rules.told
        RowLayout {
            id: warning
            required property string modelData
            spacing: Theme.s
            Icon { name: "warning"; color: Theme.warning; Layout.alignment: Qt.AlignTop }
            AppText { text: qsTr("When it ships: %1").arg(warning.modelData); wrapMode: Text.Wrap; Layout.fillWidth: true }
        }
    }
    RowLayout {
        spacing: Theme.s
        Icon { name: "check"; color: Theme.ok }
        AppText { text: qsTr("%n hunk(s) accepted", "", sheet.view.accepted); Layout.fillWidth: true }
    }
    RowLayout {
        visible: sheet.view.rejected > 0
        spacing: Theme.s
        Icon { name: "cross"; color: Theme.danger }
        AppText { text: qsTr("%n hunk(s) rejected: left out", "", sheet.view.rejected); Layout.fillWidth: true }
    }
    RowLayout {
        visible: sheet.view.undecided > 0
        spacing: Theme.s
        Icon { name: "circle"; color: Theme.muted }
        AppText { text: qsTr("%n hunk(s) without a verdict: left out", "", sheet.view.undecided); Layout.fillWidth: true }
    }
    RowLayout {
        visible: sheet.view.flags.count > 0
        spacing: Theme.s
        Icon { name: "flag"; color: Theme.warning }
        AppText { text: qsTr("%n risk flag(s) found", "", sheet.view.flags.count); Layout.fillWidth: true }
    }
    RowLayout {
        visible: sheet.view.tainted
        spacing: Theme.s
        Icon { name: "shield"; color: Theme.warning }
        AppText { text: qsTr("The run read text from outside; the patch carries that mark."); wrapMode: Text.Wrap; Layout.fillWidth: true }
    }
    Fact { name: qsTr("Approved by"); value: approvals.approved; Layout.fillWidth: true }
    Fact { name: qsTr("Lapsed"); value: approvals.lapsed === "" ? "" : qsTr("%1 approved other content").arg(approvals.lapsed); Layout.fillWidth: true }
    Repeater {
        model: approvals.asked ? approvals.missing : []
        RowLayout {
            id: lack
            required property string modelData
            spacing: Theme.s
            Icon { name: "person"; color: Theme.warning }
            AppText { text: qsTr("Besides you: %1").arg(lack.modelData); wrapMode: Text.Wrap; Layout.fillWidth: true }
        }
    }
    AppButton {
        visible: approvals.asked && approvals.missing.length > 0
        text: qsTr("Approve, and leave it to others to apply")
        enabled: !approvals.busy && sheet.view.accepted > 0
        onClicked: approvals.approve()
    }
    AppCheck {
        id: know
        visible: sheet.unseen > 0
        text: qsTr("%n accepted hunk(s) were never shown to anybody. Apply all the same.", "", sheet.unseen)
    }
}
