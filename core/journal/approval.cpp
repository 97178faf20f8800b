// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/approval.h"

#include "base/clock.h"
#include "base/json.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <array>
#include <chrono>
#include <thread>

namespace coppice::journal {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array<const char *, 4> kindNames{"permission", "step", "ship", "proposal"};
const QString withdrawn = u"cancelled"_s;

Approval::Kind kindFrom(const QString &name)
{
    for (size_t i = 0; i < kindNames.size(); ++i) {
        if (name == QLatin1String(kindNames[i]))
            return Approval::Kind(i);
    }
    return Approval::Kind::Permission;
}

QStringList textsOf(const QJsonArray &array)
{
    QStringList texts;
    for (const auto &one : array)
        texts << one.toString();
    return texts;
}

constexpr QLatin1String columns("id, kind, subject, plugin, title, detail, options, tainted, asked_by, asked_at, expires, answer, "
                                "message, answered_by, answered_at");

Result<std::vector<Approval>> select(store::Connection &connection, const QString &rest, const QVariantList &values)
{
    std::vector<Approval> found;
    Result<> bad;
    COPPICE_CHECK(connection.query(u"SELECT "_s + columns + u" FROM approval "_s + rest, values, [&](const store::Row &row) {
        auto id = Id::parse(row.text(0));
        if (!id) {
            bad = std::unexpected(id.error());
            return;
        }
        Approval one;
        one.id = *id;
        one.kind = kindFrom(row.text(1));
        one.subject = row.text(2);
        one.plugin = row.text(3);
        one.title = row.text(4);
        one.detail = QJsonDocument::fromJson(row.bytes(5)).object();
        one.options = textsOf(QJsonDocument::fromJson(row.bytes(6)).array());
        one.tainted = row.number(7) != 0;
        one.askedBy = row.text(8);
        one.askedAt = row.number(9);
        one.expires = row.number(10);
        if (!row[11].isNull())
            one.answer = row.text(11);
        one.message = row.text(12);
        one.answeredBy = row.text(13);
        one.answeredAt = row.number(14);
        found.push_back(std::move(one));
    }));
    COPPICE_CHECK(bad);
    return found;
}

class ApprovalProjector final : public Projector
{
public:
    [[nodiscard]] QString entityKind() const override { return u"approval"_s; }

    Result<QJsonObject> apply(store::Connection &connection, const Operation &operation) override
    {
        const QString id = operation.entity.section(u':', 1);
        const QJsonObject &said = operation.payload;
        if (operation.verb == u"ask") {
            COPPICE_CHECK(connection.exec(
                u"INSERT INTO approval (id, kind, subject, plugin, title, detail, options, tainted, asked_by, asked_at, expires) "
                "VALUES (?,?,?,?,?,?,?,?,?,?,?)"_s,
                {id, said[u"kind"].toString(), said[u"subject"].toString(), said[u"plugin"].toString(), said[u"title"].toString(),
                 QString::fromUtf8(toJsonLine(said[u"detail"].toObject())),
                 QString::fromUtf8(QJsonDocument(said[u"options"].toArray()).toJson(QJsonDocument::Compact)),
                 int(said[u"tainted"].toBool()), operation.actor.toString(), operation.at, said[u"expires"].toInteger()}));
            return QJsonObject();
        }
        if (operation.verb != u"answer" && operation.verb != u"withdraw")
            return failUsage(u"approval.verb"_s, u"An approval knows no operation '%1'"_s.arg(operation.verb), id);
        COPPICE_TRY(const auto found, select(connection, u"WHERE id = ?"_s, {id}));
        if (found.empty())
            return failNotFound(u"approval.missing"_s, u"Nothing of this id waits for an answer"_s, id);
        if (found.front().answer)
            return fail(u"approval.answered"_s, u"It has been answered already: %1"_s.arg(*found.front().answer), found.front().id.shown());
        const QString option = operation.verb == u"withdraw" ? withdrawn : said[u"option"].toString();
        COPPICE_CHECK(connection.exec(u"UPDATE approval SET answer = ?, message = ?, answered_by = ?, answered_at = ? WHERE id = ?"_s,
                                      {option, said[u"message"].toString(), operation.actor.toString(), operation.at, id}));
        return QJsonObject();
    }

    Result<> revert(store::Connection &, const Operation &original, const QJsonObject &) override
    {
        return fail(u"approval.acted-on"_s, u"An answer is acted on at once and cannot be taken back"_s, original.entity,
                    u"Cancel the run, or reject what came of it."_s);
    }
};

Result<Approval> one(store::Connection &connection, const QString &typed)
{
    std::vector<QString> ids;
    COPPICE_CHECK(connection.query(u"SELECT id FROM approval"_s, {}, [&ids](const store::Row &row) { ids.push_back(row.text(0)); }));
    COPPICE_TRY(const QString id, matchId(typed, ids, u"question"_s));
    COPPICE_TRY(auto found, select(connection, u"WHERE id = ?"_s, {id}));
    return std::move(found.front());
}

} // namespace

QString nameOf(Approval::Kind kind)
{
    return QString::fromLatin1(kindNames[size_t(kind)]);
}

QJsonObject toJson(const Approval &approval)
{
    return {{u"id"_s, approval.id.toString()},
            {u"kind"_s, nameOf(approval.kind)},
            {u"subject"_s, approval.subject},
            {u"plugin"_s, approval.plugin},
            {u"title"_s, approval.title},
            {u"detail"_s, approval.detail},
            {u"options"_s, QJsonArray::fromStringList(approval.options)},
            {u"tainted"_s, approval.tainted},
            {u"asked_by"_s, approval.askedBy},
            {u"asked_at"_s, isoTime(approval.askedAt)},
            {u"answer"_s, approval.answer ? QJsonValue(*approval.answer) : QJsonValue()},
            {u"message"_s, approval.message},
            {u"answered_by"_s, approval.answer ? QJsonValue(approval.answeredBy) : QJsonValue()}};
}

Result<Approval> Approvals::ask(const Actor &actor, Approval approval)
{
    approval.id = Id::make();
    approval.askedBy = actor.toString();
    COPPICE_CHECK(m_journal.append(actor, u"approval:"_s + approval.id.toString(), u"ask"_s,
                                   {{u"kind"_s, nameOf(approval.kind)},
                                    {u"subject"_s, approval.subject},
                                    {u"plugin"_s, approval.plugin},
                                    {u"title"_s, approval.title},
                                    {u"detail"_s, approval.detail},
                                    {u"options"_s, QJsonArray::fromStringList(approval.options)},
                                    {u"tainted"_s, approval.tainted},
                                    {u"expires"_s, approval.expires}}));
    return get(approval.id.toString());
}

Result<> Approvals::answer(const Actor &actor, const QString &id, const QString &option, const QString &message)
{
    COPPICE_TRY(const Approval approval, get(id));
    if (!approval.options.contains(option))
        return failUsage(u"approval.option"_s, u"This is none of the answers: %1"_s.arg(option), approval.id.shown(),
                         u"There are: %1."_s.arg(approval.options.join(u", "_s)));
    COPPICE_CHECK(m_journal.append(actor, u"approval:"_s + approval.id.toString(), u"answer"_s,
                                   {{u"option"_s, option}, {u"message"_s, message.left(4000)}}));
    return {};
}

Result<> Approvals::withdraw(const Actor &actor, const QString &subject)
{
    COPPICE_TRY(const auto all, about(subject));
    for (const auto &approval : all) {
        if (approval.answer)
            continue;
        const auto done = m_journal.append(actor, u"approval:"_s + approval.id.toString(), u"withdraw"_s, {});
        if (!done && done.error().code != u"approval.answered") // answered just now: so be it
            return std::unexpected(done.error());
    }
    return {};
}

Result<Approval> Approvals::get(const QString &id)
{
    return m_state.read<Approval>([&id](store::Connection &connection) { return one(connection, id); });
}

Result<std::vector<Approval>> Approvals::waiting()
{
    return m_state.read<std::vector<Approval>>(
        [](store::Connection &connection) { return select(connection, u"WHERE answer IS NULL ORDER BY asked_at, id"_s, {}); });
}

Result<std::vector<Approval>> Approvals::about(const QString &subject)
{
    return m_state.read<std::vector<Approval>>([&subject](store::Connection &connection) {
        return select(connection, u"WHERE subject = ? ORDER BY asked_at, id"_s, {subject});
    });
}

Result<Approval> Approvals::await(const QString &id, std::stop_token stop)
{
    qint64 seen = -1;
    while (true) {
        if (const qint64 version = m_state.dataVersion(); version != seen) {
            seen = version;
            COPPICE_TRY(Approval approval, get(id));
            if (approval.answer)
                return approval;
        }
        if (stop.stop_requested())
            return failCancelled();
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

std::unique_ptr<Projector> approvalProjector()
{
    return std::make_unique<ApprovalProjector>();
}

} // namespace coppice::journal
