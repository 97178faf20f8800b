// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

AppText {
    font.pixelSize: Theme.large
    font.weight: Font.DemiBold
    Accessible.role: Accessible.Heading
}
