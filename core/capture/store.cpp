// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/store.h"

#include "base/clock.h"
#include "base/json.h"
#include "capture/event_row.h"
#include "capture/group_rules.h"
#include "capture/ingest.h"
#include "capture/packed.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtEndian>

#include <algorithm>
#include <map>
#include <utility>

namespace coppice::capture {

namespace {

using store::Connection;
using store::Row;

constexpr size_t batchSize = 200;   ///< of one transaction: more would hold up other writers
constexpr qsizetype mostReleases = 50;
constexpr qsizetype titleCap = 200;

const QString groupColumns = QStringLiteral("id, plugin, fingerprint, title, why, level, count, first, last, releases, state");
const QString eventColumns = QStringLiteral("group_id, id, sender_id, plugin, received, at, source, release, environment, level, type, message, "
                                            "template, record, scrubbed, body, seq");

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

Group groupFrom(const Row &row)
{
    Group group;
    if (auto id = Id::parse(row.text(0)))
        group.id = *id;
    group.plugin = row.text(1);
    group.fingerprint = row.text(2);
    group.title = row.text(3);
    group.why = row.text(4);
    group.level = Level(row.number(5));
    group.count = row.number(6);
    group.first = row.number(7);
    group.last = row.number(8);
    group.releases = listFrom(row.text(9));
    group.state = Group::State(row.number(10));
    return group;
}

QByteArray bodyOf(const Event &event)
{
    QJsonArray frames;
    for (const auto &frame : event.frames)
        frames.append(QJsonArray{frame.function, frame.file, frame.line, frame.inApp, frame.column, frame.code});
    QJsonArray causes;
    for (const auto &cause : event.causes)
        causes.append(QJsonArray{cause.type, cause.message});
    QJsonObject tags;
    for (auto it = event.tags.begin(); it != event.tags.end(); ++it)
        tags[it.key()] = *it;
    return packed(toJsonLine({{QStringLiteral("frames"), frames},
                                 {QStringLiteral("causes"), causes},
                                 {QStringLiteral("trace"), event.trace},
                                 {QStringLiteral("tags"), tags}}));
}

Event eventFrom(const Row &row)
{
    Event event;
    if (auto id = Id::parse(row.text(1)))
        event.id = *id;
    event.senderId = row.text(2);
    event.plugin = row.text(3);
    event.received = row.number(4);
    event.at = row.number(5);
    event.source = row.text(6);
    event.release = row.text(7);
    event.environment = row.text(8);
    event.level = Level(row.number(9));
    event.type = row.text(10);
    event.message = row.text(11);
    event.messageTemplate = row.text(12);
    event.record = int(row.number(13));
    event.scrubbed = int(row.number(14));
    const QJsonObject body = QJsonDocument::fromJson(unpacked(row.bytes(15))).object();
    const QJsonArray frames = body[u"frames"].toArray();
    for (const auto &each : frames) {
        const QJsonArray f = each.toArray();
        event.frames.push_back({f[0].toString(), f[1].toString(), f[2].toInt(), f[3].toBool(), f[4].toInt(), f[5].toString()});
    }
    const QJsonArray causes = body[u"causes"].toArray();
    for (const auto &each : causes)
        event.causes.push_back({each.toArray()[0].toString(), each.toArray()[1].toString()});
    event.trace = body[u"trace"].toString();
    const QJsonObject tags = body[u"tags"].toObject();
    for (auto it = tags.begin(); it != tags.end(); ++it)
        event.tags[it.key()] = it->toString();
    return event;
}

/// What makes an event the same one when it comes again. Empty: it is always new.
QByteArray keyOf(const Event &event)
{
    if (event.senderId.isEmpty() && event.identity.isEmpty())
        return {};
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const auto add = [&](const QByteArray &bytes) {
        hash.addData(bytes);
        hash.addData(QByteArrayView("\0", 1));
    };
    add(event.plugin.toUtf8());
    if (!event.senderId.isEmpty()) {
        add("sender");
        add(event.senderId.toUtf8());
    } else {
        add("record");
        add(event.identity);
        add(event.release.toUtf8()); // the same log under another release is another run of the program
    }
    return hash.result();
}

/// Stands for the user whom an event names, for counting; NULL where it names none, or one that was scrubbed.
QVariant whoOf(const Event &event)
{
    for (const auto &key : {QStringLiteral("user"), QStringLiteral("user.id"), QStringLiteral("user_id"), QStringLiteral("enduser.id")}) {
        const auto user = event.tags.constFind(key);
        if (user == event.tags.constEnd() || user->isEmpty() || user->startsWith(u'['))
            continue;
        const QByteArray hash = QCryptographicHash::hash(QByteArray(event.plugin.toUtf8() + '\0' + user->toUtf8()), QCryptographicHash::Sha256);
        return qFromLittleEndian<qint64>(hash.constData());
    }
    return {};
}

/// The road an event came on, as it stands in a list of them.
QString roadOf(const Event &event)
{
    return u',' + event.source + u',';
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

/// What was learnt of a plugin's templates, read as far as events need it.
class Patterns
{
public:
    Patterns(Connection &connection, QString plugin) : m_connection(connection), m_plugin(std::move(plugin)) { }

    Result<Grouper::Key> keyOf(const Event &event)
    {
        const QString scope = Grouper::scopeOf(event);
        if (!m_read.contains(scope)) {
            m_read << scope;
            COPPICE_CHECK(m_connection.query(
                QStringLiteral("SELECT fingerprint, text, places FROM group_patterns WHERE plugin = ? AND scope = ? ORDER BY ordinal LIMIT 5000"),
                {m_plugin, scope}, [&](const Row &row) { m_grouper.learn({scope, row.text(0), row.text(1), listFrom(row.text(2))}); }));
        }
        return m_grouper.keyOf(event);
    }
    Result<> keep()
    {
        for (const auto &pattern : m_grouper.takeLearnt()) {
            COPPICE_CHECK(m_connection.exec(
                QStringLiteral("INSERT INTO group_patterns (plugin, scope, fingerprint, ordinal, text, places) VALUES (?, ?, ?, "
                               "(SELECT coalesce(max(ordinal), 0) + 1 FROM group_patterns WHERE plugin = ? AND scope = ?), ?, ?) "
                               "ON CONFLICT (plugin, scope, fingerprint) DO UPDATE SET text = excluded.text, places = excluded.places"),
                {m_plugin, pattern.scope, pattern.fingerprint, m_plugin, pattern.scope, pattern.text, toList(pattern.places)}));
        }
        return {};
    }

private:
    Connection &m_connection;
    QString m_plugin;
    Grouper m_grouper;
    QStringList m_read;
};

/// Where an event is filed.
struct Filed {
    QString group;
    QString home; ///< where grouping alone puts it, when that is another group
    bool muted = false;
};

Result<std::optional<Group>> groupBy(Connection &connection, const QString &where, const QVariantList &values)
{
    std::optional<Group> known;
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM event_groups WHERE %2").arg(groupColumns, where), values,
                                   [&](const Row &row) { known = groupFrom(row); }));
    return known;
}

Result<Filed> putGroup(Connection &connection, const Event &event, const Grouper::Key &key, RuleSet &rules)
{
    const qint64 when = event.at ? event.at : event.received;
    COPPICE_TRY(auto known, groupBy(connection, QStringLiteral("plugin = ? AND fingerprint = ?"), {event.plugin, key.fingerprint}));
    if (!known) {
        const QString id = Id::make().toString();
        const QStringList releases = event.release.isEmpty() ? QStringList() : QStringList{event.release};
        COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO event_groups (%1) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, 0)").arg(groupColumns),
                                      {id, event.plugin, key.fingerprint, titleOf(event), key.why, int(event.level), when, when, toList(releases)}));
        return Filed{id, {}, false};
    }
    Filed filed{known->id.toString(), {}, false};
    QString why = key.why;
    if (!rules.isEmpty()) {
        if (const QString ruled = rules.resolve(event, filed.group); ruled != filed.group) {
            filed.home = std::exchange(filed.group, ruled);
            COPPICE_TRY(known, groupBy(connection, QStringLiteral("id = ?"), {ruled}));
            if (!known)
                return fail(QStringLiteral("group.missing"), QStringLiteral("A rule names an error group that is not there"), ruled);
            why = known->why;
        }
        if (const GroupRule *mute = rules.muteOf(event, filed.group)) {
            filed.muted = true;
            COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE group_rules_here SET hits = hits + 1 WHERE rule = ?"), {mute->id}));
        }
    }
    QStringList releases = known->releases;
    if (!event.release.isEmpty() && !releases.contains(event.release) && releases.size() < mostReleases)
        releases << event.release;
    auto state = known->state == Group::State::Resolved && !filed.muted ? Group::State::Regressed : known->state;
    if (state == Group::State::Muted && !filed.muted && rules.hasMuteEnded(filed.group))
        state = Group::State::New;
    COPPICE_CHECK(connection.exec(
        QStringLiteral("UPDATE event_groups SET count = count + 1, first = min(first, ?), last = max(last, ?), level = max(level, ?), "
                       "releases = ?, why = ?, state = ? WHERE id = ?"),
        {when, when, int(event.level), toList(releases), why, int(state), filed.group}));
    return filed;
}

Result<> putEvent(Connection &connection, const Event &event, const Filed &filed, const QByteArray &key)
{
    COPPICE_CHECK(connection.exec(
        QStringLiteral("INSERT INTO events (group_id, id, sender_id, plugin, received, at, source, release, environment, level, type, "
                       "message, template, record, scrubbed, body, known_by, twin, roads, home, muted, who) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        {filed.group, event.id.toString(), event.senderId, event.plugin, event.received, event.at, event.source, event.release, event.environment,
         int(event.level), event.type, event.message, event.messageTemplate, event.record, event.scrubbed, bodyOf(event),
         key.isEmpty() ? QVariant() : QVariant(key), event.twin.isEmpty() ? QVariant() : QVariant(event.twin),
         event.twin.isEmpty() ? QString() : roadOf(event), filed.home, filed.muted ? 1 : 0, whoOf(event)}));
    return {};
}

/// True when the event is there already: the same one sent again, or the same error told on another road. Of n tellings
/// on one road and m on another, as many are one as there are pairs.
Result<bool> isKnown(Connection &connection, const Event &event, const QByteArray &key)
{
    if (!key.isEmpty()) {
        COPPICE_TRY(const QVariant there, connection.value(QStringLiteral("SELECT 1 FROM events WHERE known_by = ? UNION ALL SELECT 1 FROM events_gone WHERE known_by = ?"), {key, key}));
        if (there.isValid())
            return true;
    }
    if (event.twin.isEmpty())
        return false;
    if (!key.isEmpty()) {
        COPPICE_TRY(const QVariant told, connection.value(QStringLiteral("SELECT 1 FROM event_twins WHERE known_by = ?"), {key}));
        if (told.isValid())
            return true;
    }
    COPPICE_TRY(const QVariant other, connection.value(QStringLiteral("SELECT seq FROM events WHERE twin = ? AND plugin = ? AND instr(roads, ?) = 0 "
                                                                      "ORDER BY seq LIMIT 1"),
                                                       {event.twin, event.plugin, roadOf(event)}));
    if (!other.isValid())
        return false;
    COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE events SET roads = roads || ? WHERE seq = ?"), {roadOf(event), other}));
    if (!key.isEmpty())
        COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO event_twins (known_by, seq) VALUES (?, ?)"), {key, other}));
    return true;
}

} // namespace

const QString &storedEventColumns()
{
    return eventColumns;
}

Event storedEvent(const Row &row)
{
    return eventFrom(row);
}

Result<EventStore::Added> EventStore::add(std::vector<Event> batch, const Position *position)
{
    Added added;
    for (size_t from = 0; from < batch.size() || (position && from == 0); from += batchSize) {
        const size_t to = std::min(batch.size(), from + batchSize);
        COPPICE_TRY(const Added part, m_events.write<Added>([&](Connection &connection) -> Result<Added> {
            Added done;
            std::map<QString, Patterns> patterns;
            std::map<QString, RuleSet> rules;
            for (size_t i = from; i < to; ++i) {
                Event &event = batch[i];
                if (event.level < Level::Error) {
                    ++done.below;
                    continue;
                }
                if (event.plugin.isEmpty())
                    return failUsage(QStringLiteral("event.plugin"), QStringLiteral("An event names no plugin"), event.source);
                const QByteArray key = keyOf(event);
                COPPICE_TRY(const bool known, isKnown(connection, event, key));
                if (known) {
                    ++done.known;
                    continue;
                }
                if (event.id.isNull())
                    event.id = Id::make();
                if (event.received == 0)
                    event.received = nowMs();
                auto &learnt = patterns.try_emplace(event.plugin, connection, event.plugin).first->second;
                COPPICE_TRY(const Grouper::Key groupKey, learnt.keyOf(event));
                event.messageTemplate = groupKey.messageTemplate;
                if (!rules.contains(event.plugin)) {
                    COPPICE_TRY(rules[event.plugin], RuleSet::load(connection, event.plugin));
                }
                COPPICE_TRY(const Filed filed, putGroup(connection, event, groupKey, rules[event.plugin]));
                COPPICE_CHECK(putEvent(connection, event, filed, key));
                ++done.events;
                if (!filed.muted && !done.groups.contains(filed.group))
                    done.groups << filed.group;
            }
            for (auto &[plugin, learnt] : patterns)
                COPPICE_CHECK(learnt.keep());
            if (position && to == batch.size())
                COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO log_positions (plugin, source, position, at) VALUES (?, ?, ?, ?) "
                                                             "ON CONFLICT (plugin, source) DO UPDATE SET position = excluded.position, at = excluded.at"),
                                              {position->plugin, position->source, position->position, nowMs()}));
            return done;
        }));
        added.events += part.events;
        added.known += part.known;
        added.below += part.below;
        for (const auto &group : part.groups) {
            if (!added.groups.contains(group))
                added.groups << group;
        }
    }
    return added;
}

Result<std::vector<Group>> EventStore::groups(const QString &plugin)
{
    return m_events.read<std::vector<Group>>([&](Connection &connection) -> Result<std::vector<Group>> {
        std::vector<Group> all;
        // a group that was merged away, or that a split has left nothing, is kept for the day that is undone
        const QString where = plugin.isEmpty() ? QStringLiteral("WHERE count > 0") : QStringLiteral("WHERE count > 0 AND plugin = ?");
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM event_groups %2 ORDER BY last DESC, id DESC").arg(groupColumns, where),
                                       plugin.isEmpty() ? QVariantList() : QVariantList{plugin},
                                       [&](const Row &row) { all.push_back(groupFrom(row)); }));
        return all;
    });
}

Result<Group> EventStore::group(const QString &id)
{
    return m_events.read<Group>([&](Connection &connection) -> Result<Group> {
        std::vector<QString> ids;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT id FROM event_groups"), {}, [&](const Row &row) { ids.push_back(row.text(0)); }));
        COPPICE_TRY(const QString whole, matchId(id, ids, QStringLiteral("error group")));
        Group group;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM event_groups WHERE id = ?").arg(groupColumns), {whole},
                                       [&](const Row &row) { group = groupFrom(row); }));
        return group;
    });
}

Result<std::vector<Event>> EventStore::eventsOf(const QString &groupId, int limit)
{
    return m_events.read<std::vector<Event>>([&](Connection &connection) -> Result<std::vector<Event>> {
        std::vector<Event> all;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM events WHERE group_id = ? ORDER BY seq DESC LIMIT ?").arg(eventColumns),
                                       {groupId, limit}, [&](const Row &row) { all.push_back(eventFrom(row)); }));
        return all;
    });
}

Result<> EventStore::setState(const QString &groupId, Group::State state)
{
    return m_events.write<void>([&](Connection &connection) -> Result<> {
        COPPICE_TRY(const qint64 changed, connection.exec(QStringLiteral("UPDATE event_groups SET state = ? WHERE id = ?"), {int(state), groupId}));
        if (changed == 0)
            return failNotFound(QStringLiteral("group.missing"), QStringLiteral("There is no such error group"), groupId);
        return {};
    });
}

Result<EventStore::Page> EventStore::after(qint64 cursor, int limit)
{
    return m_events.read<Page>([&](Connection &connection) -> Result<Page> {
        Page page;
        page.cursor = cursor;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM events WHERE seq > ? AND muted = 0 ORDER BY seq LIMIT ?").arg(eventColumns), {cursor, limit},
                                       [&](const Row &row) {
                                           page.events.emplace_back(row.text(0), eventFrom(row));
                                           page.cursor = row.number(16);
                                       }));
        return page;
    });
}

} // namespace coppice::capture
