// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Templates as T
import Coppice

T.ScrollBar {
    id: bar

    implicitWidth: orientation === Qt.Vertical ? 10 : 40
    implicitHeight: orientation === Qt.Vertical ? 40 : 10
    padding: 2
    minimumSize: 0.06
    policy: size < 1 ? T.ScrollBar.AlwaysOn : T.ScrollBar.AlwaysOff
    visible: size < 1

    contentItem: Rectangle {
        radius: 3
        color: bar.pressed ? Theme.muted : bar.hovered ? Theme.borderStrong : Theme.dark ? "#3a424c" : "#ccd2da"
    }
}
