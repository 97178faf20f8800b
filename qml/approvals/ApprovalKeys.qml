// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Coppice

// The keys that answer the question in sight: its options by their numbers.
Item {
    id: keys

    required property ApprovalsView questions
    required property bool active
    property string group: qsTr("Approvals")
    signal answered

    // One line in the list of keys stands for all of them.
    KeyCommand { text: qsTr("Answer the question"); group: keys.group; keysText: "1 … 9"; sequences: []; listed: false; enabled: keys.active && keys.questions.count > 0 }
    Repeater {
        model: 9
        Item {
            id: place
            required property int index
            KeyCommand {
                text: qsTr("Answer with option %1").arg(place.index + 1)
                group: keys.group
                sequences: [String(place.index + 1)]
                keysText: ""
                listed: false
                icon: "hand"
                enabled: keys.active && place.index < keys.questions.options.length
                onActivated: {
                    keys.questions.answer(place.index);
                    keys.answered();
                }
            }
        }
    }
}
