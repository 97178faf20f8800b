// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <vector>

namespace coppice::review {

/// What a file is written in, as far as comments and strings look different.
enum class Language { Other, C, CSharp, JavaScript, Python, Go, Rust, Java, Ruby, Php, Shell, Perl, Elixir, Lua, Config, Prose };
/// By the name, else by a "#!" line. Prose is what is only read: documents, pictures as text, styles.
[[nodiscard]] Language languageOf(const QString &path, QByteArrayView text);

/// A text in two forms of equal length, so that offsets and lines are the same in both. Comments and what `#if 0` leaves out
/// are spaces in both; in `code` what stands in strings is, character by character, U+00A4, and so is all of a line of more
/// than 20,000 characters: nobody wrote it, and patterns are not to be tried on it.
struct CodeText {
    QString bare, code;
    std::vector<qsizetype> starts; ///< where each line begins, first 0
    /// The offset behind the bracket that closes the one at `open`, or -1 where none does within 20,000 characters. The first
    /// call pairs all brackets of the text.
    [[nodiscard]] qsizetype behindBracket(qsizetype open) const;
    [[nodiscard]] int lineAt(qsizetype offset) const; ///< from 1
    [[nodiscard]] int lineCount() const { return int(starts.size()); }
    /// A line (from 1) of one of the two forms.
    [[nodiscard]] QStringView line(const QString &form, int number) const;

private:
    mutable std::vector<qint32> m_behind;
};
/// Reads a text once, from front to back. A small lexer, no parser: it knows the quotes and comments of a language,
/// template and shell substitutions, raw strings, regular expressions of JavaScript, here-documents.
[[nodiscard]] CodeText readCode(Language language, const QByteArray &text);

inline constexpr char16_t inString = u'\u00A4';

/// Pieces between commas outside of brackets, of bare[from, to), trimmed; commas are looked for in `code`.
[[nodiscard]] std::vector<QString> argumentsOf(const CodeText &text, qsizetype from, qsizetype to);

} // namespace coppice::review
