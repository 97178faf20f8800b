// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// How differences are drawn, in the theme's colours.
DiffStyle {
    dark: Theme.dark
    family: Theme.mono
    pixelSize: Theme.normal
    ground: Theme.raised
    text: Theme.text
    muted: Theme.muted
    border: Theme.border
    blank: Theme.blank
    added: Theme.added
    wordAdded: Theme.wordAdded
    addedInk: Theme.addedInk
    removed: Theme.removed
    wordRemoved: Theme.wordRemoved
    removedInk: Theme.removedInk
    accent: Theme.accent
    warning: Theme.warning
    warningGround: Theme.warningGround
    info: Theme.info
    infoGround: Theme.infoGround
    danger: Theme.danger
    dangerGround: Theme.dangerGround
}
