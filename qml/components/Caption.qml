// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The name of a part of a page, over what it holds.
AppText {
    color: Theme.muted
    font.pixelSize: Theme.tiny
    font.weight: Font.DemiBold
    font.letterSpacing: 0.4
    Accessible.role: Accessible.Heading
}
