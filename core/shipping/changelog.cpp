// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/changelog.h"

#include <QRegularExpression>

#include <vector>

namespace coppice::shipping {

using namespace Qt::StringLiterals;

namespace {

/// A line from outside in Markdown, where nothing in it is markup.
QString plainMarkdown(const QString &text)
{
    static const QRegularExpression special(u"([\\\\`*_\\[\\]<>#|~!@&])"_s);
    return QString(text).replace(special, u"\\\\1"_s).replace(u"://"_s, u":\\//"_s);
}

/// The names that a file gives to kinds of changes.
struct Names {
    QString added = u"Added"_s, fixed = u"Fixed"_s, changed = u"Changed"_s;
};
Names namesOf(const QString &changelog)
{
    Names names;
    const auto pick = [&](QString &name, const QStringList &others) {
        for (const auto &other : others) {
            const QRegularExpression heading(u"^#{2,4}\\s*%1\\s*$"_s.arg(QRegularExpression::escape(other)), QRegularExpression::MultilineOption);
            if (changelog.contains(heading)) {
                name = other;
                return;
            }
        }
    };
    // One of the names that tools for conventional commits write speaks for the others.
    static const QRegularExpression generated(u"^#{2,4}[ \\t]*(Features|Bug Fixes)[ \\t]*$"_s, QRegularExpression::MultilineOption);
    if (changelog.contains(generated))
        names = {u"Features"_s, u"Bug Fixes"_s, u"Changes"_s};
    pick(names.added, {u"Added"_s, u"Features"_s, u"New features"_s, u"New"_s});
    pick(names.fixed, {u"Fixed"_s, u"Bug Fixes"_s, u"Bug fixes"_s, u"Fixes"_s});
    pick(names.changed, {u"Changed"_s, u"Changes"_s, u"Other changes"_s});
    return names;
}

struct Section {
    QString name;
    QStringList items;
};
std::vector<Section> sectionsOf(const std::vector<ToldCommit> &commits, const Names &names, const QString &bullet)
{
    std::vector<Section> all{{names.added, {}}, {names.changed, {}}, {names.fixed, {}}};
    for (const auto &commit : commits) {
        if (commit.bump() == Bump::None)
            continue;
        const QString scope = commit.scope.isEmpty() ? QString() : u"**%1:** "_s.arg(plainMarkdown(commit.scope));
        const QString what = bullet + (commit.breaking ? u"**Breaking:** "_s : QString()) + scope + plainMarkdown(commit.what)
            + (commit.breakingWhat.isEmpty() ? QString() : QString(u" – "_s + plainMarkdown(commit.breakingWhat)));
        all[commit.type == "feat"_L1 ? 0 : commit.type == "fix"_L1 ? 2 : 1].items << what;
    }
    return all;
}

/// Puts sections behind what waits in an "Unreleased" part already, into its own sections where they have the same name.
QString joined(QString waiting, const std::vector<Section> &sections, int level)
{
    for (const auto &section : sections) {
        if (section.items.isEmpty())
            continue;
        const QString items = section.items.join(u'\n');
        const QRegularExpression heading(u"^#{2,6}[ \\t]*%1[ \\t]*$"_s.arg(QRegularExpression::escape(section.name)), QRegularExpression::MultilineOption);
        const auto there = heading.match(waiting);
        if (!there.hasMatch()) {
            waiting += (waiting.isEmpty() ? QString() : u"\n\n"_s) + QString(u'#').repeated(level) + u' ' + section.name + u"\n\n"_s + items;
            continue;
        }
        const auto next = waiting.indexOf("\n#"_L1, there.capturedEnd());
        const QString own = (next < 0 ? waiting : waiting.left(next)).trimmed();
        waiting = own + u'\n' + items + (next < 0 ? QString() : QString(u'\n' + waiting.mid(next)));
    }
    return waiting;
}

} // namespace

QString withEntry(const QString &changelog, const QString &version, const QString &date, const std::vector<ToldCommit> &commits)
{
    static const QRegularExpression entry(u"^(#{1,4}\\s*)?(\\[)?([vV])?(\\d+\\.\\d+[^\\s\\]()]*)(\\])?(\\([^)\\n]*\\))?([ \\t]*)([-–(]?)[ \\t]*(\\d{4}-\\d\\d-\\d\\d)?\\)?[ \\t]*$"_s,
                                          QRegularExpression::MultilineOption);
    static const QRegularExpression unreleased(u"^(#{1,4}\\s*)\\[?unreleased\\]?[ \\t]*$"_s, QRegularExpression::MultilineOption | QRegularExpression::CaseInsensitiveOption);
    const bool windows = changelog.contains("\r\n"_L1);
    QString text = QString(changelog).replace("\r\n"_L1, "\n"_L1);
    QString mark = u"## "_s, before = u"["_s, after = u"]"_s, dated = u" - "_s + date, underline;
    const auto pending = unreleased.match(text);
    const auto last = entry.match(text, pending.hasMatch() ? pending.capturedEnd() : 0);
    if (last.hasMatch()) {
        mark = last.captured(1);
        before = last.captured(2) + last.captured(3);
        after = last.captured(5);
        const bool hasDate = !last.captured(9).isEmpty();
        const QString sign = last.captured(8);
        dated = !hasDate ? QString() : sign == "("_L1 ? u" (%1)"_s.arg(date) : sign.isEmpty() ? QString(u' ' + date) : u" %1 %2"_s.arg(sign, date);
        static const QRegularExpression line(u"\\n([-=~])\\1{2,}[ \\t]*(?=\\n|$)"_s);
        const auto under = line.match(text, last.capturedEnd(), QRegularExpression::NormalMatch, QRegularExpression::AnchorAtOffsetMatchOption);
        if (mark.isEmpty() && under.hasMatch())
            underline = under.captured(1);
    } else if (pending.hasMatch()) {
        mark = pending.captured(1);
    }
    const QString heading = mark + before + version + after + dated;
    static const QRegularExpression inner(u"^(#{2,6})[ \\t]+[A-Za-z]"_s, QRegularExpression::MultilineOption);
    const auto section = inner.match(text, last.hasMatch() ? last.capturedEnd() : 0);
    const int level = last.hasMatch() && section.hasMatch() ? int(section.captured(1).size()) : mark.trimmed().isEmpty() ? 3 : int(qMin<qsizetype>(mark.trimmed().size() + 1, 6));
    const QString bullet = text.contains(QRegularExpression(u"^\\* "_s, QRegularExpression::MultilineOption)) && !text.contains("\n- "_L1) ? u"* "_s : u"- "_s;
    const auto end = last.hasMatch() ? last.capturedStart() : text.size();
    const QString waiting = pending.hasMatch() ? text.mid(pending.capturedEnd(), end - pending.capturedEnd()).trimmed() : QString();
    QString body = joined(waiting, sectionsOf(commits, namesOf(text), bullet), level);
    if (body.isEmpty())
        body = bullet + u"Nothing changes for users."_s;
    QString top = heading + u'\n' + (underline.isEmpty() ? QString() : QString(underline.repeated(heading.size()) + u'\n')) + u'\n';
    if (text.trimmed().isEmpty()) {
        text = u"# Changelog\n\n"_s + top + body + u'\n';
    } else if (pending.hasMatch()) {
        text = text.left(pending.capturedEnd()) + u"\n\n"_s + top + body + u'\n'
            + (last.hasMatch() ? QString(u'\n' + text.mid(end)) : QString());
    } else if (last.hasMatch()) {
        text = text.left(last.capturedStart()) + top + body + u"\n\n"_s + text.mid(last.capturedStart());
    } else {
        text = text.trimmed() + u"\n\n"_s + top + body + u'\n';
    }
    return windows ? text.replace(u'\n', "\r\n"_L1) : text;
}

} // namespace coppice::shipping
