// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/signoffs.h"

#include "base/clock.h"
#include "runs/askers.h"
#include "runs/run.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace coppice::shipping {

using namespace Qt::StringLiterals;

namespace {

QString entityOf(const QString &patch)
{
    return u"signoff:"_s + patch;
}

QString textOf(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

/// Projects the operations "approve" and "landed".
class SignOffProjector final : public journal::Projector
{
public:
    [[nodiscard]] QString entityKind() const override { return u"signoff"_s; }

    Result<QJsonObject> apply(store::Connection &connection, const journal::Operation &operation) override
    {
        const QString patch = operation.entity.mid(operation.entity.indexOf(u':') + 1);
        const auto text = [&](const char *key) { return operation.payload[QLatin1String(key)].toString(); };
        if (operation.verb == "approve"_L1) {
            COPPICE_TRY(const auto state, connection.value(u"SELECT state FROM review_patches WHERE id = ?"_s, {patch}));
            if (state.toString() != "open"_L1)
                return fail(u"review.not-open"_s, u"The patch is %1 already"_s.arg(state.isValid() ? state.toString() : u"gone"_s), patch);
            COPPICE_CHECK(connection.exec(u"INSERT INTO shipping_signoffs (operation, patch, content, actor, at) VALUES (?, ?, ?, ?, ?)"_s,
                                          {operation.id.toString(), patch, text("content"), operation.actor.toString(), operation.at}));
            return QJsonObject();
        }
        if (operation.verb == "landed"_L1) {
            COPPICE_CHECK(connection.exec(u"INSERT OR REPLACE INTO shipping_landings (commit_id, patch, content, proof, at) VALUES (?, ?, ?, ?, ?)"_s,
                                          {text("commit"), patch, text("content"), textOf(operation.payload[u"proof"].toObject()), operation.at}));
            return QJsonObject();
        }
        return fail(u"signoff.unknown-operation"_s, u"An approval knows no operation \"%1\""_s.arg(operation.verb), patch);
    }

    Result<> revert(store::Connection &connection, const journal::Operation &original, const QJsonObject &) override
    {
        const QString patch = original.entity.mid(original.entity.indexOf(u':') + 1);
        COPPICE_TRY(const auto state, connection.value(u"SELECT state FROM review_patches WHERE id = ?"_s, {patch}));
        if (original.verb != "approve"_L1 || state.toString() != "open"_L1)
            return fail(u"review.cannot-undo"_s, u"The patch has landed: what was approved is not taken back by undo"_s, patch,
                        u"Revert its commit, or open the opposite patch."_s);
        COPPICE_CHECK(connection.exec(u"DELETE FROM shipping_signoffs WHERE operation = ?"_s, {original.id.toString()}));
        return {};
    }
};

QString nameOf(const std::vector<Actor> &actors)
{
    QStringList names;
    for (const auto &actor : actors)
        names << actor.name;
    return names.join(u" and "_s);
}

} // namespace

std::unique_ptr<journal::Projector> signOffProjector()
{
    return std::make_unique<SignOffProjector>();
}

Result<Id> SignOffs::approve(const Actor &actor, const review::Patch &patch, const QString &content)
{
    if (actor.kind != Actor::Kind::Person)
        return fail(u"review.only-people"_s, u"Only a person approves a patch"_s, actor.toString());
    if (content.isEmpty())
        return fail(u"review.nothing-accepted"_s, u"Nothing of the patch is accepted"_s, patch.id.toString(),
                    u"Accept hunks first: coppicectl review accept %1 --all"_s.arg(patch.id.shown()));
    COPPICE_TRY(const auto all, of(patch.id.toString()));
    for (const auto &known : all) {
        if (known.actor == actor && known.content == content)
            return Id::parse(known.operation);
    }
    return m_journal.append(actor, entityOf(patch.id.toString()), u"approve"_s, {{u"content"_s, content}});
}

Result<std::vector<SignOff>> SignOffs::of(const QString &patchId)
{
    return m_state.read<std::vector<SignOff>>([&](store::Connection &connection) -> Result<std::vector<SignOff>> {
        std::vector<SignOff> all;
        COPPICE_CHECK(connection.query(u"SELECT operation, actor, content, at FROM shipping_signoffs WHERE patch = ? ORDER BY at, operation"_s, {patchId},
                                       [&](const store::Row &row) {
                                           all.push_back({row.text(0), Actor::fromString(row.text(1)), row.text(2), row.number(3)});
                                       }));
        return all;
    });
}

Result<> SignOffs::landed(const Actor &actor, const QString &patchId, const QString &content, const QString &commit, const QJsonObject &proof)
{
    COPPICE_TRY(const auto known, m_state.read<bool>([&](store::Connection &connection) -> Result<bool> {
        COPPICE_TRY(const auto found, connection.value(u"SELECT 1 FROM shipping_landings WHERE commit_id = ?"_s, {commit}));
        return found.isValid();
    }));
    if (known)
        return {};
    COPPICE_CHECK(m_journal.append(actor, entityOf(patchId), u"landed"_s, {{u"commit"_s, commit}, {u"content"_s, content}, {u"proof"_s, proof}}));
    return {};
}

Result<std::optional<LandingProof>> SignOffs::proofOf(const QString &patchId)
{
    return m_state.read<std::optional<LandingProof>>([&](store::Connection &connection) -> Result<std::optional<LandingProof>> {
        COPPICE_TRY(const auto text, connection.value(u"SELECT proof FROM shipping_landings WHERE patch = ? ORDER BY at DESC LIMIT 1"_s, {patchId}));
        if (!text.isValid())
            return std::optional<LandingProof>();
        return std::optional(proofFrom(QJsonDocument::fromJson(text.toString().toUtf8()).object()));
    });
}

Result<> SignOffs::noteRequester(store::Database &state, const QString &subject, const Actor &actor)
{
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"INSERT OR IGNORE INTO shipping_requesters (subject, actor, at) VALUES (?, ?, ?)"_s, {subject, actor.toString(), nowMs()}));
        return {};
    });
}

Result<std::vector<Actor>> SignOffs::requesters(const review::Patch &patch)
{
    std::vector<Actor> people;
    const auto add = [&](const QString &text) {
        const Actor actor = Actor::fromString(text);
        if (!text.isEmpty() && actor.kind == Actor::Kind::Person && std::ranges::find(people, actor) == people.end())
            people.push_back(actor);
    };
    COPPICE_TRY(const auto opened, m_state.read<QString>([&](store::Connection &connection) -> Result<QString> {
        COPPICE_TRY(const auto actor, connection.value(u"SELECT actor FROM shipping_requesters WHERE subject = ?"_s, {QString(u"patch:"_s + patch.id.toString())}));
        return actor.toString();
    }));
    add(opened);
    for (const auto &revision : patch.revisions) {
        if (revision.run.isEmpty())
            continue;
        COPPICE_TRY(const auto hand, runs::askerOf(m_state, runs::handOf(revision.run)));
        add(hand ? hand->toString() : QString());
        const auto run = runs::RunStore(m_state).get(revision.run);
        const bool byHand = run && run->client == "hand"_L1;
        if (&revision != &patch.revisions.front() && !byHand)
            continue; // who sent it back with a comment reviews it
        COPPICE_TRY(const auto asker, runs::askerOf(m_state, revision.run));
        add(asker ? asker->toString() : QString());
    }
    return people;
}

Approvals judgeApprovals(const library::ReviewPolicy &policy, const QString &content, const std::vector<SignOff> &all, const std::vector<Actor> &requesters)
{
    Approvals judged{content, policy, requesters, {}, {}, {}};
    for (const auto &one : all) {
        if (one.content != content)
            judged.lapsed.push_back(one);
        else if (std::ranges::find(judged.holding, one.actor, &SignOff::actor) == judged.holding.end())
            judged.holding.push_back(one);
    }
    // Who has approved again has not lapsed.
    std::erase_if(judged.lapsed, [&](const SignOff &old) { return std::ranges::find(judged.holding, old.actor, &SignOff::actor) != judged.holding.end(); });
    const auto isRequester = [&](const Actor &actor) { return std::ranges::find(requesters, actor) != requesters.end(); };
    const int has = int(judged.holding.size());
    if (has < policy.reviewers)
        judged.missing << (policy.reviewers == 1 ? u"nobody has approved it"_s
                                                 : u"%1 of %2 people have approved it"_s.arg(has).arg(policy.reviewers));
    if (policy.otherThanRequester && std::ranges::all_of(judged.holding, [&](const SignOff &one) { return isRequester(one.actor); }))
        judged.missing << (requesters.empty() ? u"a person has to approve it"_s
                                              : u"somebody else than %1, who asked for it, has to approve it"_s.arg(nameOf(requesters)));
    return judged;
}

QJsonObject toJson(const Approvals &approvals)
{
    const auto list = [](const std::vector<SignOff> &all) {
        QJsonArray array;
        for (const auto &one : all)
            array << QJsonObject{{u"by"_s, one.actor.toString()}, {u"content"_s, one.content}, {u"at"_s, one.at}, {u"operation"_s, one.operation}};
        return array;
    };
    QJsonArray requesters;
    for (const auto &actor : approvals.requesters)
        requesters << actor.toString();
    return {{u"content"_s, approvals.content},
            {u"reviewers"_s, approvals.policy.reviewers},
            {u"other_than_requester"_s, approvals.policy.otherThanRequester},
            {u"requested_by"_s, requesters},
            {u"approved"_s, list(approvals.holding)},
            {u"lapsed"_s, list(approvals.lapsed)},
            {u"missing"_s, QJsonArray::fromStringList(approvals.missing)}};
}

} // namespace coppice::shipping
