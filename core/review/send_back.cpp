// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/send_back.h"

#include "base/clock.h"
#include "review/line_set.h"
#include "review/lines.h"
#include "review/stored.h"
#include "review/threads.h"
#include "text/hidden.h"

#include <algorithm>

namespace coppice::review {

namespace {

constexpr int longestMessage = 16'000;
constexpr int longestHunk = 20'000;
constexpr qsizetype longestAll = 200'000;

/// The hunks that words speak of, each told once, in the order of their numbers.
class Numbered
{
public:
    Numbered(const git::Repository &repository, const std::vector<FilePatch> &files, QByteArray prefix)
        : m_repository(repository), m_files(files), m_prefix(std::move(prefix))
    {
    }
    /// The number of a hunk; 0 when the revision has none of this id.
    Result<int> of(const QString &hunk, const LineSet &rejected)
    {
        for (const auto &file : m_files) {
            for (size_t i = 0; i < file.hunks.size(); ++i) {
                if (file.hunks[i].id != hunk)
                    continue;
                if (const auto at = m_ids.indexOf(hunk); at >= 0)
                    return int(at) + 1;
                m_ids << hunk;
                COPPICE_TRY(const auto text, textOf(file, i, rejected));
                add(QStringLiteral("Hunk %1").arg(m_ids.size()), text);
                return int(m_ids.size());
            }
        }
        return 0;
    }
    /// A text that is not in the revision any more, or a file's name.
    int quote(const QString &text)
    {
        add(QStringLiteral("Quote %1").arg(++m_quotes), text);
        return m_quotes;
    }
    [[nodiscard]] QString shownPath(const QByteArray &path) const
    {
        const bool below = !m_prefix.isEmpty() && path.startsWith(QByteArray(m_prefix + '/'));
        return text::plain(QString::fromUtf8(below ? path.mid(m_prefix.size() + 1) : path), 1000);
    }
    [[nodiscard]] QString text() const
    {
        return m_leftOut == 0 ? m_text : m_text + QStringLiteral("\n(%1 more were too long to be told here; look at the files.)\n").arg(m_leftOut);
    }

private:
    void add(const QString &head, const QString &text)
    {
        if (m_text.size() + text.size() > longestAll) {
            ++m_leftOut;
            return;
        }
        m_text += QStringLiteral("%1%2: %3").arg(m_text.isEmpty() ? QString() : QStringLiteral("\n"), head, text);
        m_text += text.endsWith(u'\n') ? QString() : QStringLiteral("\n");
    }
    Result<QString> textOf(const FilePatch &file, size_t index, const LineSet &rejected) const
    {
        const auto &hunk = file.hunks[index];
        QString text = QStringLiteral("%1, line %2\n").arg(shownPath(file.path)).arg(hunk.newStart);
        using S = FilePatch::Status;
        if (file.status == S::Renamed)
            text += QStringLiteral("(renamed from %1)\n").arg(shownPath(file.oldPath));
        if (file.status == S::Added)
            text += QStringLiteral("(a new file)\n");
        if (file.status == S::Deleted)
            text += QStringLiteral("(the file is deleted)\n");
        if (file.oldMode != file.newMode)
            text += QStringLiteral("(mode %1 becomes %2)\n").arg(quint32(file.oldMode), 0, 8).arg(quint32(file.newMode), 0, 8);
        if (file.binary || file.tooLarge)
            text += QStringLiteral("(its content is not text that could be told here)\n");
        COPPICE_TRY(const auto texts, textsOf(m_repository, file));
        const auto before = splitLines(texts.before), after = splitLines(texts.after);
        int ordinal = 0;
        for (size_t i = 0; i < texts.hunks.size(); ++i) {
            if (!isWhole(file) && i != index)
                continue;
            for (const auto &line : texts.hunks[i].lines) {
                const auto bytes = line.newLine > 0 ? after[size_t(line.newLine - 1)] : before[size_t(line.oldLine - 1)];
                const bool marked = line.origin != ' ' && rejected.contains(++ordinal);
                text += QStringLiteral("%1%2 %3\n").arg(rejected.of() == 0 ? QString() : marked ? QStringLiteral("> ") : QStringLiteral("  "),
                                                       QString(QLatin1Char(line.origin)), shownLine(bytes));
                if (text.size() > longestHunk)
                    return text::plain(text, longestHunk) + QStringLiteral("\n(the rest of the hunk is left out here)\n");
            }
        }
        return text::plain(text, longestHunk);
    }

    const git::Repository &m_repository;
    const std::vector<FilePatch> &m_files;
    QByteArray m_prefix;
    QStringList m_ids;
    QString m_text;
    int m_quotes = 0, m_leftOut = 0;
};

/// "said by ann: text", a further line set in.
QString said(const Comment &comment)
{
    return QStringLiteral("%1: %2").arg(comment.author.name, QString(comment.text.trimmed()).replace(u'\n', QStringLiteral("\n    ")));
}

Result<QStringList> rejections(Numbered &numbered, const std::vector<FilePatch> &files, const std::vector<Decision> &decisions)
{
    QStringList told;
    for (const auto &file : files) {
        for (const auto &hunk : file.hunks) {
            const auto it = std::ranges::find(decisions, hunk.id, &Decision::hunk);
            if (it == decisions.end())
                continue;
            LineSet lines;
            if (it->verdict == Decision::Verdict::Partly && !it->rejectedLines.isEmpty()) {
                COPPICE_TRY(lines, LineSet::parse(it->rejectedLines, it->changedLines));
            } else if (it->verdict != Decision::Verdict::Rejected) {
                continue;
            }
            COPPICE_TRY(const int number, numbered.of(hunk.id, lines));
            const QString what = lines.of() == 0 ? QStringLiteral("Hunk %1 is rejected").arg(number)
                                                 : QStringLiteral("Of hunk %1 the lines marked with > are rejected").arg(number);
            told << what + (it->reason.isEmpty() ? QStringLiteral(".") : QString(QStringLiteral(": ") + it->reason.trimmed()));
        }
    }
    return told;
}

Result<QStringList> openThreads(Numbered &numbered, const std::vector<Thread> &threads)
{
    QStringList told;
    for (const auto &thread : threads) {
        std::vector<Comment> people;
        std::ranges::copy_if(thread.comments, std::back_inserter(people),
                             [](const Comment &comment) { return comment.author.kind == Actor::Kind::Person; });
        if (thread.resolved() || people.empty())
            continue;
        QString where = QStringLiteral("On the patch");
        if (!thread.hunk.isEmpty()) {
            COPPICE_TRY(const int number, numbered.of(thread.hunk, LineSet()));
            where = thread.line > 0 ? QStringLiteral("On hunk %1, line %2 of the %3 file").arg(number).arg(thread.line)
                                          .arg(thread.oldSide ? QStringLiteral("old") : QStringLiteral("new"))
                                    : QStringLiteral("On hunk %1").arg(number);
        } else if (thread.outdated) {
            where = QStringLiteral("On an earlier text, quote %1")
                        .arg(numbered.quote(numbered.shownPath(thread.path) + u'\n' + thread.first().quote));
        } else if (!thread.path.isEmpty()) {
            where = QStringLiteral("On the file of quote %1").arg(numbered.quote(numbered.shownPath(thread.path)));
        }
        QString text = where;
        for (const auto &comment : people)
            text += QStringLiteral("\n  ") + said(comment);
        told << text;
    }
    return told;
}

} // namespace

Result<SendBack> composeSendBack(const git::Repository &repository, Reviews &reviews, const Patch &patch,
                                 const QByteArray &prefix, const QString &message)
{
    const QString id = patch.id.toString();
    COPPICE_TRY(const auto files, filesOf(repository, patch.last()));
    COPPICE_TRY(const auto decisions, reviews.decisions(id));
    COPPICE_TRY(const auto comments, reviews.comments(id));
    COPPICE_TRY(const auto threads, placeThreads(repository, files, comments));
    Numbered numbered(repository, files, prefix);
    COPPICE_TRY(QStringList points, rejections(numbered, files, decisions));
    COPPICE_TRY(const auto open, openThreads(numbered, threads));
    points << open;
    const QString plain = text::plain(message, longestMessage).trimmed();
    if (points.isEmpty() && plain.isEmpty())
        return fail(QStringLiteral("review.nothing-to-send-back"),
                    QStringLiteral("Nothing of the patch is rejected, and no thread is open"), id,
                    QStringLiteral("Reject a hunk with a reason, comment, or give a message."));
    SendBack back;
    back.patch = id;
    back.revision = patch.last().number;
    back.tainted = patch.last().tainted;
    back.at = nowMs();
    QString words = QStringLiteral("A reviewer has read revision %1 of the patch. The folder holds that revision. Change what is "
                                   "asked for here; leave the rest of it as it is, for it has been read.\n").arg(patch.last().number);
    if (!plain.isEmpty())
        words += u'\n' + plain + u'\n';
    for (qsizetype i = 0; i < points.size(); ++i)
        words += QStringLiteral("\n%1. %2\n").arg(i + 1).arg(points[i]);
    back.words = words;
    back.hunks = numbered.text();
    return back;
}

Result<> keepSendBack(store::Database &state, journal::Journal &journal, const SendBack &sendBack)
{
    COPPICE_TRY(const auto known, sentBackTo(state, sendBack.run));
    if (known)
        return {};
    COPPICE_CHECK(journal.append(sendBack.by, QStringLiteral("review:") + sendBack.patch, QStringLiteral("send-back"),
                                 {{QStringLiteral("run"), sendBack.run},
                                  {QStringLiteral("revision"), sendBack.revision},
                                  {QStringLiteral("words"), sendBack.words},
                                  {QStringLiteral("hunks"), sendBack.hunks},
                                  {QStringLiteral("tainted"), sendBack.tainted}}));
    return {};
}

Result<std::optional<SendBack>> sentBackTo(store::Database &state, const QString &run)
{
    return state.read<std::optional<SendBack>>([&](store::Connection &connection) -> Result<std::optional<SendBack>> {
        std::optional<SendBack> found;
        COPPICE_CHECK(connection.query(
            QStringLiteral("SELECT run, patch, revision, author, at, words, hunks, tainted FROM review_send_backs WHERE run = ?"),
            {run}, [&](const store::Row &row) {
                found = SendBack{row.text(0), row.text(1), int(row.number(2)), Actor::fromString(row.text(3)),
                                 row.number(4), row.text(5), row.text(6), row.number(7) != 0};
            }));
        return found;
    });
}

Result<QStringList> runsSentBack(store::Database &state, const QString &patch)
{
    return state.read<QStringList>([&](store::Connection &connection) -> Result<QStringList> {
        QStringList runs;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT run FROM review_send_backs WHERE patch = ? ORDER BY at, run"), {patch},
                                       [&](const store::Row &row) { runs << row.text(0); }));
        return runs;
    });
}

} // namespace coppice::review
