// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Fusion

ApplicationWindow {
    width: 1280
    height: 800
    visible: true
}
