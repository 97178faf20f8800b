// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// The picture, and below it what it shows and what it does not.
FocusScope {
    id: pane

    required property GraphView view
    readonly property alias canvas: canvas
    readonly property alias style: style

    GraphStyle {
        id: style
        ground: Theme.surface
        family: Theme.family
        pixelSize: Theme.normal
        colours: ({
            box: Theme.raised, text: Theme.text, muted: Theme.muted, border: Theme.border, borderStrong: Theme.borderStrong,
            accent: Theme.accent, focus: Theme.focus, selected: Theme.selected, info: Theme.info, ok: Theme.ok, okGround: Theme.okGround,
            warning: Theme.warning, warningGround: Theme.warningGround, danger: Theme.danger, dangerGround: Theme.dangerGround,
            neutralGround: Theme.neutralGround
        })
    }
    ColumnLayout {
        anchors.fill: parent
        spacing: 0
        Item {
            Layout.fillWidth: true
            Layout.fillHeight: true
            GraphCanvas {
                id: canvas
                anchors.fill: parent
                style: style
                focus: true
                activeFocusOnTab: true
                ringed: activeFocus
                clip: true
                Accessible.role: Accessible.Graphic
                Accessible.name: qsTr("Picture of the graph: %1. The list beside it says the same.").arg(pane.view.shown)
                Keys.onPressed: event => {
                    const pan = (event.modifiers & Qt.ShiftModifier) !== 0;
                    switch (event.key) {
                    case Qt.Key_Up: pan ? panBy(0, -80) : step(0); break;
                    case Qt.Key_Right: pan ? panBy(80, 0) : step(1); break;
                    case Qt.Key_Down: pan ? panBy(0, 80) : step(2); break;
                    case Qt.Key_Left: pan ? panBy(-80, 0) : step(3); break;
                    case Qt.Key_Return:
                    case Qt.Key_Enter: pane.view.openItem(pane.view.item); break;
                    default: return;
                    }
                    event.accepted = true;
                }
                onPicked: forceActiveFocus()
            }
            FocusRing { target: canvas }
            EmptyState {
                visible: pane.view.empty || (pane.view.mode === GraphView.Cycles && pane.view.cycleCount === 0 && !pane.view.busy)
                anchors.centerIn: parent
                iconName: "graph"
                title: pane.view.empty ? qsTr("No plugins yet") : qsTr("Nothing goes round")
                text: pane.view.empty ? qsTr("Add one in the Catalog; what its files name shows up here.")
                                      : qsTr("No plugins depend on each other in a circle.")
            }
        }
        Rule { Layout.fillWidth: true }
        GraphLegend {
            style: style
            mode: pane.view.mode
            visible: !pane.view.empty
            Layout.fillWidth: true
            Layout.topMargin: Theme.s
            Layout.leftMargin: Theme.l
            Layout.rightMargin: Theme.s
        }
        RowLayout {
            spacing: Theme.s
            Layout.fillWidth: true
            Layout.margins: Theme.s
            Layout.leftMargin: Theme.l
            ColumnLayout {
                spacing: 1
                Layout.fillWidth: true
                AppText { text: pane.view.shown; elide: Text.ElideRight; Layout.fillWidth: true }
                Muted { text: pane.view.hidden; elide: Text.ElideRight; Layout.fillWidth: true }
            }
            GraphDepth {
                visible: pane.view.mode === GraphView.Neighbours
                text: qsTr("Dependents")
                value: pane.view.up
                keys: "U"
                onAsked: steps => pane.view.up = steps
            }
            GraphDepth {
                visible: pane.view.mode === GraphView.Neighbours
                text: qsTr("Dependencies")
                value: pane.view.down
                keys: "D"
                onAsked: steps => pane.view.down = steps
            }
            AppButton { text: qsTr("%1 %").arg(Math.round(canvas.zoom * 100)); kind: "quiet"; hint: qsTr("Show all of the picture"); keys: "0"; onClicked: canvas.fit() }
        }
    }
}
