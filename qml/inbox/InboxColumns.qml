// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

// How wide the columns of the list are; what there is no place for is 0.
QtObject {
    property real width: 0
    readonly property int gap: 12
    readonly property int trend: width > 430 ? (width > 640 ? 98 : 70) : 0
    readonly property int events: 52
    readonly property int users: width > 540 ? 48 : 0
    readonly property int seen: 88
}
