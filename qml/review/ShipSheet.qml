// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// What shipping sends and runs, before the second key.
Sheet {
    id: sheet

    function begin(plugin: string) {
        open();
        plan.plan(plugin);
    }

    title: qsTr("Ship %1").arg(plan.plugin)
    text: plan.ready ? plan.asPull ? qsTr("This leaves the machine as a pull request. Once it is merged, it is tagged by policy and watched; a deploy asks for this key again.")
                                   : qsTr("This leaves the machine. A push and a deploy cannot be taken back; a fix that does not hold is reopened by the next error.")
                     : plan.busy ? qsTr("Looking at what would be sent…") : ""
    action: plan.asPull && !plan.nothingToSend ? qsTr("Open pull request") : qsTr("Ship it")
    ready: plan.ready && plan.refused.length === 0
    busy: plan.busy
    error: plan.error
    onAccepted: plan.ship()

    ShipPlan {
        id: plan
        onShipped: sheet.close()
        onProposed: patch => {
            sheet.close();
            if (patch !== "")
                App.show("review", patch);
        }
    }
    footer: AppButton {
        text: qsTr("Propose the next version")
        hint: qsTr("From the commits: version files and changelog, as a patch to review")
        keys: "Ctrl+P"
        enabled: plan.plugin !== "" && !plan.busy
        onClicked: plan.propose()
        Shortcut {
            sequences: ["Ctrl+P"]
            enabled: sheet.opened
            onActivated: plan.propose()
        }
    }
    Fact { name: qsTr("To"); value: plan.remote; mono: true; Layout.fillWidth: true }
    Repeater {
        model: plan.refused
        RowLayout {
            id: refusal
            required property string modelData
            spacing: Theme.s
            Icon { name: "cross"; color: Theme.danger; Layout.alignment: Qt.AlignTop; Layout.topMargin: 1 }
            AppText { text: refusal.modelData; wrapMode: Text.Wrap; Layout.fillWidth: true }
        }
    }
    RowLayout {
        visible: plan.tainted
        spacing: Theme.s
        Icon { name: "shield"; color: Theme.warning }
        AppText { text: qsTr("An agent that had read text from outside made a part of this: only a person ships it."); wrapMode: Text.Wrap; Layout.fillWidth: true }
    }
    Fact { name: plan.asPull ? qsTr("Pull request to") : qsTr("Branch"); value: plan.ref; mono: true; Layout.fillWidth: true }
    Fact { name: qsTr("Version"); value: plan.version; Layout.fillWidth: true }
    Fact { name: qsTr("Tag"); value: plan.tag; mono: true; Layout.fillWidth: true }
    Fact { name: qsTr("Changelog"); value: plan.changelog; Layout.fillWidth: true }
    Fact { name: qsTr("Last pull request"); value: plan.pull; Layout.fillWidth: true }
    Fact { name: plan.deployed ? qsTr("Deployed already") : qsTr("Deploy"); value: plan.ready && plan.deployCommand === "" ? qsTr("no deploy command is set") : plan.deployCommand; mono: plan.deployCommand !== ""; Layout.fillWidth: true }
    Fact { name: qsTr("Secrets"); value: plan.secrets; mono: true; Layout.fillWidth: true }
    Repeater {
        model: plan.unapproved
        RowLayout {
            id: lack
            required property string modelData
            spacing: Theme.s
            Icon { name: "person"; color: Theme.warning; Layout.alignment: Qt.AlignTop }
            AppText { text: lack.modelData; wrapMode: Text.Wrap; Layout.fillWidth: true }
        }
    }
    Repeater {
        model: plan.ways
        Fact {
            required property string modelData
            name: qsTr("Ticket")
            value: modelData
            Layout.fillWidth: true
        }
    }
    Repeater {
        model: plan.watches
        Fact {
            required property string modelData
            name: qsTr("Watched")
            value: modelData
            Layout.fillWidth: true
        }
    }
    Section {
        title: qsTr("%n commit(s)", "", plan.commits.length)
        visible: plan.ready
        Repeater {
            model: plan.commits
            RowLayout {
                id: commit
                required property string modelData
                required property int index
                visible: index < 10
                spacing: Theme.s
                Icon { name: "branch"; color: Theme.muted; size: 14 }
                AppText { text: commit.modelData; Layout.fillWidth: true }
            }
        }
        Muted { visible: plan.commits.length > 10; text: qsTr("and %n more", "", plan.commits.length - 10) }
    }
    Repeater {
        model: plan.notes
        Muted {
            required property string modelData
            text: modelData
            wrapMode: Text.Wrap
            Layout.fillWidth: true
        }
    }
    Fact { name: qsTr("Then"); value: plan.asPull ? plan.next : ""; Layout.fillWidth: true }
}
