// SPDX-License-Identifier: GPL-3.0-or-later
#include "review_text.h"

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
    if (!patch.ticket.isEmpty())
        object[QStringLiteral("ticket")] = patch.ticket;
    if (!patch.last().run.isEmpty())
        object[QStringLiteral("run")] = patch.last().run;
    if (!patch.applied.isNull())
        object[QStringLiteral("commit")] = patch.applied.toString();
    return object;
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
    for (const auto &comment : shown.comments)
        comments << QJsonObject{{QStringLiteral("id"), comment.id.toString()}, {QStringLiteral("hunk"), comment.hunk},
                                {QStringLiteral("line"), comment.line},        {QStringLiteral("author"), comment.author.toString()},
                                {QStringLiteral("text"), comment.text},        {QStringLiteral("at"), comment.at}};
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
    return object;
}

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
    for (const auto &file : shown.files) {
        lines << QString() << QStringLiteral("%1  (%2)").arg(spelledOut(utf8(file.path)), statusName(file.status));
        COPPICE_TRY(const auto rows, review::alignedRows(repository, file));
        int hunk = -1;
        for (const auto &row : rows) {
            if (row.hunk >= 0 && row.hunk != hunk) {
                hunk = row.hunk;
                const auto &range = file.hunks[size_t(hunk)];
                const auto decision = decisionOn(shown, range.id);
                lines << QStringLiteral("@@ -%1,%2 +%3,%4 @@  %5  %6%7").arg(range.oldStart).arg(range.oldLines).arg(range.newStart)
                             .arg(range.newLines).arg(range.id.left(12), verdictName(decision.verdict),
                                                      decision.reason.isEmpty() ? QString() : QString(QStringLiteral(": ") + spelledOut(decision.reason)));
            }
            using Kind = review::AlignedRow::Kind;
            if (row.kind == Kind::Note)
                lines << QStringLiteral("# ") + spelledOut(row.newText);
            else if (row.kind == Kind::Context && row.hunk >= 0)
                lines << QStringLiteral("  ") + spelledOut(row.newText);
            if (row.kind == Kind::Removed || row.kind == Kind::Changed)
                lines << QStringLiteral("- ") + spelledOut(row.oldText);
            if (row.kind == Kind::Added || row.kind == Kind::Changed)
                lines << QStringLiteral("+ ") + spelledOut(row.newText);
        }
    }
    for (const auto &comment : shown.comments)
        lines << QString() << QStringLiteral("%1 on %2 line %3: %4").arg(comment.author.name, comment.hunk.isEmpty() ? QStringLiteral("the patch") : comment.hunk.left(12))
                                  .arg(comment.line).arg(spelledOut(comment.text));
    return lines.join(u'\n');
}

} // namespace coppice::ctl
