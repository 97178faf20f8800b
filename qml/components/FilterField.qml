// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// Narrows the list beside it. Down goes to the list, Escape empties the field.
AppField {
    id: field

    property RowList list: null

    placeholderText: qsTr("Filter")
    iconName: "search"
    Keys.onDownPressed: if (list) list.forceActiveFocus()
    Keys.onReturnPressed: if (list) list.forceActiveFocus()
    Keys.onEscapePressed: {
        if (text !== "")
            text = "";
        else if (list)
            list.forceActiveFocus();
    }
}
