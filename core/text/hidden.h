// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace coppice::text {

/// The three classes of characters that a reader cannot trust. Source: Unicode TR36, "Trojan Source" (CVE-2021-42574).
enum class HiddenClass {
    Reordering, ///< bidirectional controls
    Hidden,     ///< zero-width, invisible, control characters, tags
    Ambiguous,  ///< letters that look like ASCII ones, within a word that is otherwise ASCII
};
struct HiddenCharacter {
    qsizetype offset = 0; ///< UTF-16 offset into the text
    qsizetype length = 1;
    char32_t codePoint = 0;
    HiddenClass kind = HiddenClass::Hidden;
};
/// Every suspicious character of one line, in order.
[[nodiscard]] std::vector<HiddenCharacter> findHidden(QStringView line);
/// "reordering", "hidden", "ambiguous"
[[nodiscard]] QString nameOf(HiddenClass kind);
/// Without the escape sequences that colour a terminal, move its cursor or set its title.
[[nodiscard]] QString withoutTerminalCodes(const QString &text);
/// Without terminal codes and control characters (but newline and tab), reordering and zero-width characters; at most `cap` characters,
/// with a visible mark where it was cut. For anything from outside that is shown or quoted.
[[nodiscard]] QString plain(const QString &text, qsizetype cap = 64 * 1024);

} // namespace coppice::text
