// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Window
import Coppice

// One of resources/icons, in one colour.
Image {
    id: icon

    property string name
    property color color: Theme.text
    property int size: 16

    width: size
    height: size
    sourceSize.width: Math.round(size * Screen.devicePixelRatio)
    sourceSize.height: Math.round(size * Screen.devicePixelRatio)
    source: name === "" ? "" : "image://icon/" + name + "/" + color.toString().slice(-6)
    fillMode: Image.PreserveAspectFit
    Accessible.ignored: true
}
