// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/inbox_query.h"

#include <algorithm>

namespace coppice::tickets {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype longest = 2000; ///< of a query
constexpr qsizetype mostTerms = 40;

/// * stands for any text; upper and lower case count as the same.
bool matches(QStringView pattern, QStringView text)
{
    const qsizetype star = pattern.indexOf(u'*');
    if (star < 0)
        return pattern.compare(text, Qt::CaseInsensitive) == 0;
    if (!text.startsWith(pattern.left(star), Qt::CaseInsensitive))
        return false;
    QStringView rest = text.sliced(star);
    QStringView open = pattern.sliced(star + 1);
    for (qsizetype next = open.indexOf(u'*'); next >= 0; next = open.indexOf(u'*')) {
        const qsizetype at = rest.indexOf(open.left(next), 0, Qt::CaseInsensitive);
        if (at < 0)
            return false;
        rest = rest.sliced(at + next);
        open = open.sliced(next + 1);
    }
    return rest.endsWith(open, Qt::CaseInsensitive);
}

bool any(const QStringList &patterns, const QString &text)
{
    return std::any_of(patterns.begin(), patterns.end(), [&](const QString &pattern) { return matches(pattern, text); });
}

bool any(const QStringList &patterns, const QStringList &texts)
{
    return std::any_of(texts.begin(), texts.end(), [&](const QString &text) { return any(patterns, text); });
}

bool isMark(const QString &mark, const InboxEntry &entry, const QString &me)
{
    using News = InboxEntry::News;
    if (mark == u"open")
        return entry.open;
    if (mark == u"waiting")
        return entry.waiting;
    if (mark == u"new")
        return entry.news == News::New || entry.state == u"new"; // what a line calls new: nobody has looked, or decided
    if (mark == u"more")
        return entry.news != News::None;
    if (mark == u"regressed")
        return entry.regressed;
    if (mark == u"mine")
        return entry.assignee == me;
    if (mark == u"assigned")
        return !entry.assignee.isEmpty();
    if (mark == u"unassigned")
        return entry.assignee.isEmpty();
    if (mark == u"snoozed")
        return entry.snoozed;
    if (mark == u"muted")
        return entry.muted;
    if (mark == u"closed")
        return !entry.open && !entry.snoozed && !entry.muted;
    if (mark == u"ticket")
        return entry.ticket;
    if (mark == u"group")
        return !entry.ticket;
    if (mark == u"linked")
        return !entry.remote.isEmpty();
    return mark == u"any";
}

/// Marks that say themselves which states are wanted.
bool isStateMark(const QString &mark)
{
    return mark == u"snoozed" || mark == u"muted" || mark == u"closed" || mark == u"any" || mark == u"open" || mark == u"waiting";
}

} // namespace

QStringList InboxQuery::fields()
{
    return {u"plugin"_s, u"level"_s, u"state"_s, u"release"_s, u"environment"_s, u"assignee"_s, u"tag"_s, u"is"_s};
}

QStringList InboxQuery::marks()
{
    return {u"open"_s, u"waiting"_s, u"new"_s, u"more"_s, u"regressed"_s, u"mine"_s, u"assigned"_s, u"unassigned"_s,
            u"snoozed"_s, u"muted"_s, u"closed"_s, u"ticket"_s, u"group"_s, u"linked"_s, u"any"_s};
}

InboxQuery InboxQuery::parse(const QString &text)
{
    InboxQuery query;
    QString token;
    bool inside = false, quoted = false;
    const QString bounded = text.left(longest) + u' ';
    for (const QChar c : bounded) {
        if (c == u'"') {
            inside = !inside;
            quoted = quoted || token.isEmpty();
        } else if (c.isSpace() && !inside) {
            if (!token.isEmpty())
                query.add(token, quoted);
            token.clear();
            quoted = false;
        } else {
            token += c;
        }
    }
    if (!token.trimmed().isEmpty()) // a quotation that was not closed
        query.add(token.trimmed(), quoted);
    return query;
}

void InboxQuery::add(QString token, bool quoted)
{
    if (m_terms.size() >= size_t(mostTerms))
        return;
    Term term;
    if (!quoted && token.size() > 1 && token.startsWith(u'-')) {
        term.negated = true;
        token.remove(0, 1);
    }
    const qsizetype colon = quoted ? -1 : token.indexOf(u':');
    const QStringList known = fields();
    const qsizetype field = colon > 0 ? known.indexOf(token.left(colon).toLower()) : -1;
    if (field < 0) {
        term.values = {token};
        m_terms.push_back(term);
        return;
    }
    const QString value = token.sliced(colon + 1);
    if (value.isEmpty())
        return; // still being typed
    term.field = Field(int(Field::Plugin) + int(field));
    term.values = value.split(u',', Qt::SkipEmptyParts);
    if (term.field == Field::Tag) {
        term.key = value.section(u'=', 0, 0);
        term.values = value.contains(u'=') ? value.section(u'=', 1).split(u',', Qt::SkipEmptyParts) : QStringList();
    }
    if (term.field == Field::Is) {
        for (auto &mark : term.values) {
            mark = mark.toLower();
            if (!marks().contains(mark)) {
                m_problems << u"Nothing is \"%1\". After is: stands one of %2."_s.arg(mark, marks().join(u", "_s));
                return;
            }
            m_namesState = m_namesState || (!term.negated && isStateMark(mark));
        }
    }
    if (term.field == Field::Level && capture::nameOf(capture::levelFrom(value)) != value.toLower()) {
        m_problems << u"There is no level \"%1\". Levels are warning, error and fatal."_s.arg(value);
        return;
    }
    m_namesState = m_namesState || (term.field == Field::State && !term.negated);
    m_terms.push_back(term);
}

bool InboxQuery::fitsTerm(const Term &term, const InboxEntry &entry, const QString &me)
{
    switch (term.field) {
    case Field::Word: {
        const QString &word = term.values.front();
        return entry.title.contains(word, Qt::CaseInsensitive) || entry.plugin.contains(word, Qt::CaseInsensitive) || entry.key.contains(word, Qt::CaseInsensitive) ||
               entry.assignee.contains(word, Qt::CaseInsensitive) || entry.state.contains(word, Qt::CaseInsensitive);
    }
    case Field::Plugin: return any(term.values, entry.plugin);
    case Field::Level: return entry.level && *entry.level >= capture::levelFrom(term.values.front());
    case Field::State: return any(term.values, entry.state);
    case Field::Release: return any(term.values, entry.releases);
    case Field::Environment: return any(term.values, entry.environments);
    case Field::Assignee: return any(term.values, entry.assignee);
    case Field::Tag: {
        const auto tag = entry.tags.constFind(term.key);
        return tag != entry.tags.cend() && (term.values.isEmpty() || any(term.values, *tag));
    }
    case Field::Is: return std::any_of(term.values.begin(), term.values.end(), [&](const QString &mark) { return isMark(mark, entry, me); });
    }
    return false;
}

bool InboxQuery::fits(const InboxEntry &entry, const QString &me, bool anyState) const
{
    if (!anyState && !m_namesState && !entry.open)
        return false;
    return std::all_of(m_terms.begin(), m_terms.end(), [&](const Term &term) { return fitsTerm(term, entry, me) != term.negated; });
}

} // namespace coppice::tickets
