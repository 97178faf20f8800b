// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/message.h"

#include "sync/policy.h"
#include "text/hidden.h"

#include <QRegularExpression>

#include <algorithm>

namespace coppice::shipping {

namespace {

constexpr qsizetype longestSubject = 72;

QString typeOf(const std::optional<tickets::Ticket> &ticket, const std::vector<review::FilePatch> &files)
{
    static const QRegularExpression prose(QStringLiteral("\\.(md|mdx|rst|txt|adoc)$"), QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression tests(QStringLiteral("(^|/)(tests?|__tests__|spec)/|(^|/)test_[^/]*$|[._-](test|spec)\\.\\w+$"),
                                          QRegularExpression::CaseInsensitiveOption);
    const auto all = [&](const QRegularExpression &pattern) {
        return !files.empty() && std::ranges::all_of(files, [&](const review::FilePatch &file) {
            return pattern.match(QString::fromUtf8(file.path)).hasMatch();
        });
    };
    if (all(prose))
        return QStringLiteral("docs");
    if (all(tests))
        return QStringLiteral("test");
    if (ticket && ticket->kind == tickets::Ticket::Kind::Proposal)
        return QStringLiteral("chore");
    return QStringLiteral("fix");
}

QString shortened(const QString &text, qsizetype most)
{
    if (text.size() <= most)
        return text;
    const auto space = text.lastIndexOf(u' ', most - 1);
    return text.left(space > most / 2 ? space : most - 1).trimmed() + QChar(0x2026);
}

} // namespace

QByteArray commitMessage(const review::Patch &patch, const std::optional<tickets::Ticket> &ticket,
                         const std::vector<review::FilePatch> &files, const git::Signature &reviewer, int accepted, int hunks,
                         const Actor &applies, const std::vector<Actor> &reviewers, const QString &own)
{
    QString title = text::plain(ticket ? ticket->title : patch.title, 300).simplified();
    if (title.isEmpty())
        title = QStringLiteral("change %1").arg(files.size() == 1 ? QString::fromUtf8(files[0].path) : patch.plugin);
    if (!sync::isConventional(title))
        title = QStringLiteral("%1(%2): %3").arg(typeOf(ticket, files), patch.plugin, title);
    QStringList lines;
    if (!own.isEmpty()) {
        lines = text::plain(own, 8000).trimmed().split(u'\n');
        if (lines.size() > 1 && !lines[1].trimmed().isEmpty())
            lines.insert(1, QString());
        lines << QString();
    } else {
        lines << shortened(title, longestSubject) << QString();
        if (title.size() > longestSubject)
            lines << title << QString();
    }
    if (accepted < hunks)
        lines << QStringLiteral("%1 of %2 hunks of the patch were accepted.").arg(accepted).arg(hunks) << QString();
    if (!patch.last().run.isEmpty())
        lines << QStringLiteral("Coppice-Run: ") + patch.last().run;
    if (!patch.ticket.isEmpty())
        lines << QStringLiteral("Coppice-Ticket: ") + patch.ticket;
    lines << QStringLiteral("Coppice-Patch: ") + patch.id.toString();
    lines << QStringLiteral("Coppice-Reviewer: %1 <%2>").arg(QString::fromUtf8(reviewer.name), QString::fromUtf8(reviewer.email));
    for (const auto &other : reviewers) {
        if (other != applies)
            lines << QStringLiteral("Coppice-Reviewer: ") + other.name;
    }
    return lines.join(u'\n').toUtf8() + '\n';
}

} // namespace coppice::shipping
