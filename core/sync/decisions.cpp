// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/decisions.h"

#include "base/clock.h"

namespace coppice::sync {

using namespace Qt::StringLiterals;

namespace {

/// "mode:id"; empty for nothing.
QString textOf(const std::optional<git::TreeEntry> &entry)
{
    return entry ? QString::number(quint32(entry->mode), 8) + u':' + entry->id.toString() : QString();
}

std::optional<git::TreeEntry> entryOf(const QString &text)
{
    const qsizetype colon = text.indexOf(u':');
    if (colon < 0)
        return std::nullopt;
    return git::TreeEntry{{}, git::Mode(text.left(colon).toUInt(nullptr, 8)), git::Oid::fromHex(text.mid(colon + 1).toLatin1())};
}

class LinkProjector final : public journal::Projector
{
public:
    [[nodiscard]] QString entityKind() const override { return u"link"_s; }

    Result<QJsonObject> apply(store::Connection &connection, const journal::Operation &operation) override
    {
        const QString plugin = operation.entity.section(u':', 1);
        if (operation.verb != u"decide")
            return failUsage(u"link.verb"_s, u"A link knows no operation '%1'"_s.arg(operation.verb), plugin);
        const QVariantList key{plugin, operation.payload[u"path"].toString(), operation.payload[u"theirs"].toString()};
        QJsonObject before;
        COPPICE_CHECK(connection.query(
            u"SELECT choice, operation, actor, at FROM sync_link_answer WHERE plugin = ? AND path = ? AND theirs = ?"_s, key,
            [&](const store::Row &row) {
                before = {{u"choice"_s, row.text(0)}, {u"operation"_s, row.text(1)}, {u"actor"_s, row.text(2)}, {u"at"_s, row.number(3)}};
            }));
        COPPICE_CHECK(put(connection, key, operation.payload[u"choice"].toString(), operation.id.toString(),
                          operation.actor.toString(), operation.at));
        return before;
    }

    Result<> revert(store::Connection &connection, const journal::Operation &original, const QJsonObject &remembered) override
    {
        const QString plugin = original.entity.section(u':', 1);
        const QVariantList key{plugin, original.payload[u"path"].toString(), original.payload[u"theirs"].toString()};
        COPPICE_TRY(const auto open,
                    connection.value(u"SELECT count(*) FROM sync_link_change WHERE plugin = ? AND path = ? AND theirs = ?"_s, key));
        if (open.toInt() == 0)
            return fail(u"link.carried-out"_s, u"A pull has carried this decision out, or upstream has changed since"_s, plugin,
                        u"Change the file in the library by a commit."_s);
        COPPICE_TRY(const auto last,
                    connection.value(u"SELECT operation FROM sync_link_answer WHERE plugin = ? AND path = ? AND theirs = ?"_s, key));
        if (last.toString() != original.id.toString())
            return fail(u"link.moved-on"_s, u"It was decided anew since"_s, plugin, u"Undo the later decision first."_s);
        COPPICE_CHECK(connection.exec(u"DELETE FROM sync_link_answer WHERE plugin = ? AND path = ? AND theirs = ?"_s, key));
        if (!remembered.isEmpty())
            COPPICE_CHECK(put(connection, key, remembered[u"choice"].toString(), remembered[u"operation"].toString(),
                              remembered[u"actor"].toString(), remembered[u"at"].toInteger()));
        return {};
    }

private:
    static Result<> put(store::Connection &connection, QVariantList values, const QString &choice, const QString &operation,
                        const QString &actor, qint64 at)
    {
        values << choice << operation << actor << at;
        COPPICE_CHECK(connection.exec(u"INSERT OR REPLACE INTO sync_link_answer (plugin, path, theirs, choice, operation, actor, at) "
                                      "VALUES (?,?,?,?,?,?,?)"_s,
                                      values));
        return {};
    }
};

} // namespace

QString nameOf(LinkChoice choice)
{
    constexpr const char *names[] = {"adopt", "keep", "discard"};
    return QLatin1String(names[int(choice)]);
}

std::optional<LinkChoice> linkChoiceOf(const QString &name)
{
    for (const auto choice : {LinkChoice::Adopt, LinkChoice::KeepOwn, LinkChoice::Discard}) {
        if (nameOf(choice) == name)
            return choice;
    }
    return std::nullopt;
}

Result<std::vector<LinkDecision>> linkDecisions(store::Database &state, const QString &plugin)
{
    return state.read<std::vector<LinkDecision>>([&](store::Connection &connection) -> Result<std::vector<LinkDecision>> {
        std::vector<LinkDecision> all;
        COPPICE_CHECK(connection.query(
            u"SELECT c.plugin, c.path, c.template, c.ours, c.theirs, c.upstream, c.seen_at, a.choice, a.actor, a.at "
            "FROM sync_link_change c LEFT JOIN sync_link_answer a ON a.plugin = c.plugin AND a.path = c.path AND a.theirs = c.theirs "
            "WHERE ? = '' OR c.plugin = ? ORDER BY c.plugin, c.path"_s,
            {plugin, plugin}, [&](const store::Row &row) {
                all.push_back({row.text(0), row.text(1).toUtf8(), row.text(2).toUtf8(), entryOf(row.text(3)), entryOf(row.text(4)),
                               git::Oid::fromHex(row.text(5).toLatin1()), row.number(6), linkChoiceOf(row.text(7)), row.text(8),
                               row.number(9)});
            }));
        return all;
    });
}

Result<> noteLinkChanges(store::Database &state, const QString &plugin, const git::Oid &upstream,
                         const std::vector<subtree::LinkChange> &changes)
{
    COPPICE_CHECK(state.write<qint64>([&](store::Connection &connection) -> Result<qint64> {
        COPPICE_CHECK(connection.exec(u"DELETE FROM sync_link_change WHERE plugin = ?"_s, {plugin}));
        for (const auto &change : changes)
            COPPICE_CHECK(connection.exec(
                u"INSERT INTO sync_link_change (plugin, path, template, ours, theirs, upstream, seen_at) VALUES (?,?,?,?,?,?,?)"_s,
                {plugin, QString::fromUtf8(change.path), QString::fromUtf8(change.target), textOf(change.ours), textOf(change.theirs),
                 upstream.toString(), nowMs()}));
        return 0;
    }));
    return {};
}

Result<Id> decideLink(store::Database &state, journal::Journal &journal, const Actor &actor, const QString &plugin,
                      const QByteArray &path, LinkChoice choice)
{
    COPPICE_TRY(const auto open, linkDecisions(state, plugin));
    for (const auto &one : open) {
        if (one.path != path)
            continue;
        if (choice == LinkChoice::Adopt && !one.theirs)
            return failUsage(u"link.deleted"_s, u"Upstream deleted its copy, and a template is not deleted from there"_s,
                             plugin + u": "_s + QString::fromUtf8(path), u"Choose keep (the plugin goes without it) or discard."_s);
        return journal.append(actor, u"link:"_s + plugin, u"decide"_s,
                              {{u"path"_s, QString::fromUtf8(path)},
                               {u"template"_s, QString::fromUtf8(one.target)},
                               {u"theirs"_s, textOf(one.theirs)},
                               {u"upstream"_s, one.upstream.toString()},
                               {u"choice"_s, nameOf(choice)}});
    }
    return failNotFound(u"link.no-decision"_s, u"No decision waits for this path of the plugin"_s,
                        plugin + u": "_s + QString::fromUtf8(path),
                        u"coppicectl templates decide names those that wait; a pull finds new ones."_s);
}

Result<std::vector<subtree::LinkAnswer>> linkAnswers(store::Database &state, const QString &plugin)
{
    return state.read<std::vector<subtree::LinkAnswer>>([&](store::Connection &connection) -> Result<std::vector<subtree::LinkAnswer>> {
        std::vector<subtree::LinkAnswer> all;
        COPPICE_CHECK(connection.query(u"SELECT path, theirs, choice FROM sync_link_answer WHERE plugin = ?"_s, {plugin},
                                       [&](const store::Row &row) {
                                           if (const auto choice = linkChoiceOf(row.text(2)))
                                               all.push_back({row.text(0).toUtf8(), entryOf(row.text(1)), *choice});
                                       }));
        return all;
    });
}

std::unique_ptr<journal::Projector> linkProjector()
{
    return std::make_unique<LinkProjector>();
}

} // namespace coppice::sync
