// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

AppText {
    color: Theme.muted
    font.pixelSize: Theme.small
}
