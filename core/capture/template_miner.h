// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>

#include <vector>

namespace coppice::capture {

/// A message as tokens, with what changes from one to the next (numbers, addresses, ids, paths, quoted text) replaced by
/// <*>. Words keep the signs around them.
[[nodiscard]] QStringList maskedTokens(const QString &message);
/// The same as one string; of the first line.
[[nodiscard]] QString maskedMessage(const QString &message);

/// Learns message templates on the way: each message joins the template most like it, or starts one. One fixed set of
/// thresholds for every program. Source: the fixed-depth tree of P. He et al., "Drain", ICWS 2017.
class TemplateMiner
{
public:
    struct Template {
        QStringList tokens;
        int ordinal = 0; ///< in the order of making
        [[nodiscard]] QString text() const { return tokens.join(u' '); }
    };
    /// The ordinal of the template that the message belongs to; it may have been generalised by that.
    int add(const QString &message);
    /// Puts a known template back, as the next ordinal.
    int restore(const QString &text);
    [[nodiscard]] const Template &at(int ordinal) const { return m_templates[size_t(ordinal)]; }
    [[nodiscard]] int size() const { return int(m_templates.size()); }

private:
    [[nodiscard]] QString leafOf(const QStringList &tokens) const;
    int place(const QStringList &tokens);
    std::vector<Template> m_templates;
    QHash<QString, std::vector<int>> m_leaves;
};

} // namespace coppice::capture
