// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/triage_rules.h"

#include "base/json.h"

namespace coppice::tickets {

using namespace Qt::StringLiterals;

namespace {

class ActionProjector final : public journal::Projector
{
public:
    [[nodiscard]] QString entityKind() const override { return u"triage"_s; }

    Result<QJsonObject> apply(store::Connection &connection, const journal::Operation &operation) override
    {
        const QString id = operation.entity.section(u':', 1);
        if (operation.verb == u"take-back") {
            COPPICE_CHECK(connection.exec(u"UPDATE triage_actions SET undone = 1 WHERE id = ?"_s, {id}));
            return QJsonObject();
        }
        COPPICE_CHECK(connection.exec(u"INSERT INTO triage_actions (id, rule, group_id, acts, at) VALUES (?, ?, ?, ?, ?)"_s,
                                      {id, operation.payload[u"rule"].toString(), operation.payload[u"group"].toString(),
                                       QString::fromUtf8(toJsonLine(operation.payload[u"acts"].toObject())), operation.at}));
        return QJsonObject();
    }
    Result<> revert(store::Connection &, const journal::Operation &original, const QJsonObject &) override
    {
        const QString id = original.entity.section(u':', 1);
        return fail(u"triage.undo"_s, u"What a rule did is taken back as a whole"_s, original.payload[u"rule"].toString(),
                    u"Run coppicectl tickets rules undo %1."_s.arg(id.right(6).toLower()));
    }
};

class RuleProjector final : public journal::Projector
{
public:
    [[nodiscard]] QString entityKind() const override { return u"triage-rule"_s; }

    Result<QJsonObject> apply(store::Connection &connection, const journal::Operation &operation) override
    {
        COPPICE_CHECK(set(connection, operation.payload[u"rule"].toString(), operation.verb == u"on"));
        return QJsonObject();
    }
    Result<> revert(store::Connection &connection, const journal::Operation &original, const QJsonObject &) override
    {
        return set(connection, original.payload[u"rule"].toString(), original.verb != u"on");
    }

private:
    static Result<> set(store::Connection &connection, const QString &rule, bool on)
    {
        COPPICE_CHECK(connection.exec(on ? u"DELETE FROM triage_rules_off WHERE name = ?"_s : u"INSERT OR IGNORE INTO triage_rules_off (name) VALUES (?)"_s, {rule}));
        return {};
    }
};

class SearchProjector final : public journal::Projector
{
public:
    [[nodiscard]] QString entityKind() const override { return u"search"_s; }

    Result<QJsonObject> apply(store::Connection &connection, const journal::Operation &operation) override
    {
        const QString name = operation.payload[u"name"].toString();
        COPPICE_TRY(const auto before, connection.value(u"SELECT query FROM saved_searches WHERE name = ?"_s, {name}));
        if (operation.verb == u"remove" && !before.isValid())
            return failNotFound(u"search.missing"_s, u"There is no saved search of this name"_s, name);
        COPPICE_CHECK(set(connection, name, operation.verb == u"save" ? operation.payload[u"query"].toString() : QString(), operation.at));
        return QJsonObject{{u"query"_s, before.toString()}};
    }
    Result<> revert(store::Connection &connection, const journal::Operation &original, const QJsonObject &remembered) override
    {
        return set(connection, original.payload[u"name"].toString(), remembered[u"query"].toString(), original.at);
    }

private:
    static Result<> set(store::Connection &connection, const QString &name, const QString &query, qint64 at)
    {
        if (query.isEmpty())
            COPPICE_CHECK(connection.exec(u"DELETE FROM saved_searches WHERE name = ?"_s, {name}));
        else
            COPPICE_CHECK(connection.exec(u"INSERT OR REPLACE INTO saved_searches (name, query, at) VALUES (?, ?, ?)"_s, {name, query, at}));
        return {};
    }
};

} // namespace

std::vector<std::unique_ptr<journal::Projector>> triageProjectors()
{
    std::vector<std::unique_ptr<journal::Projector>> all;
    all.push_back(std::make_unique<ActionProjector>());
    all.push_back(std::make_unique<RuleProjector>());
    all.push_back(std::make_unique<SearchProjector>());
    return all;
}

} // namespace coppice::tickets
