// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/id.h"

#include "base/clock.h"

#include <QRandomGenerator>

#include <array>
#include <mutex>

namespace coppice {

namespace {

constexpr char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr int idLength = 26;

int digitOf(QChar c)
{
    const ushort u = c.toUpper().unicode();
    for (int i = 0; i < 32; ++i) {
        if (ushort(alphabet[i]) == u)
            return i;
    }
    return -1;
}

struct Generator {
    std::mutex mutex;
    qint64 last = 0;
    std::array<quint8, 16> tail{}; // 16 base-32 digits of randomness
};

Generator &generator()
{
    static Generator instance;
    return instance;
}

} // namespace

Id Id::make()
{
    auto &g = generator();
    const std::lock_guard lock(g.mutex);
    const qint64 now = nowMs();
    if (now > g.last) {
        g.last = now;
        for (auto &digit : g.tail)
            digit = quint8(QRandomGenerator::system()->bounded(32));
        g.tail[0] &= 15; // leaves room to count upwards within one millisecond
    } else {
        for (int i = int(g.tail.size()) - 1; i >= 0 && ++g.tail[size_t(i)] == 32; --i)
            g.tail[size_t(i)] = 0;
    }
    Id id;
    id.m_text.resize(idLength);
    qint64 time = g.last;
    for (int i = 9; i >= 0; --i, time >>= 5)
        id.m_text[i] = QLatin1Char(alphabet[time & 31]);
    for (int i = 0; i < 16; ++i)
        id.m_text[10 + i] = QLatin1Char(alphabet[g.tail[size_t(i)]]);
    return id;
}

Result<Id> Id::parse(QStringView text)
{
    bool good = text.size() == idLength && digitOf(text[0]) < 8;
    for (const QChar c : text)
        good = good && digitOf(c) >= 0;
    if (!good)
        return failUsage(QStringLiteral("id.malformed"), QStringLiteral("This is not an id"), text.left(64).toString());
    Id id;
    id.m_text = text.toString().toUpper();
    return id;
}

QString Id::shown() const
{
    return m_text.right(6).toLower();
}

qint64 Id::time() const
{
    qint64 time = 0;
    for (int i = 0; i < 10 && i < m_text.size(); ++i)
        time = time << 5 | digitOf(m_text[i]);
    return time;
}

Result<QString> matchId(const QString &typed, const std::vector<QString> &ids, const QString &noun)
{
    if (typed.size() < 4)
        return failUsage(QStringLiteral("id.short"), QStringLiteral("Give at least 4 characters of the id"), typed);
    std::vector<QString> hits;
    for (const auto &id : ids) {
        if (id.startsWith(typed, Qt::CaseInsensitive) || id.endsWith(typed, Qt::CaseInsensitive))
            hits.push_back(id);
    }
    if (hits.empty())
        return failNotFound(noun + u".unknown", QStringLiteral("There is no %1 with this id").arg(noun), typed);
    if (hits.size() > 1)
        return failUsage(noun + u".ambiguous", QStringLiteral("%1 ids fit").arg(hits.size()), typed,
                         QStringLiteral("Give more characters of the id."));
    return hits.front();
}

} // namespace coppice
