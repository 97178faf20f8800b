// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Until when the marked lines, or the current one, are out of the inbox.
Sheet {
    id: sheet

    required property InboxView view

    title: qsTr("Snooze")
    action: qsTr("Snooze")
    firstFocus: list
    onAboutToShow: {
        text = view.targetsText();
        list.wanted = 0;
        days.text = "";
        events.text = "";
    }
    onAccepted: {
        const more = parseInt(events.text);
        const length = parseInt(days.text);
        close();
        if (more > 0 || length > 0)
            view.snooze(length > 0 ? view.tomorrow(length, 9) : 0, more > 0 ? more : 0, false);
        else
            take(list.wanted);
    }

    function take(index: int) {
        close();
        switch (index) {
        case 0: view.snooze(view.tomorrow(1, 9), 0, false); break;
        case 1: view.snooze(view.tomorrow(3, 9), 0, false); break;
        case 2: view.snooze(view.tomorrow(7, 9), 0, false); break;
        case 3: view.snooze(view.tomorrow(30, 9), 0, false); break;
        case 4: view.snooze(0, 0, true); break;
        case 5: view.snooze(0, 10, false); break;
        case 6: view.snooze(0, 100, false); break;
        default: view.snooze(0, 1000, false);
        }
    }

    PickList {
        id: list
        label: qsTr("Until when")
        options: [{ text: qsTr("Until tomorrow"), note: qsTr("9 o'clock") },
                  { text: qsTr("For three days"), note: qsTr("9 o'clock") },
                  { text: qsTr("For a week"), note: qsTr("9 o'clock") },
                  { text: qsTr("For a month"), note: qsTr("30 days, 9 o'clock") },
                  { text: qsTr("Until the next release"), note: qsTr("an event of a release that had none") },
                  { text: qsTr("Until 10 more events"), note: qsTr("or whoever takes it back before") },
                  { text: qsTr("Until 100 more events"), note: "" },
                  { text: qsTr("Until 1,000 more events"), note: "" }]
        onTaken: index => sheet.take(index)
        Layout.fillWidth: true
    }
    RowLayout {
        spacing: Theme.m
        Labelled {
            label: qsTr("Or for so many days")
            AppField { id: days; placeholderText: "14"; inputMethodHints: Qt.ImhDigitsOnly; validator: IntValidator { bottom: 1; top: 3650 } Layout.fillWidth: true; onAccepted: sheet.accept() }
        }
        Labelled {
            label: qsTr("Or until so many more events")
            AppField { id: events; placeholderText: "500"; inputMethodHints: Qt.ImhDigitsOnly; validator: IntValidator { bottom: 1; top: 1000000 } Layout.fillWidth: true; onAccepted: sheet.accept() }
        }
    }
}
