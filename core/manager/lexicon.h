// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace coppice::manager {

/// A word of a sentence or a fact, as it is compared.
struct Token {
    QString shown;  ///< without punctuation around it
    QString lower;  ///< in lower case, without a possessive 's
    QString stem;   ///< without the endings of plurals and tenses
    QString number; ///< its value where it is a figure or the word for one: "1000", "3.5"; empty otherwise
    bool quoted = false;     ///< stands in a quotation
    bool ends = false;       ///< a comma, colon, stop or the like follows
    bool colon = false;      ///< that is a colon
    [[nodiscard]] bool isNumber() const { return !number.isEmpty(); }
};
/// Figures are taken apart from their units: "50%" is 50 and percent, "$3" is usd and 3, "3-day" is 3 and day.
[[nodiscard]] std::vector<Token> tokensOf(const QString &text);
[[nodiscard]] QString stemOf(const QString &word);

/// Words that carry no content of their own.
[[nodiscard]] bool isFunctionWord(const QString &lower);
/// Words that are a claim by themselves, and have to stand in the fact: judgements and states, amounts, times, causes, and
/// what one could be told to do.
[[nodiscard]] bool isClaimWord(const QString &stem);
[[nodiscard]] bool isDenial(const QString &lower);
/// Of a form that names something: with digits, capitals within, dots, slashes, underscores, hyphens.
[[nodiscard]] bool looksLikeName(const Token &token);

} // namespace coppice::manager
