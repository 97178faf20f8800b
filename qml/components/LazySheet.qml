// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

// A sheet that is made when it is first asked for, and stays.
Loader {
    active: false

    // The sheet itself; made now where it was not there yet.
    function made(): Sheet {
        active = true;
        return item as Sheet;
    }
    function open() { made().open(); }
}
