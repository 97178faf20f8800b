// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// Text as it is written: nothing that comes from outside is ever read as markup.
Text {
    textFormat: Text.PlainText
    font.family: Theme.family
    font.pixelSize: Theme.normal
    color: Theme.text
    elide: wrapMode === Text.NoWrap ? Text.ElideRight : Text.ElideNone
    verticalAlignment: Text.AlignVCenter
    Accessible.role: Accessible.StaticText
    Accessible.name: text
}
