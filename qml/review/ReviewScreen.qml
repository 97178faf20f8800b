// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Coppice

// A patch side by side, with its evidence; then applied and shipped.
AppScreen {
    id: screen

    name: "review"
    firstFocus: diff

    // Under other names, since a sheet that is made later has a "view" of its own.
    readonly property ReviewView patchView: view
    readonly property ReviewDesk patchDesk: desk

    ReviewView {
        id: view
        onApplied: plugin => shipSheet.begin(plugin)
    }
    ReviewDesk { id: desk; view: view }
    LazySheet { id: rejectSheet; sourceComponent: RejectSheet { view: screen.patchView } }
    LazySheet { id: linesSheet; sourceComponent: LinesSheet { desk: screen.patchDesk } }
    LazySheet { id: threadsSheet; sourceComponent: ThreadsSheet { desk: screen.patchDesk } }
    LazySheet { id: editSheet; sourceComponent: EditSheet { desk: screen.patchDesk } }
    LazySheet { id: backSheet; sourceComponent: SendBackSheet { desk: screen.patchDesk } }
    LazySheet { id: sweepsSheet; sourceComponent: SweepsSheet { } }
    LazySheet { id: commentSheet; sourceComponent: CommentSheet { view: screen.patchView; desk: screen.patchDesk } }
    LazySheet { id: applySheet; sourceComponent: ApplySheet { view: screen.patchView } }
    ShipSheet { id: shipSheet }
    DecisionCommands {
        view: view
        desk: desk
        active: screen.active
        onLinesAsked: linesSheet.open()
        onThreadsAsked: threadsSheet.open()
        onEditAsked: editSheet.open()
        onBackAsked: backSheet.open()
        onSweepsAsked: sweepsSheet.open()
    }
    ReviewCommands {
        view: view
        active: screen.active
        onHunkAsked: line => diff.reveal(line)
        onRejectAsked: rejectSheet.open()
        onCommentAsked: commentSheet.open()
        onApplyAsked: applySheet.open()
        onShipAsked: shipSheet.begin(view.plugin)
        onPatchesAsked: patches.popup.open()
        onChecksAsked: evidence.showChecks()
        onEvidenceAsked: evidence.folded = !evidence.folded
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        visible: view.patches.count > 0
        ReviewHeader {
            id: patches
            view: view
            Layout.fillWidth: true
            openThreads: desk.openThreads
            onApplyAsked: applySheet.open()
            onShipAsked: shipSheet.begin(view.plugin)
            onBackAsked: backSheet.open()
            onThreadsAsked: threadsSheet.open()
            onSweepsAsked: sweepsSheet.open()
        }
        SinceBar { view: view; Layout.fillWidth: true }
        ErrorNote {
            error: view.error
            Layout.fillWidth: true
            Layout.margins: visible ? Theme.m : 0
        }
        EvidencePanel {
            id: evidence
            view: view
            Layout.fillWidth: true
        }
        SplitView {
            Layout.fillWidth: true
            Layout.fillHeight: true
            handle: SplitHandle { }
            FileList {
                id: files
                view: view
                SplitView.preferredWidth: 240
                SplitView.minimumWidth: 150
            }
            DiffView {
                id: diff
                view: view
                active: screen.active
                SplitView.fillWidth: true
                onRejectAsked: rejectSheet.open()
                onCommentAsked: commentSheet.open()
            }
        }
    }
    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        visible: view.patches.count === 0
        ScreenHeader {
            title: qsTr("Review")
            AppCheck { text: qsTr("Shipped and closed too"); checked: view.showAll; onToggled: view.showAll = checked }
        }
        Item {
            Layout.fillWidth: true
            Layout.fillHeight: true
            EmptyState {
                anchors.centerIn: parent
                iconName: "review"
                title: qsTr("No patch waits for review")
                text: qsTr("A run that changed something leaves its patch here, with the checks before and after. Start one from a ticket in the Inbox.")
                AppButton { text: qsTr("Go to the Inbox"); onClicked: App.show("inbox") }
                AppButton { text: qsTr("Look at the runs"); onClicked: App.show("runs") }
            }
        }
    }
}
