// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

AppText {
    font.family: Theme.mono
    font.pixelSize: Theme.small
}
