// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/message_tokens.h"

#include <QHash>
#include <QString>

#include <vector>

namespace coppice::capture {

/// Learns message templates on the way: each message joins the template most like it, or starts one. Words of prose tell
/// more than names, and names more than values; one fixed set of weights for every program. A message that has the form
/// of an earlier one goes where that went. Not safe from several threads at once.
class TemplateMiner
{
public:
    /// The ordinal of the template that the message belongs to; it may have been generalised by that.
    int add(QStringView message);
    /// Puts a known template back, as the next ordinal.
    int restore(const QString &text);
    [[nodiscard]] QString textAt(int ordinal) const;
    [[nodiscard]] int size() const { return int(m_templates.size()); }
    /// True when the last `add` made the template or changed it.
    [[nodiscard]] bool hasChanged() const { return m_changed; }

    struct Piece {
        enum class Is : quint8 { Prose, Name, Value, Sign };
        QString text; ///< as shown
        Is is = Is::Sign;
        quint8 shape = 0;   ///< of a name
        bool spaced = false;
        bool named = false; ///< stands behind a word that announces a name ("user", "host")
        bool speaks = false; ///< a name in front, with a colon: the part of the program that says it
        bool learnt = false; ///< became a value because words differed here
    };
    using Pieces = std::vector<Piece>;
    [[nodiscard]] static Pieces piecesOf(QStringView message);
    [[nodiscard]] static Pieces piecesOfTemplate(QStringView text); ///< as `textOf` gave it
    [[nodiscard]] static QString textOf(const Pieces &pieces);
    /// How much its words tell.
    [[nodiscard]] static double weightOf(const Pieces &pieces);
    /// Share of the weight that differs: 0 for the same form, 2 where they cannot be one: another number of pieces, or
    /// another word of prose.
    [[nodiscard]] static double differenceOf(const Pieces &known, const Pieces &pieces);
    /// Makes a value of each place where the two differ; false when nothing changed. Of the same size.
    static bool generalise(Pieces &known, const Pieces &pieces);

private:
    [[nodiscard]] static Pieces piecesOf(const Tokens &tokens);
    [[nodiscard]] static quint64 leafOf(const Pieces &pieces);
    int addTokens(const Tokens &tokens);
    int place(Pieces pieces);
    std::vector<Pieces> m_templates;
    QHash<quint64, std::vector<int>> m_leaves;
    QHash<quint64, int> m_forms; ///< hash of the tokens of messages seen → ordinal
    QHash<quint64, int> m_outlines; ///< the same by what tokens are cut from, which is quicker to work out
    bool m_changed = false;
};

} // namespace coppice::capture
