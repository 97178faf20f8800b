// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// Which events of the current group are muted, and for how long; or which of them get a group of their own.
Sheet {
    id: sheet

    required property InboxView view
    property bool splitting: false

    function begin(split: bool) {
        splitting = split;
        list.wanted = split ? 1 : 0;
        lasting.currentIndex = 0;
        open();
    }

    title: splitting ? qsTr("Split the error group") : qsTr("Mute")
    text: splitting ? qsTr("These events, and those like them to come, get a group of their own. It can be undone as a whole.")
                    : qsTr("Muted events ask for nobody's attention. They are still stored and counted.")
    action: splitting ? qsTr("Split") : qsTr("Mute")
    ready: list.count > 0 && (!splitting || !list.all)
    firstFocus: list
    onAccepted: {
        close();
        if (splitting)
            view.split(list.wanted);
        else
            view.mute(list.wanted, [0, 24, 168, 720, 0, 0][lasting.currentIndex], [0, 0, 0, 0, 100, 1000][lasting.currentIndex]);
    }

    RowList {
        id: list
        property int wanted: 0
        readonly property bool all: currentItem ? (currentItem as ChoiceRow).all : true
        label: qsTr("Which events")
        model: sheet.view.detail.choices
        selected: wanted
        implicitHeight: Math.min(count, 9) * 30
        onPicked: index => wanted = index
        onOpened: sheet.accept()
        delegate: ChoiceRow { splitting: sheet.splitting }
        Layout.fillWidth: true
    }
    Muted {
        visible: sheet.splitting && list.all
        text: qsTr("All events that are known have this: nothing would stay behind.")
    }
    Labelled {
        visible: !sheet.splitting
        label: qsTr("For how long")
        AppCombo {
            id: lasting
            label: qsTr("For how long")
            model: [qsTr("Until it is heard again"), qsTr("For a day"), qsTr("For a week"), qsTr("For 30 days"), qsTr("For 100 more events"), qsTr("For 1,000 more events")]
            Layout.fillWidth: true
        }
    }
}
