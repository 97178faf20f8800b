// SPDX-License-Identifier: GPL-3.0-or-later
#include "story_text.h"

#include <git/handles.h>
#include <review/lines.h>
#include <text/hidden.h>

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace coppice::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype LongestValue = 16'000;
constexpr qsizetype LongestLine = 500;
constexpr qsizetype LargestCompared = 512 * 1024;

/// A message that is whole begins on a line of its own after another; a piece of one goes on where the last ended.
bool beginsMessage(const QString &text, const QString &piece)
{
    static const QString ends = u".!?:"_s;
    return !text.isEmpty() && ends.contains(text.back()) && piece.size() >= 12 && piece.front().isUpper();
}

QString oneValue(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    if (value.isBool())
        return value.toBool() ? u"true"_s : u"false"_s;
    if (value.isDouble())
        return QString::number(value.toDouble(), 'g', 12);
    if (value.isArray())
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    if (value.isObject())
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    return {};
}
} // namespace

QString plainText(const QString &text, qsizetype cap)
{
    return text.isEmpty() ? QString() : text::plain(text, cap);
}

QString plainLine(const QString &text, qsizetype cap)
{
    return plainText(text.left(4 * cap).simplified(), cap);
}

QString lastLine(const QString &text)
{
    qsizetype end = text.size();
    while (end > 0) {
        const qsizetype start = text.lastIndexOf(u'\n', end - 1) + 1;
        const QString line = text.mid(start, std::min<qsizetype>(end - start, 400)).simplified();
        if (!line.isEmpty())
            return line.left(160);
        end = start - 1;
    }
    return {};
}

void appendPiece(QString &text, const QString &piece, bool printed)
{
    QString more = piece.left(2 * LongestValue);
    more.replace("\r\n"_L1, "\n"_L1);
    if (!printed) {
        if (beginsMessage(text, more))
            text += u"\n\n"_s;
        text += plainText(more, LongestValue);
        return;
    }
    qsizetype from = 0;
    while (from <= more.size()) {
        const qsizetype back = more.indexOf(u'\r', from);
        text += plainText(more.mid(from, back < 0 ? -1 : back - from), 2 * LongestValue);
        if (back < 0)
            break;
        text.truncate(text.lastIndexOf(u'\n') + 1);
        from = back + 1;
    }
}

QString shownValue(const QJsonValue &value)
{
    if (!value.isObject())
        return plainText(oneValue(value), LongestValue);
    const QJsonObject object = value.toObject();
    if (object.size() == 1)
        return plainText(oneValue(object.begin().value()), LongestValue);
    QString text;
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QString one = oneValue(it.value());
        text += it.key() + (one.contains(u'\n') ? u":\n"_s : u": "_s) + one + u'\n';
        if (text.size() > LongestValue)
            break;
    }
    text.chop(text.endsWith(u'\n') ? 1 : 0);
    return plainText(text, LongestValue);
}

UnifiedLines unifiedLines(const QString &before, const QString &after, qsizetype most)
{
    UnifiedLines shown;
    if (before.size() > LargestCompared || after.size() > LargestCompared) {
        shown.note = QCoreApplication::translate("Story", "Too large to be compared here. Review has it whole.");
        return shown;
    }
    git::startLibrary();
    const QByteArray old = before.toUtf8(), now = after.toUtf8();
    const auto hunks = review::diffTexts(old, now);
    if (!hunks) {
        shown.note = hunks.error().message();
        return shown;
    }
    const auto oldLines = review::splitLines(old), newLines = review::splitLines(now);
    qsizetype left = 0;
    for (const auto &hunk : *hunks) {
        if (shown.lines.size() < most)
            shown.lines << u"@@ -%1,%2 +%3,%4 @@"_s.arg(hunk.oldStart).arg(hunk.oldLines).arg(hunk.newStart).arg(hunk.newLines);
        for (const auto &line : hunk.lines) {
            shown.added += line.origin == '+';
            shown.removed += line.origin == '-';
            const auto &lines = line.origin == '-' ? oldLines : newLines;
            const int number = line.origin == '-' ? line.oldLine : line.newLine;
            if (number < 1 || size_t(number) > lines.size())
                continue;
            if (shown.lines.size() >= most)
                ++left;
            else
                shown.lines << QString(QLatin1Char(line.origin) + review::shownLine(lines[size_t(number) - 1]).left(LongestLine));
        }
    }
    if (left > 0)
        shown.note = QCoreApplication::translate("Story", "%1 more lines are left out here. Review has them.").arg(left);
    else if (hunks->empty())
        shown.note = QCoreApplication::translate("Story", "No difference");
    return shown;
}

} // namespace coppice::ui
