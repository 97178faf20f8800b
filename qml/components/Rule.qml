// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// A line between parts.
Rectangle {
    implicitWidth: 1
    implicitHeight: 1
    color: Theme.border
}
