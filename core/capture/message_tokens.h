// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <QStringView>
#include <QVarLengthArray>

namespace coppice::capture {

/// A piece of a log message. Views go into the message: it must outlive them.
struct Token {
    enum class Kind : quint8 {
        Word,  ///< letters: prose, a name, an identifier
        Mixed, ///< a word that a value follows without a space, as in blk_4711; `text` is the word and its joint
        Value, ///< what changes from one message to the next; `text` is empty
        Sign,  ///< punctuation that holds the message together
    };
    QStringView text;
    Kind kind = Kind::Word;
    bool spaced = false; ///< white space stood before it

    /// "word", "blk_<*>", "<*>" or the sign.
    [[nodiscard]] QString shown() const;
    bool operator==(const Token &other) const { return kind == other.kind && text == other.text; }
};
using Tokens = QVarLengthArray<Token, 64>;

/// Cuts a message into tokens in one pass, without regular expressions: numbers, addresses, paths, hosts, dates,
/// quantities with their units, quoted text, lists of any length, and what stands behind "key=" become values. The rules
/// are about how programs write, not about any one program. At most 256 tokens; the rest of the message is left out.
[[nodiscard]] Tokens tokensOf(QStringView message);
/// One text of the tokens, spaced as the message was. `tokensOf` of it gives the same tokens again.
[[nodiscard]] QString textOf(const Tokens &tokens);

/// True for words of the language that programs speak in (function words, verbs, states, nouns of the trade): a program
/// writes another one where it means something else. Names, identifiers and logins are not prose.
[[nodiscard]] bool isProse(QStringView word);

} // namespace coppice::capture
