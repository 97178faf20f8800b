// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/reviews.h"

#include "base/clock.h"
#include "review/stored.h"
#include "text/hidden.h"

namespace coppice::review {

namespace {

git::Oid oidFrom(const QString &hex)
{
    return git::Oid::fromHex(hex.toLatin1());
}

Patch::State stateFrom(const QString &name)
{
    for (const auto state : {Patch::State::Applied, Patch::State::Shipped, Patch::State::Closed}) {
        if (nameOf(state) == name)
            return state;
    }
    return Patch::State::Open;
}

QString evidenceName(Evidence::Verdict verdict)
{
    switch (verdict) {
    case Evidence::Verdict::Good: return QStringLiteral("good");
    case Evidence::Verdict::Bad: return QStringLiteral("bad");
    case Evidence::Verdict::Neutral: break;
    }
    return QStringLiteral("neutral");
}

/// The patches that `where` selects, with their revisions.
Result<std::vector<Patch>> readPatches(store::Connection &connection, const QString &where, const QVariantList &values)
{
    std::vector<Patch> patches;
    std::optional<Error> broken;
    COPPICE_CHECK(connection.query(
        QStringLiteral("SELECT id, plugin, ticket, title, state, applied, made FROM review_patches ") + where, values,
        [&](const store::Row &row) {
            auto id = Id::parse(row.text(0));
            if (!id) {
                broken = id.error();
                return;
            }
            Patch patch;
            patch.id = *id;
            patch.plugin = row.text(1);
            patch.ticket = row.text(2);
            patch.title = row.text(3);
            patch.state = stateFrom(row.text(4));
            patch.applied = oidFrom(row.text(5));
            patch.made = row.number(6);
            patches.push_back(std::move(patch));
        }));
    if (broken)
        return std::unexpected(*broken);
    for (auto &patch : patches) {
        COPPICE_CHECK(connection.query(
            QStringLiteral("SELECT number, base, result, run, tainted, at, author, note FROM review_revisions WHERE patch = ? "
                           "ORDER BY number"),
            {patch.id.toString()}, [&](const store::Row &row) {
                patch.revisions.push_back({int(row.number(0)), oidFrom(row.text(1)), oidFrom(row.text(2)), row.text(3),
                                           row.number(4) != 0, row.number(5), Actor::fromString(row.text(6)),
                                           row.text(7)});
            }));
        if (patch.revisions.empty())
            return fail(QStringLiteral("review.no-revision"), QStringLiteral("A patch has no revision"),
                        patch.id.toString());
    }
    return patches;
}

Result<std::optional<Patch>> readOne(store::Connection &connection, const QString &where, const QVariantList &values)
{
    COPPICE_TRY(auto patches, readPatches(connection, where, values));
    if (patches.empty())
        return std::optional<Patch>();
    return std::optional<Patch>(std::move(patches.front()));
}

/// Keeps the trees of a revision from being collected: a commit of the result on one of the base.
Result<> keepTrees(git::Repository &repository, const Id &patch, const Revision &revision)
{
    const git::Signature who{"Coppice", "coppice@localhost", revision.at / 1000, 0};
    COPPICE_TRY(const auto base, repository.writeCommit(revision.base, {}, who, who, "base of a patch\n"));
    COPPICE_TRY(const auto result, repository.writeCommit(revision.result, {base}, who, who, "result of a patch\n"));
    return repository.setRef(QStringLiteral("refs/coppice/patches/%1/%2").arg(patch.toString()).arg(revision.number),
                             result, std::nullopt, QStringLiteral("coppice: patch"));
}

Result<> insertRevision(store::Connection &connection, const QString &patch, const Revision &revision)
{
    COPPICE_CHECK(connection.exec(
        QStringLiteral("INSERT INTO review_revisions (patch, number, base, result, run, tainted, at, author, note) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        {patch, revision.number, revision.base.toString(), revision.result.toString(), stored(revision.run),
         revision.tainted ? 1 : 0, revision.at, revision.by.toString(), stored(text::plain(revision.note, 200).simplified())}));
    return {};
}

const QString lastOpenOf = QStringLiteral("WHERE ticket = ? AND plugin = ? AND state = 'open' ORDER BY id DESC LIMIT 1");
const QString byRun =
    QStringLiteral("WHERE id IN (SELECT patch FROM review_revisions WHERE run = ?) ORDER BY id DESC LIMIT 1");

} // namespace

Result<Patch> Reviews::add(git::Repository &repository, const QString &plugin, const QString &ticket,
                           const QString &title, Revision revision, const Id &id)
{
    if (!ticket.isEmpty()) {
        COPPICE_TRY(const auto open, m_state.read<std::optional<Patch>>([&](store::Connection &connection) {
            return readOne(connection, lastOpenOf, {ticket, plugin});
        }));
        if (open)
            return addRevision(repository, open->id.toString(), std::move(revision));
    }
    COPPICE_TRY(const auto known, madeBefore(revision));
    if (known)
        return *known;
    revision.at = revision.at == 0 ? nowMs() : revision.at;
    revision.number = 1;
    COPPICE_CHECK(keepTrees(repository, id, revision));
    return m_state.write<Patch>([&](store::Connection &connection) -> Result<Patch> {
        COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO review_patches (id, plugin, ticket, title, state, "
                                                     "made) VALUES (?, ?, ?, ?, 'open', ?)"),
                                      {id.toString(), stored(plugin), stored(ticket),
                                       stored(text::plain(title, 200).simplified()), revision.at}));
        COPPICE_CHECK(insertRevision(connection, id.toString(), revision));
        COPPICE_TRY(auto patch, readOne(connection, QStringLiteral("WHERE id = ?"), {id.toString()}));
        return std::move(*patch);
    });
}

Result<Patch> Reviews::addRevision(git::Repository &repository, const QString &patchId, Revision revision)
{
    COPPICE_TRY(const auto known, madeBefore(revision));
    if (known)
        return *known;
    COPPICE_TRY(const auto patch, get(patchId));
    revision.at = revision.at == 0 ? nowMs() : revision.at;
    revision.number = patch.last().number + 1;
    COPPICE_CHECK(keepTrees(repository, patch.id, revision));
    return m_state.write<Patch>([&](store::Connection &connection) -> Result<Patch> {
        COPPICE_CHECK(mustBeOpen(connection, patch.id.toString()));
        COPPICE_CHECK(insertRevision(connection, patch.id.toString(), revision));
        COPPICE_TRY(auto now, readOne(connection, QStringLiteral("WHERE id = ?"), {patch.id.toString()}));
        return std::move(*now);
    });
}

Result<Id> Reviews::edit(const Actor &actor, git::Repository &repository, const Patch &patch, Revision revision)
{
    revision.number = patch.last().number + 1;
    revision.by = actor;
    COPPICE_CHECK(keepTrees(repository, patch.id, revision));
    return m_journal.append(actor, QStringLiteral("review:") + patch.id.toString(), QStringLiteral("revision"),
                            {{QStringLiteral("number"), revision.number},
                             {QStringLiteral("base"), revision.base.toString()},
                             {QStringLiteral("result"), revision.result.toString()},
                             {QStringLiteral("run"), revision.run},
                             {QStringLiteral("tainted"), revision.tainted},
                             {QStringLiteral("note"), text::plain(revision.note, 200).simplified()}});
}

/// Asked again after a crash: the patch that a run's revision is in already.
Result<std::optional<Patch>> Reviews::madeBefore(const Revision &revision)
{
    if (revision.run.isEmpty())
        return std::optional<Patch>();
    COPPICE_TRY(auto known, ofRun(revision.run));
    if (known && (known->last().run != revision.run || known->last().base != revision.base || known->last().result != revision.result))
        known.reset();
    return known;
}

Result<Patch> Reviews::get(const QString &id)
{
    return m_state.read<Patch>([&](store::Connection &connection) -> Result<Patch> {
        std::vector<QString> ids;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT id FROM review_patches"), {},
                                       [&](const store::Row &row) { ids.push_back(row.text(0)); }));
        COPPICE_TRY(const auto whole, matchId(id, ids, QStringLiteral("patch")));
        COPPICE_TRY(auto patch, readOne(connection, QStringLiteral("WHERE id = ?"), {whole}));
        return std::move(*patch);
    });
}

Result<std::vector<Patch>> Reviews::list(bool openOnly)
{
    return m_state.read<std::vector<Patch>>([&](store::Connection &connection) {
        return readPatches(connection,
                           openOnly ? QStringLiteral("WHERE state = 'open' ORDER BY id DESC")
                                    : QStringLiteral("ORDER BY id DESC"),
                           {});
    });
}

Result<std::optional<Patch>> Reviews::ofRun(const QString &run)
{
    return m_state.read<std::optional<Patch>>(
        [&](store::Connection &connection) { return readOne(connection, byRun, {run}); });
}

Result<> Reviews::addEvidence(const QString &patchId, const Evidence &evidence)
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        // The same fact told again (after a crash, or by the next attempt) replaces the older one.
        COPPICE_CHECK(connection.exec(
            QStringLiteral("DELETE FROM review_evidence WHERE patch = ? AND kind = ? AND title = ? AND link = ?"),
            {patchId, stored(evidence.kind), stored(evidence.title), stored(evidence.link)}));
        COPPICE_CHECK(connection.exec(
            QStringLiteral("INSERT INTO review_evidence (patch, kind, title, verdict, fact, link, at) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?)"),
            {patchId, stored(evidence.kind), stored(evidence.title), evidenceName(evidence.verdict),
             stored(evidence.fact), stored(evidence.link), evidence.at ? evidence.at : nowMs()}));
        return {};
    });
}

Result<std::vector<Evidence>> Reviews::evidence(const QString &patchId)
{
    return m_state.read<std::vector<Evidence>>([&](store::Connection &connection) -> Result<std::vector<Evidence>> {
        std::vector<Evidence> all;
        COPPICE_CHECK(connection.query(
            QStringLiteral("SELECT kind, title, verdict, fact, link, at FROM review_evidence WHERE patch = ? ORDER BY seq"),
            {patchId}, [&](const store::Row &row) {
                const QString verdict = row.text(2);
                all.push_back({row.text(0), row.text(1),
                               verdict == u"good"      ? Evidence::Verdict::Good
                                   : verdict == u"bad" ? Evidence::Verdict::Bad
                                                       : Evidence::Verdict::Neutral,
                               row.text(3), row.text(4), row.number(5)});
            }));
        return all;
    });
}

Result<> Reviews::setState(const Actor &actor, const QString &patchId, Patch::State state, const git::Oid &commit)
{
    COPPICE_TRY(const auto patch, get(patchId));
    if (patch.state == state && (commit.isNull() || patch.applied == commit))
        return {};
    QJsonObject payload{{QStringLiteral("state"), nameOf(state)}};
    if (!commit.isNull())
        payload[QStringLiteral("commit")] = commit.toString();
    COPPICE_CHECK(m_journal.append(actor, QStringLiteral("review:") + patch.id.toString(), QStringLiteral("state"), payload));
    return {};
}

} // namespace coppice::review
