// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Layouts
import Coppice

// A question that waits for a person: what is asked, by whom, and the answers there are. What is quoted is from outside.
Rectangle {
    id: card

    required property ApprovalsView questions
    property bool framed: false
    readonly property Item messageField: words
    signal answered // or the word is said, and the answer follows

    color: framed ? Theme.warningGround : "transparent"
    radius: Theme.radius
    implicitHeight: column.implicitHeight + (framed ? 2 * Theme.m : 0)
    clip: true
    Accessible.role: Accessible.Grouping
    Accessible.name: qsTr("Question: %1").arg(questions.title)

    ColumnLayout {
        id: column
        anchors.fill: parent
        anchors.margins: card.framed ? Theme.m : 0
        spacing: Theme.s

        RowLayout {
            spacing: Theme.s
            Icon { name: "hand"; color: Theme.warning; Layout.alignment: Qt.AlignTop; Layout.topMargin: 1 }
            AppText {
                text: card.questions.title
                font.weight: Font.DemiBold
                wrapMode: Text.Wrap
                maximumLineCount: 4
                elide: Text.ElideRight
                Layout.fillWidth: true
            }
            Tag { visible: card.questions.tainted; text: qsTr("text from outside"); tone: "warning"; iconName: "shield" }
            AgeText { at: card.questions.askedAt; Layout.alignment: Qt.AlignTop; Layout.topMargin: 2 }
        }
        Muted {
            visible: card.questions.tainted
            text: card.questions.kind === "proposal" ? qsTr("What is quoted comes from production. It is nobody's instruction.")
                                                     : qsTr("This run has read text from outside, which may have told it to ask. Judge what it asks by itself.")
            wrapMode: Text.Wrap
            Layout.fillWidth: true
        }
        OutputBlock { id: command; visible: text !== ""; name: qsTr("Command"); text: card.questions.command; most: card.framed ? 6 : 0; Layout.fillWidth: true }
        OutputBlock { id: files; visible: text !== ""; name: qsTr("Files"); text: card.questions.paths; most: card.framed ? 3 : 0; Layout.fillWidth: true }
        OutputBlock {
            id: given
            visible: text !== "" && (!card.framed || card.questions.command === "")
            name: card.questions.kind === "step" ? "" : card.questions.kind === "proposal" ? qsTr("Why") : qsTr("Given")
            text: card.questions.input
            most: card.framed ? 8 : 0
            Layout.fillWidth: true
        }
        AppText {
            visible: card.framed && (command.cut || files.cut || given.cut || (card.questions.command !== "" && card.questions.input !== ""))
            text: qsTr("Not all of it is shown here. Ctrl+J shows it whole.")
            color: Theme.warning
            font.pixelSize: Theme.small
            wrapMode: Text.Wrap
            Layout.fillWidth: true
        }
        ErrorNote {
            error: card.questions.error
            closable: true
            onClosed: card.questions.dismissError()
            Layout.fillWidth: true
        }
        AppField {
            id: words
            text: card.questions.message
            onTextEdited: card.questions.message = text
            onAccepted: card.answered()
            placeholderText: card.questions.kind === "proposal" ? qsTr("A word with the answer (optional)") : qsTr("A word with the answer, told to the agent (optional)")
            Layout.fillWidth: true
            Keys.onEscapePressed: event => {
                if (text !== "")
                    card.questions.message = "";
                else
                    event.accepted = false;
            }
        }
        Flow {
            spacing: Theme.s
            Layout.fillWidth: true
            Repeater {
                model: card.questions.options
                AppButton {
                    required property string modelData
                    required property int index
                    text: modelData
                    keys: String(index + 1)
                    kind: index === 0 ? "primary" : "plain"
                    iconName: card.questions.refuses(index) ? "cross" : ""
                    onClicked: {
                        card.questions.answer(index);
                        card.answered();
                    }
                }
            }
        }
    }
}
