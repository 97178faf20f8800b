// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Before a library is open: which one, a new demo, or why it would not open.
Item {
    id: welcome

    signal openAsked
    signal demoAsked

    ColumnLayout {
        anchors.centerIn: parent
        width: Math.min(520, parent.width - 2 * Theme.xl)
        spacing: Theme.m

        Icon {
            name: "leaf"
            size: 40
            color: Theme.ok
            Layout.alignment: Qt.AlignHCenter
        }
        AppText {
            text: App.phase === App.Opening ? qsTr("Opening…") : "Coppice"
            font.pixelSize: Theme.display
            font.weight: Font.DemiBold
            Layout.alignment: Qt.AlignHCenter
        }
        AppText {
            text: App.phase === App.Opening ? App.libraryPath
                                            : qsTr("A library is a git repository that composes many plugins, each with a repository of its own. Open one, or make the demo library to look around.")
            color: Theme.muted
            wrapMode: Text.Wrap
            lineHeight: 1.25
            horizontalAlignment: Text.AlignHCenter
            Layout.fillWidth: true
        }
        ErrorNote {
            error: App.error
            Layout.fillWidth: true
            AppButton {
                text: qsTr("Try again")
                onClicked: App.openLibrary(App.libraryPath)
            }
        }
        RowLayout {
            visible: App.phase !== App.Opening
            spacing: Theme.s
            Layout.alignment: Qt.AlignHCenter
            AppButton {
                text: qsTr("Open a library…")
                kind: "primary"
                keys: "Ctrl+O"
                onClicked: welcome.openAsked()
            }
            AppButton {
                text: qsTr("Make the demo library…")
                onClicked: welcome.demoAsked()
            }
        }
        Panel {
            visible: App.phase !== App.Opening && App.recents.length > 0
            title: qsTr("Opened lately")
            inset: 0
            Layout.fillWidth: true
            Layout.topMargin: Theme.m
            Repeater {
                model: App.recents
                AppButton {
                    required property string modelData
                    required property int index
                    visible: index < 6
                    kind: "quiet"
                    iconName: "folder"
                    text: modelData
                    Layout.leftMargin: Theme.xs
                    onClicked: App.openLibrary(modelData)
                }
            }
        }
    }
}
