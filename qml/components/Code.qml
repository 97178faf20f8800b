// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// Code as it is: "!=" stays two signs.
AppText {
    font.preferShaping: false
    font.family: Theme.mono
    font.pixelSize: Theme.small
}
