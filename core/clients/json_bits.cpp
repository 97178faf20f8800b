// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/json_bits.h"

#include "text/hidden.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>
#include <optional>

namespace coppice::clients {

namespace {

constexpr qint64 mostCounted = 1'000'000'000'000'000;
constexpr double mostMoney = 1e6;
constexpr qsizetype entriesKept = 200;
constexpr int deepest = 12;

QJsonValue clippedValue(const QJsonValue &value, qsizetype &left, int depth)
{
    if (left <= 0 || depth > deepest)
        return QStringLiteral("…");
    if (value.isString()) {
        const QString text = clip(value.toString(), left);
        left -= text.size();
        return text;
    }
    left -= 8;
    if (value.isArray()) {
        QJsonArray kept;
        const QJsonArray all = value.toArray();
        for (qsizetype i = 0; i < std::min(all.size(), entriesKept) && left > 0; ++i)
            kept.append(clippedValue(all[i], left, depth + 1));
        return kept;
    }
    if (value.isObject()) {
        QJsonObject kept;
        const QJsonObject all = value.toObject();
        for (auto it = all.begin(); it != all.end() && left > 0 && kept.size() < entriesKept; ++it) {
            const QString name = clip(it.key(), 200);
            left -= name.size();
            kept[name] = clippedValue(it.value(), left, depth + 1);
        }
        return kept;
    }
    return value;
}

} // namespace

qint64 countOf(const QJsonValue &value)
{
    const double number = value.toDouble();
    return std::isfinite(number) && number > 0 ? qint64(std::min(number, double(mostCounted))) : 0;
}

qint64 plus(qint64 a, qint64 b)
{
    return std::min(mostCounted, a + b);
}

std::optional<qint64> microsOf(const QJsonValue &value)
{
    const double amount = value.toDouble(-1);
    if (!std::isfinite(amount) || amount < 0 || amount > mostMoney)
        return std::nullopt;
    return qRound64(amount * 1e6);
}

QString clip(const QString &text, qsizetype cap)
{
    return text::plain(text, cap);
}

QJsonObject clipped(const QJsonObject &object, qsizetype cap)
{
    qsizetype left = cap;
    return clippedValue(object, left, 0).toObject();
}

QString textOf(const QJsonValue &content)
{
    if (content.isString())
        return content.toString();
    if (content.isObject()) {
        const QJsonObject block = content.toObject();
        return block.contains(u"text") ? block[u"text"].toString() : textOf(block[u"content"].isObject() ? block[u"content"] : QJsonValue());
    }
    QStringList parts;
    const QJsonArray blocks = content.toArray();
    for (qsizetype i = 0; i < std::min(blocks.size(), entriesKept); ++i) {
        const QString part = textOf(blocks[i].isArray() ? QJsonValue() : blocks[i]);
        if (!part.isEmpty())
            parts << part;
    }
    return parts.join(u'\n');
}

} // namespace coppice::clients
