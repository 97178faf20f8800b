// SPDX-License-Identifier: GPL-3.0-or-later
// What people decide on hunks and lines, and which they have seen.
#include "review/line_set.h"
#include "review/reviews.h"
#include "review/stored.h"

#include "text/hidden.h"

#include <QHash>
#include <QJsonArray>

#include <algorithm>

namespace coppice::review {

QString verdictName(Decision::Verdict verdict)
{
    switch (verdict) {
    case Decision::Verdict::Accepted: return QStringLiteral("accepted");
    case Decision::Verdict::Rejected: return QStringLiteral("rejected");
    case Decision::Verdict::Partly: // what lines come to, never given
    case Decision::Verdict::Undecided: break;
    }
    return QStringLiteral("undecided");
}

Decision::Verdict verdictFrom(const QString &name)
{
    if (name == u"accepted")
        return Decision::Verdict::Accepted;
    return name == u"rejected" ? Decision::Verdict::Rejected : Decision::Verdict::Undecided;
}

namespace {

/// The hunks that were typed, by their whole ids.
Result<QStringList> matchHunks(const Patch &patch, const std::vector<FilePatch> &files, const QStringList &typed)
{
    QStringList ids, unknown;
    for (const auto &one : typed) {
        QStringList fitting;
        for (const auto &file : files) {
            for (const auto &hunk : file.hunks) {
                if (hunk.id == one || (one.size() >= 4 && hunk.id.startsWith(one, Qt::CaseInsensitive)))
                    fitting << hunk.id;
            }
        }
        if (fitting.size() > 1)
            return failUsage(QStringLiteral("review.ambiguous-hunk"),
                             QStringLiteral("Several hunks of the patch begin with %1").arg(one), patch.id.toString(),
                             QStringLiteral("Type more of the id."));
        if (fitting.isEmpty())
            unknown << one;
        else if (!ids.contains(fitting.front()))
            ids << fitting.front();
    }
    if (!unknown.isEmpty())
        return failNotFound(QStringLiteral("review.no-such-hunk"),
                            QStringLiteral("The patch has no hunk %1").arg(unknown.join(QStringLiteral(", "))),
                            patch.id.toString(), QStringLiteral("coppicectl review show names its hunks."));
    if (ids.isEmpty())
        return failUsage(QStringLiteral("review.no-hunk"), QStringLiteral("Name the hunks, or all of them"),
                         patch.id.toString());
    return ids;
}

/// The lines of a hunk that were typed, as they are stored, and how many it has; all of them are the whole hunk.
Result<std::pair<QString, int>> matchLines(const std::vector<FilePatch> &files, const QStringList &hunks,
                                           const QString &typed)
{
    if (hunks.size() != 1)
        return failUsage(QStringLiteral("review.lines-of-one"), QStringLiteral("Lines are of one hunk"), {},
                         QStringLiteral("Name the one hunk that the lines are of."));
    for (const auto &file : files) {
        for (const auto &hunk : file.hunks) {
            if (hunk.id != hunks.front())
                continue;
            const int count = lineCount(file, hunk);
            if (count == 0)
                return failUsage(QStringLiteral("review.no-lines"),
                                 QStringLiteral("This change has no lines to choose among"), QString::fromUtf8(file.path),
                                 QStringLiteral("Decide on it as a whole."));
            COPPICE_TRY(const auto set, LineSet::parse(typed, count));
            return std::pair(set.count() == count ? QString() : set.toString(), count);
        }
    }
    return std::pair(QString(), 0);
}

} // namespace

Result<Id> Reviews::decide(const Actor &actor, const Patch &patch, const std::vector<FilePatch> &files,
                           const QStringList &hunks, Decision::Verdict verdict, const QString &reason,
                           const QString &lines)
{
    COPPICE_TRY(const auto ids, matchHunks(patch, files, hunks));
    QJsonObject payload{{QStringLiteral("hunks"), QJsonArray::fromStringList(ids)},
                        {QStringLiteral("verdict"), verdictName(verdict)},
                        {QStringLiteral("reason"), text::plain(reason, 4000)}};
    if (!lines.isEmpty()) {
        COPPICE_TRY(const auto named, matchLines(files, ids, lines));
        payload[QStringLiteral("lines")] = named.first;
        payload[QStringLiteral("changed")] = named.second;
    }
    return m_journal.append(actor, QStringLiteral("review:") + patch.id.toString(), QStringLiteral("verdict"), payload);
}

Result<std::vector<Decision>> Reviews::decisions(const QString &patchId)
{
    return m_state.read<std::vector<Decision>>([&](store::Connection &connection) -> Result<std::vector<Decision>> {
        QHash<QString, std::vector<GivenVerdict>> given;
        QHash<QString, qint64> last;
        COPPICE_CHECK(connection.query(
            QStringLiteral("SELECT hunk, verdict, lines, reason, changed, seq FROM review_verdicts WHERE patch = ? ORDER BY seq"),
            {patchId}, [&](const store::Row &row) {
                given[row.text(0)].push_back({verdictFrom(row.text(1)), row.text(2), row.text(3), int(row.number(4))});
                last[row.text(0)] = row.number(5);
            }));
        QStringList hunks = given.keys();
        std::ranges::sort(hunks, {}, [&](const QString &hunk) { return last.value(hunk); });
        std::vector<Decision> decisions;
        for (const auto &hunk : hunks)
            decisions.push_back(fold(hunk, given[hunk]));
        return decisions;
    });
}

Result<> Reviews::markShown(const QString &patchId, const QStringList &hunks)
{
    COPPICE_TRY(const auto known, shown(patchId));
    QStringList fresh;
    for (const auto &hunk : hunks) {
        if (!known.contains(hunk))
            fresh << hunk;
    }
    if (fresh.isEmpty())
        return {};
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        for (const auto &hunk : fresh)
            COPPICE_CHECK(connection.exec(
                QStringLiteral("INSERT OR IGNORE INTO review_shown (patch, hunk) VALUES (?, ?)"), {patchId, hunk}));
        return {};
    });
}

Result<Id> Reviews::setViewed(const Actor &actor, const Patch &patch, const std::vector<FilePatch> &files,
                              const QStringList &hunks, bool viewed)
{
    COPPICE_TRY(const auto ids, matchHunks(patch, files, hunks));
    return m_journal.append(actor, QStringLiteral("review:") + patch.id.toString(), QStringLiteral("viewed"),
                            {{QStringLiteral("hunks"), QJsonArray::fromStringList(ids)},
                             {QStringLiteral("viewed"), viewed}});
}

Result<QStringList> Reviews::viewed(const QString &patchId)
{
    return m_state.read<QStringList>([&](store::Connection &connection) -> Result<QStringList> {
        QStringList hunks;
        COPPICE_CHECK(connection.query(
            QStringLiteral("SELECT hunk, viewed, max(seq) FROM review_viewed WHERE patch = ? GROUP BY hunk"), {patchId},
            [&](const store::Row &row) {
                if (row.number(1) != 0)
                    hunks << row.text(0);
            }));
        return hunks;
    });
}

Result<QStringList> Reviews::shown(const QString &patchId)
{
    return m_state.read<QStringList>([&](store::Connection &connection) -> Result<QStringList> {
        QStringList hunks;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT hunk FROM review_shown WHERE patch = ?"), {patchId},
                                       [&](const store::Row &row) { hunks << row.text(0); }));
        return hunks;
    });
}

} // namespace coppice::review
