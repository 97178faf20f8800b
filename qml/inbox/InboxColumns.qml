// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

// How wide the columns of the list are; what there is no place for is 0.
QtObject {
    property real width: 0
    readonly property int gap: 12
    readonly property int trend: width > 430 ? (width > 640 ? 98 : width > 520 ? 70 : 42) : 0
    readonly property int events: width > 520 ? 52 : 46
    readonly property int users: width > 540 ? 48 : 0
    readonly property int seen: width > 520 ? 88 : 80
}
