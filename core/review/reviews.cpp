// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/reviews.h"

#include "base/clock.h"
#include "text/hidden.h"

#include <QHash>

namespace coppice::review {

namespace {

git::Oid oidFrom(const QString &hex)
{
    return git::Oid::fromHex(hex.toLatin1());
}

/// Never null: the database knows the difference.
QString stored(const QString &text)
{
    return text.isNull() ? QString(QLatin1String("")) : text;
}

Patch::State stateFrom(const QString &name)
{
    for (const auto state : {Patch::State::Applied, Patch::State::Shipped, Patch::State::Closed}) {
        if (nameOf(state) == name)
            return state;
    }
    return Patch::State::Open;
}

QString verdictName(Decision::Verdict verdict)
{
    switch (verdict) {
    case Decision::Verdict::Accepted: return QStringLiteral("accepted");
    case Decision::Verdict::Rejected: return QStringLiteral("rejected");
    case Decision::Verdict::Undecided: break;
    }
    return QStringLiteral("undecided");
}

Decision::Verdict verdictFrom(const QString &name)
{
    if (name == u"accepted")
        return Decision::Verdict::Accepted;
    return name == u"rejected" ? Decision::Verdict::Rejected : Decision::Verdict::Undecided;
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
            QStringLiteral("SELECT number, base, result, run, tainted, at FROM review_revisions WHERE patch = ? "
                           "ORDER BY number"),
            {patch.id.toString()}, [&](const store::Row &row) {
                patch.revisions.push_back({int(row.number(0)), oidFrom(row.text(1)), oidFrom(row.text(2)), row.text(3),
                                           row.number(4) != 0, row.number(5)});
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

Result<> mustBeOpen(store::Connection &connection, const QString &patch)
{
    COPPICE_TRY(const auto state,
                connection.value(QStringLiteral("SELECT state FROM review_patches WHERE id = ?"), {patch}));
    if (!state.isValid())
        return failNotFound(QStringLiteral("review.not-found"), QStringLiteral("There is no such patch"), patch);
    if (state.toString() != u"open")
        return fail(QStringLiteral("review.not-open"), QStringLiteral("The patch is %1 already").arg(state.toString()),
                    patch, QStringLiteral("What has landed is changed by another patch."));
    return {};
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

const QString lastOpenOf = QStringLiteral("WHERE ticket = ? AND plugin = ? AND state = 'open' ORDER BY id DESC LIMIT 1");
const QString byRun =
    QStringLiteral("WHERE id IN (SELECT patch FROM review_revisions WHERE run = ?) ORDER BY id DESC LIMIT 1");

} // namespace

Result<Patch> Reviews::add(git::Repository &repository, const QString &plugin, const QString &ticket,
                           const QString &title, Revision revision)
{
    if (revision.at == 0)
        revision.at = nowMs();
    Id id = Id::make();
    revision.number = 1;
    if (!revision.run.isEmpty()) {
        // Asked again after a crash: the same answer.
        COPPICE_TRY(const auto known, ofRun(revision.run));
        if (known && known->last().run == revision.run && known->last().base == revision.base
            && known->last().result == revision.result)
            return *known;
    }
    if (!ticket.isEmpty()) {
        COPPICE_TRY(const auto open, m_state.read<std::optional<Patch>>([&](store::Connection &connection) {
            return readOne(connection, lastOpenOf, {ticket, plugin});
        }));
        if (open) {
            id = open->id;
            revision.number = open->last().number + 1;
        }
    }
    COPPICE_CHECK(keepTrees(repository, id, revision));
    return m_state.write<Patch>([&](store::Connection &connection) -> Result<Patch> {
        if (revision.number == 1) {
            COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO review_patches (id, plugin, ticket, title, state, "
                                                         "made) VALUES (?, ?, ?, ?, 'open', ?)"),
                                          {id.toString(), stored(plugin), stored(ticket),
                                           stored(text::plain(title, 200).simplified()), revision.at}));
        } else {
            COPPICE_CHECK(mustBeOpen(connection, id.toString()));
        }
        COPPICE_CHECK(connection.exec(
            QStringLiteral("INSERT INTO review_revisions (patch, number, base, result, run, tainted, at) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?)"),
            {id.toString(), revision.number, revision.base.toString(), revision.result.toString(),
             stored(revision.run), revision.tainted ? 1 : 0, revision.at}));
        COPPICE_TRY(auto patch, readOne(connection, QStringLiteral("WHERE id = ?"), {id.toString()}));
        return std::move(*patch);
    });
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

Result<Id> Reviews::decide(const Actor &actor, const Patch &patch, const std::vector<FilePatch> &files,
                           const QStringList &hunks, Decision::Verdict verdict, const QString &reason)
{
    QStringList known;
    for (const auto &file : files) {
        for (const auto &hunk : file.hunks)
            known << hunk.id;
    }
    QStringList ids, unknown;
    for (const auto &typed : hunks) {
        QStringList fitting;
        for (const auto &id : known) {
            if (id == typed || (typed.size() >= 4 && id.startsWith(typed, Qt::CaseInsensitive)))
                fitting << id;
        }
        if (fitting.size() > 1)
            return failUsage(QStringLiteral("review.ambiguous-hunk"),
                             QStringLiteral("Several hunks of the patch begin with %1").arg(typed), patch.id.toString(),
                             QStringLiteral("Type more of the id."));
        if (fitting.isEmpty())
            unknown << typed;
        else if (!ids.contains(fitting.front()))
            ids << fitting.front();
    }
    if (!unknown.isEmpty())
        return failNotFound(QStringLiteral("review.no-such-hunk"),
                            QStringLiteral("The patch has no hunk %1").arg(unknown.join(QStringLiteral(", "))),
                            patch.id.toString(), QStringLiteral("coppicectl review show names its hunks."));
    if (ids.isEmpty())
        return failUsage(QStringLiteral("review.no-hunk"), QStringLiteral("Name the hunks, or all of them"),
                         patch.id.toString());
    return m_journal.append(actor, QStringLiteral("review:") + patch.id.toString(), QStringLiteral("verdict"),
                            {{QStringLiteral("hunks"), QJsonArray::fromStringList(ids)},
                             {QStringLiteral("verdict"), verdictName(verdict)},
                             {QStringLiteral("reason"), text::plain(reason, 4000)}});
}

Result<std::vector<Decision>> Reviews::decisions(const QString &patchId)
{
    return m_state.read<std::vector<Decision>>([&](store::Connection &connection) -> Result<std::vector<Decision>> {
        std::vector<Decision> decisions;
        COPPICE_CHECK(connection.query(
            QStringLiteral("SELECT hunk, verdict, lines, reason, max(seq) FROM review_verdicts WHERE patch = ? "
                           "GROUP BY hunk ORDER BY max(seq)"),
            {patchId}, [&](const store::Row &row) {
                decisions.push_back({row.text(0), verdictFrom(row.text(1)), row.text(2), row.text(3)});
            }));
        return decisions;
    });
}

Result<Id> Reviews::comment(const Actor &actor, const Patch &patch, const QString &hunk, int line, const QString &text)
{
    const QString plain = text::plain(text, 16'000);
    if (plain.trimmed().isEmpty())
        return failUsage(QStringLiteral("review.empty-comment"), QStringLiteral("A comment needs text"),
                         patch.id.toString());
    return m_journal.append(actor, QStringLiteral("review:") + patch.id.toString(), QStringLiteral("comment"),
                            {{QStringLiteral("hunk"), hunk},
                             {QStringLiteral("line"), line},
                             {QStringLiteral("text"), plain}});
}

Result<std::vector<Comment>> Reviews::comments(const QString &patchId)
{
    return m_state.read<std::vector<Comment>>([&](store::Connection &connection) -> Result<std::vector<Comment>> {
        std::vector<Comment> comments;
        COPPICE_CHECK(connection.query(
            QStringLiteral("SELECT id, hunk, line, author, text, at FROM review_comments WHERE patch = ? ORDER BY id"),
            {patchId}, [&](const store::Row &row) {
                const auto id = Id::parse(row.text(0));
                comments.push_back({id ? *id : Id(), row.text(1), int(row.number(2)), Actor::fromString(row.text(3)),
                                    row.text(4), row.number(5)});
            }));
        return comments;
    });
}

Result<> Reviews::markShown(const QString &patchId, const QStringList &hunks)
{
    COPPICE_TRY(const auto known, shown(patchId));
    QStringList fresh;
    for (const auto &hunk : hunks) {
        if (!known.contains(hunk))
            fresh << hunk;
    }
    if (fresh.isEmpty())
        return {};
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        for (const auto &hunk : fresh)
            COPPICE_CHECK(connection.exec(
                QStringLiteral("INSERT OR IGNORE INTO review_shown (patch, hunk) VALUES (?, ?)"), {patchId, hunk}));
        return {};
    });
}

Result<QStringList> Reviews::shown(const QString &patchId)
{
    return m_state.read<QStringList>([&](store::Connection &connection) -> Result<QStringList> {
        QStringList hunks;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT hunk FROM review_shown WHERE patch = ?"), {patchId},
                                       [&](const store::Row &row) { hunks << row.text(0); }));
        return hunks;
    });
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

namespace {

class ReviewProjector final : public journal::Projector
{
public:
    [[nodiscard]] QString entityKind() const override { return QStringLiteral("review"); }

    Result<QJsonObject> apply(store::Connection &connection, const journal::Operation &operation) override
    {
        const QString patch = operation.entity.mid(operation.entity.indexOf(u':') + 1);
        const auto &payload = operation.payload;
        const auto text = [&](const char *key) { return stored(payload[QLatin1String(key)].toString()); };
        if (operation.verb == u"verdict") {
            COPPICE_CHECK(mustBeOpen(connection, patch));
            for (const auto &hunk : payload[QLatin1String("hunks")].toArray())
                COPPICE_CHECK(connection.exec(
                    QStringLiteral("INSERT INTO review_verdicts (operation, patch, hunk, verdict, lines, reason) "
                                   "VALUES (?, ?, ?, ?, ?, ?)"),
                    {operation.id.toString(), patch, hunk.toString(), text("verdict"), text("lines"), text("reason")}));
            return QJsonObject();
        }
        if (operation.verb == u"comment") {
            COPPICE_CHECK(connection.exec(
                QStringLiteral("INSERT INTO review_comments (id, patch, hunk, line, author, text, at) "
                               "VALUES (?, ?, ?, ?, ?, ?, ?)"),
                {operation.id.toString(), patch, text("hunk"), payload[QLatin1String("line")].toInt(),
                 operation.actor.toString(), text("text"), operation.at}));
            return QJsonObject();
        }
        if (operation.verb == u"state") {
            COPPICE_TRY(const auto before, connection.value(
                                               QStringLiteral("SELECT state FROM review_patches WHERE id = ?"), {patch}));
            COPPICE_CHECK(connection.exec(
                QStringLiteral("UPDATE review_patches SET state = ?, applied = coalesce(nullif(?, ''), applied) WHERE id = ?"),
                {text("state"), text("commit"), patch}));
            return QJsonObject{{QStringLiteral("state"), before.toString()}};
        }
        return fail(QStringLiteral("review.unknown-operation"),
                    QStringLiteral("A patch knows no operation \"%1\"").arg(operation.verb), patch);
    }

    Result<> revert(store::Connection &connection, const journal::Operation &original,
                    const QJsonObject &remembered) override
    {
        const QString patch = original.entity.mid(original.entity.indexOf(u':') + 1);
        if (original.verb == u"verdict") {
            COPPICE_CHECK(mustBeOpen(connection, patch));
            COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM review_verdicts WHERE operation = ?"),
                                          {original.id.toString()}));
            return {};
        }
        if (original.verb == u"comment") {
            COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM review_comments WHERE id = ?"),
                                          {original.id.toString()}));
            return {};
        }
        if (original.payload[QLatin1String("state")].toString() != u"closed")
            return fail(QStringLiteral("review.cannot-undo"),
                        QStringLiteral("A patch that has landed is not taken back by undo"), patch,
                        QStringLiteral("Revert its commit, or open the opposite patch."));
        COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE review_patches SET state = ? WHERE id = ?"),
                                      {remembered[QLatin1String("state")].toString(), patch}));
        return {};
    }
};

} // namespace

std::unique_ptr<journal::Projector> reviewProjector()
{
    return std::make_unique<ReviewProjector>();
}

} // namespace coppice::review
