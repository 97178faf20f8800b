// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/filing_memory.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace coppice::capture {

namespace {

using store::Connection;
using store::Row;

constexpr qsizetype mostReleases = 50;
constexpr qsizetype titleCap = 200;
constexpr qsizetype mostKept = 20'000; ///< groups, scopes and patterns of all plugins
constexpr qint64 mostFiled = 100'000;  ///< the templates of messages remember each form of one

QStringList listFrom(const QString &json)
{
    QStringList list;
    const QJsonArray array = QJsonDocument::fromJson(json.toUtf8()).array();
    for (const auto &each : array)
        list << each.toString();
    return list;
}

QString toList(const QStringList &list)
{
    return QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(list)).toJson(QJsonDocument::Compact));
}

QString titleOf(const Event &event)
{
    const QString line = event.message.section(u'\n', 0, 0).trimmed();
    const QString type = event.type.simplified();
    QString title = type.isEmpty() ? line : line.isEmpty() ? type : QString(type + QStringLiteral(": ") + line);
    if (title.isEmpty())
        title = QStringLiteral("(no message)");
    return title.size() > titleCap ? QString(title.left(titleCap - 1) + QStringLiteral("…")) : title;
}

qint64 timeOf(const Event &event)
{
    return event.at ? event.at : event.received;
}

} // namespace

void FilingMemory::Standing::count(const Event &event)
{
    const qint64 when = timeOf(event);
    ++more;
    first = std::min(first, when);
    last = std::max(last, when);
    level = std::max(level, event.level);
    if (!event.release.isEmpty() && !releases.contains(event.release) && releases.size() < mostReleases)
        releases << event.release;
}

Result<Grouper::Key> FilingMemory::Plugin::keyOf(Connection &connection, const Event &event)
{
    const QString scope = m_grouper.scopeOf(event);
    if (!m_scopes.contains(scope)) {
        COPPICE_CHECK(connection.query(
            QStringLiteral("SELECT fingerprint, text, places FROM group_patterns WHERE plugin = ? AND scope = ? ORDER BY ordinal LIMIT 5000"),
            {event.plugin, scope}, [&](const Row &row) {
                const Grouper::Pattern pattern{scope, row.text(0), row.text(1), listFrom(row.text(2))};
                m_grouper.learn(pattern);
                m_written[pattern.fingerprint] = QStringList{pattern.text} + pattern.places;
            }));
        m_scopes << scope;
    }
    return m_grouper.keyOf(event);
}

FilingMemory::Standing *FilingMemory::Plugin::keep(Standing standing)
{
    auto &place = m_groups[standing.id];
    place = std::make_unique<Standing>(std::move(standing));
    return place.get();
}

Result<FilingMemory::Standing *> FilingMemory::Plugin::groupOf(Connection &connection, const Event &event, const Grouper::Key &key)
{
    Standing *standing = nullptr;
    if (const auto known = m_byFingerprint.constFind(key.fingerprint); known != m_byFingerprint.constEnd()) {
        standing = m_groups.at(*known).get();
    } else {
        Standing found;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT id, why, releases, state FROM event_groups WHERE plugin = ? AND fingerprint = ?"),
                                       {event.plugin, key.fingerprint}, [&](const Row &row) {
                                           found = {row.text(0), row.text(1), listFrom(row.text(2)), Group::State(row.number(3))};
                                       }));
        if (found.id.isEmpty()) {
            found.id = Id::make().toString();
            found.why = key.why;
            found.isNew = true;
            COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO event_groups (id, plugin, fingerprint, title, why, level, count, first, last, releases, state) "
                                                         "VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, '[]', 0)"),
                                          {found.id, event.plugin, key.fingerprint, titleOf(event), key.why, int(event.level), timeOf(event), timeOf(event)}));
        }
        m_byFingerprint[key.fingerprint] = found.id;
        const auto held = m_groups.find(found.id); // it may have been asked for by its id
        standing = held != m_groups.end() ? held->second.get() : keep(std::move(found));
    }
    if (standing->more == 0)
        m_touched.push_back(standing);
    return standing;
}

Result<FilingMemory::Standing *> FilingMemory::Plugin::groupBy(Connection &connection, const QString &id)
{
    auto held = m_groups.find(id);
    Standing *standing = held != m_groups.end() ? held->second.get() : nullptr;
    if (!standing) {
        Standing found;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT id, why, releases, state FROM event_groups WHERE id = ?"), {id}, [&](const Row &row) {
            found = {row.text(0), row.text(1), listFrom(row.text(2)), Group::State(row.number(3))};
        }));
        if (found.id.isEmpty())
            return fail(QStringLiteral("group.missing"), QStringLiteral("A rule names an error group that is not there"), id);
        standing = keep(std::move(found));
    }
    if (standing->more == 0)
        m_touched.push_back(standing);
    return standing;
}

Result<> FilingMemory::Plugin::write(Connection &connection, const QString &name)
{
    for (auto *each : m_touched) {
        each->isNew = false;
        if (each->more == 0) // only its home, or told of already
            continue;
        COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE event_groups SET count = count + ?, first = min(first, ?), last = max(last, ?), level = max(level, ?), "
                                                     "releases = ?, why = ?, state = ? WHERE id = ?"),
                                      {each->more, each->first, each->last, int(each->level), toList(each->releases), each->why, int(each->state), each->id}));
        each->more = 0;
        each->first = std::numeric_limits<qint64>::max();
        each->last = 0;
        each->level = Level::Trace;
    }
    m_touched.clear();
    for (auto it = hits.cbegin(); it != hits.cend(); ++it)
        COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE group_rules_here SET hits = hits + ? WHERE rule = ?"), {*it, it.key()}));
    hits.clear();
    for (const auto &pattern : m_grouper.takeLearnt()) {
        QStringList now = QStringList{pattern.text} + pattern.places;
        auto &written = m_written[pattern.fingerprint];
        if (written == now)
            continue;
        COPPICE_CHECK(connection.exec(
            QStringLiteral("INSERT INTO group_patterns (plugin, scope, fingerprint, ordinal, text, places) VALUES (?, ?, ?, "
                           "(SELECT coalesce(max(ordinal), 0) + 1 FROM group_patterns WHERE plugin = ? AND scope = ?), ?, ?) "
                           "ON CONFLICT (plugin, scope, fingerprint) DO UPDATE SET text = excluded.text, places = excluded.places"),
            {name, pattern.scope, pattern.fingerprint, name, pattern.scope, pattern.text, toList(pattern.places)}));
        written = std::move(now);
    }
    return {};
}

Result<qint64> FilingMemory::changesOf(Connection &connection)
{
    COPPICE_TRY(const QVariant changes, connection.value(QStringLiteral("SELECT total_changes()")));
    return changes.toLongLong();
}

void FilingMemory::forget()
{
    if (!m_plugins.isEmpty())
        ++m_forgotten;
    m_plugins.clear();
    m_filed = 0;
}

Result<> FilingMemory::begin(Connection &connection)
{
    COPPICE_TRY(const QVariant version, connection.value(QStringLiteral("PRAGMA data_version")));
    COPPICE_TRY(const qint64 changes, changesOf(connection));
    qsizetype kept = 0;
    for (const auto &each : std::as_const(m_plugins))
        kept += each->size();
    if (!m_settled || version.toLongLong() != m_version || changes != m_changes || kept > mostKept || m_filed > mostFiled)
        forget();
    m_version = version.toLongLong();
    m_settled = false;
    return {};
}

Result<FilingMemory::Plugin *> FilingMemory::plugin(Connection &connection, const QString &name)
{
    ++m_filed;
    auto &place = m_plugins[name];
    if (!place) {
        auto made = std::make_shared<Plugin>();
        COPPICE_TRY(made->rules, RuleSet::load(connection, name));
        place = std::move(made);
    }
    return place.get();
}

Result<> FilingMemory::write(Connection &connection)
{
    for (auto it = m_plugins.begin(); it != m_plugins.end(); ++it)
        COPPICE_CHECK((*it)->write(connection, it.key()));
    return {};
}

Result<> FilingMemory::end(Connection &connection)
{
    COPPICE_TRY(m_changes, changesOf(connection));
    return {};
}

void FilingMemory::settle(bool committed)
{
    m_settled = committed;
}

} // namespace coppice::capture
