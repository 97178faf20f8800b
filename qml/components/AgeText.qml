// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// How long ago something was; grows by itself.
Muted {
    property double at: 0
    property string before
    text: before + App.age(at, App.now)
}
