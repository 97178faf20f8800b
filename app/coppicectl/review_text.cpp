// SPDX-License-Identifier: GPL-3.0-or-later
#include "review_text.h"

#include <review/line_set.h>
#include <review/rows.h>
#include <text/hidden.h>

#include <QJsonArray>

#include <algorithm>

namespace coppice::ctl {

namespace {

using review::Decision;
using review::FilePatch;

QString verdictName(Decision::Verdict verdict)
{
    switch (verdict) {
    case Decision::Verdict::Accepted: return QStringLiteral("accepted");
    case Decision::Verdict::Rejected: return QStringLiteral("rejected");
    case Decision::Verdict::Partly: return QStringLiteral("partly");
    case Decision::Verdict::Undecided: break;
    }
    return QStringLiteral("undecided");
}

QString statusName(FilePatch::Status status)
{
    switch (status) {
    case FilePatch::Status::Modified: return QStringLiteral("modified");
    case FilePatch::Status::Added: return QStringLiteral("added");
    case FilePatch::Status::Deleted: return QStringLiteral("deleted");
    case FilePatch::Status::Renamed: return QStringLiteral("renamed");
    case FilePatch::Status::ModeChanged: return QStringLiteral("mode_changed");
    }
    return {};
}

QString evidenceName(review::Evidence::Verdict verdict)
{
    switch (verdict) {
    case review::Evidence::Verdict::Good: return QStringLiteral("good");
    case review::Evidence::Verdict::Bad: return QStringLiteral("bad");
    case review::Evidence::Verdict::Neutral: break;
    }
    return QStringLiteral("neutral");
}

Decision decisionOn(const Shown &shown, const QString &hunk)
{
    const auto it = std::ranges::find(shown.decisions, hunk, &Decision::hunk);
    return it == shown.decisions.end() ? Decision{hunk} : *it;
}

QString utf8(const QByteArray &path)
{
    return QString::fromUtf8(path);
}

/// A line with characters that a reader cannot trust spelled out, as <U+202E>.
QString spelledOut(const QString &line)
{
    QString text;
    qsizetype from = 0;
    for (const auto &found : text::findHidden(line)) {
        text += QStringView(line).mid(from, found.offset - from);
        text += QStringLiteral("<U+%1>").arg(uint(found.codePoint), 4, 16, QLatin1Char('0')).toUpper();
        from = found.offset + found.length;
    }
    text += QStringView(line).mid(from);
    return text::plain(text, 2000);
}

} // namespace

QJsonObject patchJson(const review::Patch &patch)
{
    QJsonObject object{{QStringLiteral("id"), patch.id.toString()},
                       {QStringLiteral("plugin"), patch.plugin},
                       {QStringLiteral("title"), patch.title},
                       {QStringLiteral("state"), review::nameOf(patch.state)},
                       {QStringLiteral("revision"), patch.last().number},
                       {QStringLiteral("tainted"), patch.last().tainted},
                       {QStringLiteral("made"), patch.made}};
    QJsonArray revisions;
    for (const auto &revision : patch.revisions)
        revisions << QJsonObject{{QStringLiteral("number"), revision.number}, {QStringLiteral("at"), revision.at},
                                 {QStringLiteral("by"), revision.by.toString()}, {QStringLiteral("note"), revision.note},
                                 {QStringLiteral("run"), revision.run}};
    object[QStringLiteral("revisions")] = revisions;
    if (!patch.ticket.isEmpty())
        object[QStringLiteral("ticket")] = patch.ticket;
    if (!patch.last().run.isEmpty())
        object[QStringLiteral("run")] = patch.last().run;
    if (!patch.applied.isNull())
        object[QStringLiteral("commit")] = patch.applied.toString();
    return object;
}

static QJsonObject commentJson(const review::Thread &thread, const review::Comment &comment)
{
    return {{QStringLiteral("id"), comment.id.toString()},
            {QStringLiteral("thread"), comment.thread.toString()},
            {QStringLiteral("path"), utf8(thread.path)},
            {QStringLiteral("hunk"), thread.hunk},
            {QStringLiteral("line"), thread.line},
            {QStringLiteral("old_side"), thread.oldSide},
            {QStringLiteral("author"), comment.author.toString()},
            {QStringLiteral("text"), comment.text},
            {QStringLiteral("quote"), thread.first().quote},
            {QStringLiteral("at"), comment.at},
            {QStringLiteral("edited"), comment.edited},
            {QStringLiteral("revision"), comment.revision},
            {QStringLiteral("outdated"), thread.outdated},
            {QStringLiteral("resolved"), thread.resolved()}};
}

static QString stepName(review::HunkStep::Kind kind)
{
    using Kind = review::HunkStep::Kind;
    switch (kind) {
    case Kind::Same: return QStringLiteral("same");
    case Kind::Moved: return QStringLiteral("moved");
    case Kind::Changed: return QStringLiteral("changed");
    case Kind::New: return QStringLiteral("new");
    case Kind::Gone: return QStringLiteral("gone");
    }
    return {};
}

/// {revision, nothing_new, mixed, hunks: [{kind, path, id?, before}], files: [{path, hunks}]}
static QJsonObject sinceJson(const Shown &shown)
{
    QJsonArray steps, files, mixed;
    for (const auto &step : shown.since->steps) {
        QJsonObject one{{QStringLiteral("kind"), stepName(step.kind)}, {QStringLiteral("path"), utf8(step.path)},
                        {QStringLiteral("before"), QJsonArray::fromStringList(step.before)}};
        if (!step.hunk.isEmpty())
            one[QStringLiteral("id")] = step.hunk;
        steps << one;
    }
    for (const auto &file : shown.newFiles)
        files << QJsonObject{{QStringLiteral("path"), utf8(file.path)}, {QStringLiteral("status"), statusName(file.status)},
                             {QStringLiteral("hunks"), qint64(file.hunks.size())}};
    for (const auto &path : shown.since->mixed)
        mixed << utf8(path);
    return {{QStringLiteral("revision"), shown.sinceNumber}, {QStringLiteral("nothing_new"), shown.since->nothingNew()},
            {QStringLiteral("mixed"), mixed}, {QStringLiteral("hunks"), steps}, {QStringLiteral("files"), files}};
}

QJsonObject jsonOf(const Shown &shown)
{
    QJsonArray files;
    for (const auto &file : shown.files) {
        QJsonArray hunks;
        for (const auto &hunk : file.hunks) {
            const auto decision = decisionOn(shown, hunk.id);
            QJsonObject object{{QStringLiteral("id"), hunk.id},
                               {QStringLiteral("old_start"), hunk.oldStart},
                               {QStringLiteral("old_lines"), hunk.oldLines},
                               {QStringLiteral("new_start"), hunk.newStart},
                               {QStringLiteral("new_lines"), hunk.newLines},
                               {QStringLiteral("verdict"), verdictName(decision.verdict)}};
            if (!decision.reason.isEmpty())
                object[QStringLiteral("reason")] = decision.reason;
            if (const int lines = review::lineCount(file, hunk))
                object[QStringLiteral("changed_lines")] = lines;
            if (decision.verdict == Decision::Verdict::Partly) {
                object[QStringLiteral("accepted_lines")] = decision.lines;
                object[QStringLiteral("rejected_lines")] = decision.rejectedLines;
            }
            object[QStringLiteral("viewed")] = shown.viewed.contains(hunk.id);
            object[QStringLiteral("shown")] = shown.shown.contains(hunk.id);
            hunks << object;
        }
        QJsonObject object{{QStringLiteral("path"), utf8(file.path)},
                           {QStringLiteral("status"), statusName(file.status)},
                           {QStringLiteral("hunks"), hunks},
                           {QStringLiteral("binary"), file.binary},
                           {QStringLiteral("old_mode"), QString::number(quint32(file.oldMode), 8)},
                           {QStringLiteral("new_mode"), QString::number(quint32(file.newMode), 8)}};
        if (file.oldPath != file.path)
            object[QStringLiteral("old_path")] = utf8(file.oldPath);
        if (file.tooLarge)
            object[QStringLiteral("too_large")] = true;
        files << object;
    }
    QJsonArray flags;
    for (const auto &flag : shown.flags) {
        QJsonObject object{{QStringLiteral("kind"), flag.kind},
                           {QStringLiteral("path"), utf8(flag.path)},
                           {QStringLiteral("line"), flag.line},
                           {QStringLiteral("detail"), flag.detail}};
        if (!flag.hiddenClass.isEmpty())
            object[QStringLiteral("class")] = flag.hiddenClass;
        flags << object;
    }
    QJsonArray comments;
    for (const auto &thread : shown.threads) {
        for (const auto &comment : thread.comments)
            comments << commentJson(thread, comment);
    }
    QJsonArray evidence;
    for (const auto &one : shown.evidence)
        evidence << QJsonObject{{QStringLiteral("kind"), one.kind}, {QStringLiteral("title"), one.title},
                                {QStringLiteral("verdict"), evidenceName(one.verdict)}, {QStringLiteral("fact"), one.fact},
                                {QStringLiteral("link"), one.link}, {QStringLiteral("at"), one.at}};
    QJsonObject object = patchJson(shown.patch);
    object[QStringLiteral("files")] = files;
    object[QStringLiteral("flags")] = flags;
    object[QStringLiteral("comments")] = comments;
    object[QStringLiteral("evidence")] = evidence;
    if (shown.since)
        object[QStringLiteral("since")] = sinceJson(shown);
    return object;
}

namespace {

QString rangeText(const review::Hunk &range)
{
    return QStringLiteral("@@ -%1,%2 +%3,%4 @@").arg(range.oldStart).arg(range.oldLines).arg(range.newStart).arg(range.newLines);
}

/// "undecided", "rejected: why", "partly (accepted 1-3, rejected 5)"
QString verdictText(const Decision &decision)
{
    QString text = verdictName(decision.verdict);
    QStringList parts;
    if (!decision.lines.isEmpty())
        parts << QStringLiteral("accepted ") + decision.lines;
    if (!decision.rejectedLines.isEmpty())
        parts << QStringLiteral("rejected ") + decision.rejectedLines;
    if (!parts.isEmpty())
        text += QStringLiteral(" (%1)").arg(parts.join(QStringLiteral(", ")));
    return decision.reason.isEmpty() ? text : QString(text + QStringLiteral(": ") + spelledOut(decision.reason));
}

/// A file's rows with the numbers by which --lines names them; `headOf` says what stands at the head of a hunk.
template <class HeadOf> Result<> addFile(QStringList &lines, const git::Repository &repository, const FilePatch &file, HeadOf headOf)
{
    lines << QString() << QStringLiteral("%1  (%2)").arg(spelledOut(utf8(file.path)), statusName(file.status));
    COPPICE_TRY(const auto rows, review::alignedRows(repository, file));
    COPPICE_TRY(const auto changed, review::changedLines(repository, file));
    const auto numberOf = [&](int oldLine, int newLine) {
        const auto it = std::ranges::find_if(changed, [&](const review::ChangedLine &line) {
            return oldLine > 0 ? line.oldLine == oldLine : line.newLine == newLine;
        });
        return it == changed.end() ? QString(4, u' ') : QStringLiteral("%1 ").arg(it->number, 3);
    };
    int hunk = -1;
    for (const auto &row : rows) {
        if (row.hunk >= 0 && row.hunk != hunk) {
            hunk = row.hunk;
            lines << headOf(file.hunks[size_t(hunk)]);
        }
        using Kind = review::AlignedRow::Kind;
        if (row.kind == Kind::Note)
            lines << QStringLiteral("# ") + spelledOut(row.newText);
        else if (row.kind == Kind::Context && row.hunk >= 0)
            lines << QStringLiteral("      ") + spelledOut(row.newText);
        if (row.kind == Kind::Removed || row.kind == Kind::Changed)
            lines << numberOf(row.oldLine, 0) + QStringLiteral("- ") + spelledOut(row.oldText);
        if (row.kind == Kind::Added || row.kind == Kind::Changed)
            lines << numberOf(0, row.newLine) + QStringLiteral("+ ") + spelledOut(row.newText);
    }
    return {};
}

void addThreads(QStringList &lines, const Shown &shown)
{
    for (const auto &thread : shown.threads) {
        QString where = thread.path.isEmpty() && thread.hunk.isEmpty() ? QStringLiteral("the patch") : spelledOut(utf8(thread.path));
        if (thread.line > 0 && !thread.outdated)
            where += QStringLiteral(", %1line %2").arg(thread.oldSide ? QStringLiteral("old ") : QString()).arg(thread.line);
        else if (!thread.hunk.isEmpty())
            where += QStringLiteral(", hunk ") + thread.hunk.left(12);
        lines << QString() << QStringLiteral("On %1%2%3:").arg(where, thread.outdated ? QStringLiteral(" (outdated)") : QString(),
                                                               thread.resolved() ? QStringLiteral(" (resolved)") : QString());
        if (thread.outdated) {
            for (const auto &quoted : thread.first().quote.split(u'\n', Qt::SkipEmptyParts))
                lines << QStringLiteral("  > ") + spelledOut(quoted);
        }
        for (const auto &comment : thread.comments)
            lines << QStringLiteral("  %1  %2: %3").arg(comment.id.shown(), comment.author.name, spelledOut(comment.text));
    }
}

} // namespace

Result<QString> textOf(const git::Repository &repository, const Shown &shown)
{
    const auto &patch = shown.patch;
    QStringList lines{QStringLiteral("%1  %2  %3  revision %4").arg(patch.id.shown(), patch.plugin, review::nameOf(patch.state)).arg(patch.last().number),
                      spelledOut(patch.title), QString()};
    for (const auto &flag : shown.flags) {
        const QString where = flag.path.isEmpty() ? QString()
            : flag.line                           ? QStringLiteral("%1:%2").arg(utf8(flag.path)).arg(flag.line)
                                                  : utf8(flag.path);
        lines << QStringLiteral("! %1 %2 %3").arg(flag.kind, spelledOut(where), spelledOut(flag.detail));
    }
    for (const auto &one : shown.evidence)
        lines << QStringLiteral("* %1: %2 (%3)").arg(one.kind, spelledOut(one.title), spelledOut(one.fact));
    if (shown.since) {
        lines << (shown.since->nothingNew() ? QStringLiteral("Nothing is new since revision %1.") : QStringLiteral("New since revision %1:")).arg(shown.sinceNumber);
        for (const auto &step : shown.since->steps)
            lines << QStringLiteral("  %1  %2  %3").arg(stepName(step.kind), -8).arg(step.hunk.isEmpty() ? step.before.value(0).left(12) : step.hunk.left(12), spelledOut(utf8(step.path)));
        for (const auto &path : shown.since->mixed)
            lines << QStringLiteral("# %1: holds what the base brought in, too").arg(spelledOut(utf8(path)));
        for (const auto &file : shown.newFiles)
            COPPICE_CHECK(addFile(lines, repository, file, rangeText));
    } else {
        for (const auto &file : shown.files)
            COPPICE_CHECK(addFile(lines, repository, file, [&](const review::Hunk &hunk) {
                return QStringLiteral("%1  %2  %3%4").arg(rangeText(hunk), hunk.id.left(12), verdictText(decisionOn(shown, hunk.id)),
                                                         shown.viewed.contains(hunk.id) ? QStringLiteral("  viewed") : QString());
            }));
    }
    addThreads(lines, shown);
    return lines.join(u'\n');
}

} // namespace coppice::ctl
