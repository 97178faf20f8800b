// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/pulls.h"

#include "base/clock.h"
#include "base/fault.h"
#include "forges/outbox.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace coppice::shipping {

using namespace Qt::StringLiterals;

namespace {

using State = PullRow::State;
constexpr std::array states{State::Queued, State::Sent, State::Open, State::Merged, State::Closed, State::Settled, State::Failed};

const QString columns = u"id, plugin, place, marker, head, base, words, draft, version, split, upstream, state, outcome, number, url, merge_commit, made, "
                        "polled, not_before, error"_s;

QString compact(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

Result<PullRow> read(const store::Row &row)
{
    PullRow pull;
    COPPICE_TRY(pull.id, Id::parse(row.text(0)));
    pull.plugin = row.text(1);
    const auto place = QJsonDocument::fromJson(row.bytes(2)).object();
    pull.place.kind = place[u"kind"].toString();
    pull.place.baseUrl = place[u"base_url"].toString();
    pull.place.project = place[u"project"].toString();
    pull.place.token = place[u"token"].toString();
    pull.words.marker = row.text(3);
    pull.words.head = row.text(4);
    pull.words.base = row.text(5);
    const auto words = QJsonDocument::fromJson(row.bytes(6)).object();
    pull.words.title = words[u"title"].toString();
    pull.words.body = forges::documentFrom(words[u"body"].toArray());
    for (const auto &label : words[u"labels"].toArray())
        pull.words.labels << label.toString();
    pull.library = git::Oid::fromHex(words[u"library"].toString().toLatin1());
    pull.words.draft = row.number(7) != 0;
    pull.version = row.text(8);
    pull.split = git::Oid::fromHex(row.text(9).toLatin1());
    pull.upstream = git::Oid::fromHex(row.text(10).toLatin1());
    for (const auto state : states) {
        if (nameOf(state) == row.text(11))
            pull.state = state;
    }
    pull.outcome = row.text(12);
    pull.number = row.text(13);
    pull.url = row.text(14);
    pull.mergeCommit = git::Oid::fromHex(row.text(15).toLatin1());
    pull.made = row.number(16);
    pull.polled = row.number(17);
    pull.notBefore = row.number(18);
    pull.error = row.text(19);
    return pull;
}

Result<std::vector<PullRow>> select(store::Database &state, const QString &where, const QVariantList &values)
{
    return state.read<std::vector<PullRow>>([&](store::Connection &connection) -> Result<std::vector<PullRow>> {
        std::vector<PullRow> all;
        std::optional<Error> broken;
        COPPICE_CHECK(connection.query(u"SELECT %1 FROM shipping_pulls %2"_s.arg(columns, where), values, [&](const store::Row &row) {
            if (auto pull = read(row))
                all.push_back(std::move(*pull));
            else
                broken = pull.error();
        }));
        if (broken)
            return std::unexpected(*broken);
        return all;
    });
}

Result<std::optional<PullRow>> one(Result<std::vector<PullRow>> all)
{
    if (!all)
        return std::unexpected(all.error());
    return all->empty() ? std::optional<PullRow>() : std::optional(std::move(all->front()));
}

void take(PullRow &row, const forges::RemotePull &remote)
{
    row.number = remote.number;
    row.url = remote.url;
    row.polled = nowMs();
    row.notBefore = 0;
    row.error.clear();
    row.state = remote.state == forges::RemotePull::State::Merged ? State::Merged
              : remote.state == forges::RemotePull::State::Closed ? State::Closed
                                                                  : State::Open;
    if (row.state == State::Merged && !remote.mergeId.isNull())
        row.mergeCommit = remote.mergeId;
}

/// One look at what became of it. A request whose answer was lost is looked for, and never sent from here.
Result<> poll(Pulls &pulls, PullRow &row, const std::stop_token &stop)
{
    COPPICE_TRY(const auto forge, forges::openPulls(row.place, stop));
    const bool wasSent = row.number.isEmpty();
    auto found = wasSent ? forge->find(row.words.head, row.words.marker) : Result<std::optional<forges::RemotePull>>();
    if (!wasSent) {
        auto remote = forge->get(row.number);
        if (remote)
            found = std::optional(std::move(*remote));
        else
            found = std::unexpected(remote.error());
    }
    if (!found) {
        row.notBefore = qMax(forge->pausedUntil(), nowMs() + 60'000);
        row.error = found.error().message();
        COPPICE_CHECK(pulls.save(row));
        return std::unexpected(found.error());
    }
    if (*found) {
        take(row, **found);
    } else {
        row.state = State::Failed;
        row.error = u"It was asked for, the answer was lost, and the forge does not have it: ship again."_s;
    }
    return pulls.save(row);
}

} // namespace

QString nameOf(PullRow::State state)
{
    switch (state) {
    case State::Queued: return u"queued"_s;
    case State::Sent: return u"sent"_s;
    case State::Open: return u"open"_s;
    case State::Merged: return u"merged"_s;
    case State::Closed: return u"closed"_s;
    case State::Settled: return u"settled"_s;
    case State::Failed: break;
    }
    return u"failed"_s;
}

QJsonObject toJson(const PullRow &row)
{
    return {{u"id"_s, row.id.toString()},
            {u"plugin"_s, row.plugin},
            {u"state"_s, row.state == State::Settled ? row.outcome : nameOf(row.state)},
            {u"number"_s, row.number},
            {u"url"_s, row.url},
            {u"title"_s, row.words.title},
            {u"branch"_s, row.words.head},
            {u"base"_s, row.words.base},
            {u"draft"_s, row.words.draft},
            {u"commit"_s, row.split.toString()},
            {u"merge_commit"_s, row.mergeCommit.isNull() ? QJsonValue() : QJsonValue(row.mergeCommit.toString())},
            {u"asked_at"_s, row.polled > 0 ? QJsonValue(isoTime(row.polled)) : QJsonValue()},
            {u"error"_s, row.error}};
}

Result<std::optional<PullRow>> Pulls::current(const QString &plugin)
{
    return one(select(m_state, u"WHERE plugin = ? AND state NOT IN ('settled', 'failed') ORDER BY made DESC LIMIT 1"_s, {plugin}));
}

Result<std::optional<PullRow>> Pulls::last(const QString &plugin)
{
    return one(select(m_state, u"WHERE plugin = ? ORDER BY made DESC, id DESC LIMIT 1"_s, {plugin}));
}

Result<std::vector<PullRow>> Pulls::in(PullRow::State state)
{
    return select(m_state, u"WHERE state = ? ORDER BY made"_s, {nameOf(state)});
}

Result<> Pulls::save(const PullRow &row)
{
    const auto text = [](const QString &value) { return value.isNull() ? QString(""_L1) : value; };
    const QJsonObject place{{u"kind"_s, row.place.kind}, {u"base_url"_s, row.place.baseUrl}, {u"project"_s, row.place.project}, {u"token"_s, row.place.token}};
    const QJsonObject words{{u"title"_s, row.words.title}, {u"body"_s, forges::toJson(row.words.body)}, {u"labels"_s, QJsonArray::fromStringList(row.words.labels)},
                            {u"library"_s, row.library.isNull() ? QString() : row.library.toString()}};
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"INSERT OR ABORT INTO shipping_pulls (%1) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                                      "ON CONFLICT (id) DO UPDATE SET words = excluded.words, draft = excluded.draft, version = excluded.version, split = excluded.split, "
                                      "upstream = excluded.upstream, state = excluded.state, outcome = excluded.outcome, number = excluded.number, url = excluded.url, "
                                      "merge_commit = excluded.merge_commit, polled = excluded.polled, not_before = excluded.not_before, error = excluded.error"_s.arg(columns),
                                      {row.id.toString(), row.plugin, compact(place), row.words.marker, row.words.head, row.words.base, compact(words),
                                       row.words.draft ? 1 : 0, text(row.version), row.split.toString(), row.upstream.toString(), nameOf(row.state), text(row.outcome),
                                       text(row.number), text(row.url), row.mergeCommit.isNull() ? QString(""_L1) : row.mergeCommit.toString(), row.made, row.polled,
                                       row.notBefore, text(row.error)}));
        return {};
    });
}

Result<> carryPull(const runs::House &house, PullRow &row, std::stop_token stop, QStringList *notes)
{
    const FaultStep step("pull-request.open");
    Pulls pulls(house.state);
    const auto forge = forges::openPulls(row.place, stop);
    if (!forge) { // nothing has left
        if (row.state == State::Queued) {
            row.state = State::Failed;
            row.error = forge.error().message();
            COPPICE_CHECK(pulls.save(row));
        }
        return std::unexpected(forge.error());
    }
    Result<std::optional<forges::RemotePull>> found = std::optional<forges::RemotePull>();
    if (!row.number.isEmpty()) {
        auto changed = (*forge)->update(row.number, row.words);
        if (!changed)
            return std::unexpected(changed.error());
        found = std::optional(std::move(*changed));
    } else {
        row.state = State::Sent; // before it is: should this process die now, it is looked for
        COPPICE_CHECK(pulls.save(row));
        found = (*forge)->find(row.words.head, row.words.marker);
        if (found && !*found) {
            auto made = (*forge)->create(row.words, notes);
            if (made)
                found = std::optional(std::move(*made));
            else
                found = std::unexpected(made.error());
        }
    }
    if (found) {
        take(row, **found);
        return pulls.save(row);
    }
    row.error = found.error().message();
    if (!forges::mayBeDone(found.error()))
        row.state = State::Failed;
    COPPICE_CHECK(pulls.save(row));
    return std::unexpected(found.error());
}

Result<QStringList> pollPulls(const runs::House &house, qint64 everyMs, std::stop_token stop)
{
    const FaultStep step("pull-request.poll");
    Pulls pulls(house.state);
    QStringList problems;
    const qint64 now = nowMs();
    for (const auto state : {State::Sent, State::Open}) {
        COPPICE_TRY(auto rows, pulls.in(state));
        for (auto &row : rows) {
            // What was sent a moment ago may be in somebody's hands still: left alone for a while.
            const bool fresh = state == State::Sent && now - row.made < everyMs;
            if (stop.stop_requested())
                return failCancelled();
            if (fresh || now < row.polled + everyMs || (everyMs > 0 && now < row.notBefore))
                continue;
            if (const auto done = poll(pulls, row, stop); !done)
                problems << u"The pull request of %1: %2"_s.arg(row.plugin, done.error().message());
        }
    }
    return problems;
}

Result<std::optional<git::Oid>> landedAs(const git::Repository &repository, const PullRow &row, const git::Oid &tip)
{
    constexpr size_t mostCommits = 500;
    if (tip.isNull() || !repository.has(tip) || !repository.has(row.split))
        return std::optional<git::Oid>();
    COPPICE_TRY(const bool merged, repository.isAncestor(row.split, tip));
    if (merged)
        return std::optional(row.mergeCommit.isNull() || !repository.has(row.mergeCommit) ? row.split : row.mergeCommit);
    git::Oid before;
    if (!row.upstream.isNull() && repository.has(row.upstream)) {
        COPPICE_TRY(before, repository.treeOf(row.upstream));
    }
    COPPICE_TRY(const auto after, repository.treeOf(row.split));
    COPPICE_TRY(const auto changes, repository.changes(before, after));
    COPPICE_TRY(auto since, repository.walk(tip, row.upstream.isNull() || !repository.has(row.upstream) ? std::vector<git::Oid>() : std::vector{row.upstream}, 0));
    if (changes.empty())
        return std::optional<git::Oid>();
    if (since.size() > mostCommits)
        since.erase(since.begin(), since.end() - mostCommits);
    for (const auto &commit : since) { // parents first: the first that has it all
        COPPICE_TRY(const auto tree, repository.treeOf(commit));
        bool all = true;
        for (const auto &change : changes) {
            COPPICE_TRY(const auto entry, repository.entryAt(tree, change.path));
            all = entry.has_value() == change.after.has_value() && (!entry || (entry->id == change.after->id && entry->mode == change.after->mode));
            if (!all)
                break;
        }
        if (all)
            return std::optional(commit);
    }
    return std::optional<git::Oid>();
}

} // namespace coppice::shipping
