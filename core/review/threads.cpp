// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/threads.h"

#include "review/lines.h"
#include "review/stored.h"
#include "text/hidden.h"

#include <QHash>

#include <algorithm>
#include <cstdlib>

namespace coppice::review {

namespace {

constexpr int longestComment = 16'000;
constexpr int longestQuote = 2000;

/// A line that a hunk shows.
struct ShownLine {
    int hunk = 0; ///< index in the file's
    char origin = ' ';
    int oldLine = 0, newLine = 0;
    QString text;
};

Result<std::vector<ShownLine>> shownLines(const git::Repository &repository, const FilePatch &file)
{
    COPPICE_TRY(const auto texts, textsOf(repository, file));
    const auto before = splitLines(texts.before), after = splitLines(texts.after);
    std::vector<ShownLine> lines;
    for (size_t i = 0; i < texts.hunks.size(); ++i) {
        for (const auto &line : texts.hunks[i].lines) {
            const auto bytes = line.newLine > 0 ? after[size_t(line.newLine - 1)] : before[size_t(line.oldLine - 1)];
            lines.push_back({isWhole(file) ? 0 : int(i), line.origin, line.oldLine, line.newLine, shownLine(bytes)});
        }
    }
    return lines;
}

int numberOf(const ShownLine &line, bool oldSide)
{
    return oldSide ? line.oldLine : line.newLine;
}

int startOf(const Hunk &hunk, bool oldSide)
{
    return oldSide ? hunk.oldStart : hunk.newStart;
}

QString quoteOf(const std::vector<ShownLine> &lines, int hunk)
{
    QString quote;
    for (const auto &line : lines) {
        if (line.hunk == hunk && quote.size() < longestQuote)
            quote += QLatin1Char(line.origin) + line.text + u'\n';
    }
    return text::plain(quote, longestQuote);
}

Fail noSuch(const QString &what, const QString &where)
{
    return failNotFound(QStringLiteral("review.no-such-place"), what, where,
                        QStringLiteral("coppicectl review show names the patch's files, hunks and lines."));
}

/// The comment that was typed.
Result<Comment> find(const std::vector<Comment> &comments, const QString &typed)
{
    std::vector<QString> ids;
    for (const auto &comment : comments)
        ids.push_back(comment.id.toString());
    COPPICE_TRY(const auto whole, matchId(typed, ids, QStringLiteral("comment")));
    return *std::ranges::find_if(comments, [&](const Comment &comment) { return comment.id.toString() == whole; });
}

Result<QString> saidText(const Patch &patch, const QString &text)
{
    const QString plain = text::plain(text, longestComment);
    if (plain.trimmed().isEmpty())
        return failUsage(QStringLiteral("review.empty-comment"), QStringLiteral("A comment needs text"),
                         patch.id.toString());
    return plain;
}

} // namespace

Result<Spot> spotOf(const git::Repository &repository, const std::vector<FilePatch> &files, const QString &hunk,
                    const QByteArray &path, int line, bool oldSide)
{
    Spot spot;
    if (hunk.isEmpty() && path.isEmpty()) {
        if (line > 0)
            return failUsage(QStringLiteral("review.line-of-what"), QStringLiteral("A line is of a file or a hunk"), {},
                             QStringLiteral("Name the file or the hunk too."));
        return spot;
    }
    for (const auto &file : files) {
        if (!path.isEmpty() && file.path != path && file.oldPath != path)
            continue;
        const auto at = std::ranges::find_if(file.hunks, [&](const Hunk &one) {
            return one.id == hunk || (hunk.size() >= 4 && one.id.startsWith(hunk, Qt::CaseInsensitive));
        });
        if (!hunk.isEmpty() && at == file.hunks.end())
            continue;
        spot.path = file.path;
        COPPICE_TRY(const auto lines, shownLines(repository, file));
        const int index = hunk.isEmpty() ? -1 : int(at - file.hunks.begin());
        if (line <= 0) {
            if (index >= 0) {
                spot.hunk = at->id;
                spot.quote = quoteOf(lines, index);
            }
            return spot;
        }
        for (const auto &shown : lines) {
            if (numberOf(shown, oldSide) != line || (index >= 0 && shown.hunk != index))
                continue;
            const auto &of = file.hunks[size_t(shown.hunk)];
            return Spot{file.path, of.id, line, oldSide, line - startOf(of, oldSide), text::plain(shown.text, longestQuote)};
        }
        return noSuch(QStringLiteral("Line %1 is not among what the patch shows").arg(line), QString::fromUtf8(file.path));
    }
    return hunk.isEmpty() ? noSuch(QStringLiteral("The patch has no such file"), QString::fromUtf8(path))
                          : noSuch(QStringLiteral("The patch has no hunk %1").arg(hunk), QString::fromUtf8(path));
}

Result<std::vector<Thread>> placeThreads(const git::Repository &repository, const std::vector<FilePatch> &files,
                                         const std::vector<Comment> &comments)
{
    std::vector<Thread> threads;
    QHash<QString, size_t> byFirst;
    for (const auto &comment : comments) {
        const auto known = byFirst.constFind(comment.thread.toString());
        if (known != byFirst.constEnd()) {
            threads[*known].comments.push_back(comment);
            continue;
        }
        byFirst.insert(comment.id.toString(), threads.size());
        threads.push_back({{comment}, comment.path, comment.hunk, comment.line, comment.oldSide, false});
    }
    QHash<QByteArray, std::vector<ShownLine>> read;
    for (auto &thread : threads) {
        if (thread.path.isEmpty() && thread.hunk.isEmpty())
            continue;
        const Comment &first = thread.first();
        const FilePatch *file = nullptr;
        const Hunk *same = nullptr;
        for (const auto &one : files) {
            const auto at = std::ranges::find(one.hunks, thread.hunk, &Hunk::id);
            if (!thread.hunk.isEmpty() && at != one.hunks.end()) {
                file = &one;
                same = &*at;
                break;
            }
            if (one.path == thread.path || one.oldPath == thread.path)
                file = &one;
        }
        if (file)
            thread.path = file->path;
        if (same) {
            // Comments from before there were offsets know no place in their hunk.
            const bool placed = !first.quote.isEmpty() || first.offset > 0;
            if (first.line > 0 && placed)
                thread.line = startOf(*same, first.oldSide) + first.offset;
            continue;
        }
        if (file && thread.hunk.isEmpty())
            continue;
        thread.outdated = true;
        thread.hunk.clear();
        if (!file || first.line <= 0 || first.quote.trimmed().isEmpty())
            continue;
        if (!read.contains(file->path)) {
            COPPICE_TRY(read[file->path], shownLines(repository, *file));
        }
        int nearest = 0;
        for (const auto &shown : read[file->path]) {
            const int number = numberOf(shown, first.oldSide);
            if (number == 0 || text::plain(shown.text, longestQuote) != first.quote)
                continue;
            if (thread.outdated || std::abs(number - first.line) < std::abs(nearest - first.line)) {
                nearest = number;
                thread.outdated = false;
                thread.line = number;
                thread.hunk = file->hunks[size_t(shown.hunk)].id;
            }
        }
    }
    return threads;
}

Result<Id> Reviews::comment(const Actor &actor, const Patch &patch, const Spot &spot, const QString &text)
{
    COPPICE_TRY(const auto plain, saidText(patch, text));
    return m_journal.append(actor, QStringLiteral("review:") + patch.id.toString(), QStringLiteral("comment"),
                            {{QStringLiteral("hunk"), spot.hunk},
                             {QStringLiteral("line"), spot.line},
                             {QStringLiteral("oldSide"), spot.oldSide},
                             {QStringLiteral("offset"), spot.offset},
                             // Any bytes can be a path, and JSON holds text only.
                             {QStringLiteral("path"), QString::fromLatin1(spot.path.toPercentEncoding("/ "))},
                             {QStringLiteral("quote"), spot.quote},
                             {QStringLiteral("revision"), patch.last().number},
                             {QStringLiteral("text"), plain}});
}

Result<Id> Reviews::reply(const Actor &actor, const Patch &patch, const QString &comment, const QString &text)
{
    COPPICE_TRY(const auto plain, saidText(patch, text));
    COPPICE_TRY(const auto all, comments(patch.id.toString()));
    COPPICE_TRY(const auto to, find(all, comment));
    return m_journal.append(actor, QStringLiteral("review:") + patch.id.toString(), QStringLiteral("comment"),
                            {{QStringLiteral("thread"), to.thread.toString()},
                             {QStringLiteral("revision"), patch.last().number},
                             {QStringLiteral("text"), plain}});
}

Result<Id> Reviews::editComment(const Actor &actor, const Patch &patch, const QString &comment, const QString &text)
{
    COPPICE_TRY(const auto plain, saidText(patch, text));
    COPPICE_TRY(const auto all, comments(patch.id.toString()));
    COPPICE_TRY(const auto which, find(all, comment));
    if (which.author != actor)
        return failUsage(QStringLiteral("review.not-yours"),
                         QStringLiteral("The comment is %1's").arg(which.author.name), which.id.toString(),
                         QStringLiteral("Reply to it instead."));
    return m_journal.append(actor, QStringLiteral("review:") + patch.id.toString(), QStringLiteral("edit-comment"),
                            {{QStringLiteral("comment"), which.id.toString()}, {QStringLiteral("text"), plain}});
}

Result<Id> Reviews::resolve(const Actor &actor, const Patch &patch, const QString &comment, bool resolved)
{
    COPPICE_TRY(const auto all, comments(patch.id.toString()));
    COPPICE_TRY(const auto which, find(all, comment));
    return m_journal.append(actor, QStringLiteral("review:") + patch.id.toString(), QStringLiteral("resolve"),
                            {{QStringLiteral("comment"), which.thread.toString()},
                             {QStringLiteral("resolved"), resolved}});
}

Result<std::vector<Comment>> Reviews::comments(const QString &patchId)
{
    return m_state.read<std::vector<Comment>>([&](store::Connection &connection) -> Result<std::vector<Comment>> {
        std::vector<Comment> comments;
        QHash<QString, size_t> byId;
        COPPICE_CHECK(connection.query(
            QStringLiteral("SELECT id, hunk, line, author, text, at, thread, path, old_side, place, quote, revision "
                           "FROM review_comments WHERE patch = ? ORDER BY id"),
            {patchId}, [&](const store::Row &row) {
                byId.insert(row.text(0), comments.size());
                const auto id = Id::parse(row.text(0)).value_or(Id());
                comments.push_back({id, row.text(1), int(row.number(2)), Actor::fromString(row.text(3)), row.text(4),
                                    row.number(5), Id::parse(row.text(6)).value_or(id), row.bytes(7),
                                    row.number(8) != 0, int(row.number(9)), row.text(10), int(row.number(11)), 0, {}});
            }));
        COPPICE_CHECK(connection.query(
            QStringLiteral("SELECT comment, kind, value, at FROM review_comment_changes WHERE patch = ? ORDER BY seq"),
            {patchId}, [&](const store::Row &row) {
                const auto at = byId.constFind(row.text(0));
                if (at == byId.constEnd())
                    return;
                auto &comment = comments[*at];
                if (row.text(1) == u"resolved") {
                    comment.resolvedBy = row.text(2);
                } else {
                    comment.text = row.text(2);
                    comment.edited = row.number(3);
                }
            }));
        return comments;
    });
}

} // namespace coppice::review
