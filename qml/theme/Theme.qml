// SPDX-License-Identifier: GPL-3.0-or-later
pragma Singleton
import QtQuick

// The one place for colours, type and spacing. Colours are named by what they mean; each has a light and a dark value.
// tests/gui/theme_test.cpp holds every text colour to a contrast of 4.5 on the grounds it is used on.
QtObject {
    id: theme

    property bool dark: false

    // Grounds
    readonly property color surface: dark ? "#15181c" : "#f5f6f8"
    readonly property color raised: dark ? "#1c2025" : "#ffffff"
    readonly property color sunken: dark ? "#101317" : "#eceef2"
    readonly property color overlay: dark ? "#22272d" : "#ffffff"
    readonly property color hover: dark ? "#262c33" : "#eef1f5"
    readonly property color selected: dark ? "#26324a" : "#e1e9fa"
    readonly property color border: dark ? "#2c323a" : "#dde1e7"
    readonly property color borderStrong: dark ? "#454d58" : "#b9c0ca"
    readonly property color veil: dark ? "#a0000000" : "#66202633"

    // Text
    readonly property color text: dark ? "#e3e7ec" : "#1a1f26"
    readonly property color muted: dark ? "#a0a9b4" : "#576070"
    readonly property color accent: dark ? "#8fb0ff" : "#2a55b8"
    readonly property color accentGround: dark ? "#3a62c4" : "#2f5cc4"
    readonly property color accentHover: dark ? "#4570d6" : "#274fab"
    readonly property color accentInk: "#ffffff"
    readonly property color focus: dark ? "#8fb0ff" : "#2f5cc4"

    // Meanings: ink on any ground above, and a quiet ground of its own
    readonly property color ok: dark ? "#77cf93" : "#1a6c38"
    readonly property color okGround: dark ? "#173323" : "#e0f3e6"
    readonly property color warning: dark ? "#e5b760" : "#80530a"
    readonly property color warningGround: dark ? "#382c14" : "#fcf0d3"
    readonly property color danger: dark ? "#ff9c94" : "#ab241c"
    readonly property color dangerGround: dark ? "#43201f" : "#fce6e4"
    readonly property color dangerFill: dark ? "#b53a33" : "#b3261e"
    readonly property color info: dark ? "#8fb0ff" : "#2a55b8"
    readonly property color infoGround: dark ? "#212c45" : "#e5ecfb"
    readonly property color neutralGround: dark ? "#2a3037" : "#e9ecf1"
    readonly property color wordInfo: dark ? "#3d5a8f" : "#a9c4ee"

    // Differences
    readonly property color added: dark ? "#15291d" : "#e4f5e9"
    readonly property color wordAdded: dark ? "#1f4a30" : "#bce9c9"
    readonly property color addedInk: dark ? "#77cf93" : "#1a6c38"
    readonly property color removed: dark ? "#331d1f" : "#fdebea"
    readonly property color wordRemoved: dark ? "#5f2a2c" : "#f8cbc8"
    readonly property color removedInk: dark ? "#ff9c94" : "#ab241c"
    readonly property color blank: dark ? "#121519" : "#f1f2f5"
    readonly property color fold: dark ? "#1e242c" : "#e9eef6"

    // Spacing: 4 and its multiples
    readonly property int xs: 4
    readonly property int s: 8
    readonly property int m: 12
    readonly property int l: 16
    readonly property int xl: 24
    readonly property int xxl: 32

    readonly property int radius: 5
    readonly property int rowHeight: 30
    readonly property int controlHeight: 28
    readonly property int headerHeight: 52
    readonly property int quick: 90

    // Type
    readonly property string family: pick(["Inter", "Cantarell", "Noto Sans", "Ubuntu", "DejaVu Sans"], "sans-serif")
    readonly property string mono: pick(["JetBrains Mono", "Fira Code", "Source Code Pro", "Noto Sans Mono", "DejaVu Sans Mono"], "monospace")
    readonly property int tiny: 11
    readonly property int small: 12
    readonly property int normal: 13
    readonly property int large: 15
    readonly property int title: 18
    readonly property int display: 26

    function pick(wanted: list<string>, otherwise: string): string {
        const there = Qt.fontFamilies();
        for (const family of wanted) {
            if (there.indexOf(family) >= 0)
                return family;
        }
        return otherwise;
    }

    // The ink and the ground of a tone: ok, warning, danger, info, accent; anything else is neutral.
    function ink(tone: string): color {
        switch (tone) {
        case "ok": return theme.ok;
        case "warning": return theme.warning;
        case "danger": return theme.danger;
        case "info": case "accent": return theme.info;
        default: return theme.muted;
        }
    }
    function ground(tone: string): color {
        switch (tone) {
        case "ok": return theme.okGround;
        case "warning": return theme.warningGround;
        case "danger": return theme.dangerGround;
        case "info": case "accent": return theme.infoGround;
        default: return theme.neutralGround;
        }
    }
}
