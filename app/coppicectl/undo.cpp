// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "group_rules.h"

#include <base/clock.h>
#include <engine/session.h>
#include <journal/operation.h>

#include <QJsonArray>
#include <QSet>

namespace coppice::ctl {

namespace {

constexpr int searched = 500;

/// Operations that stand: neither an undo nor undone. The newest first.
Result<std::vector<journal::Operation>> standing(journal::Journal &journal)
{
    COPPICE_TRY(const auto all, journal.recent(searched));
    QSet<QString> undone;
    for (const auto &operation : all) {
        if (operation.undoes)
            undone.insert(operation.undoes->toString());
    }
    std::vector<journal::Operation> left;
    for (const auto &operation : all) {
        if (!operation.undoes && !undone.contains(operation.id.toString()))
            left.push_back(operation);
    }
    return left;
}

QString entityShown(const QString &entity)
{
    const auto id = Id::parse(entity.section(u':', 1));
    return id ? QString(entity.section(u':', 0, 0) + u' ' + id->shown()) : entity;
}

Result<int> list(Context &context)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto operations, standing(session->journal()));
    QJsonArray array;
    QList<QStringList> rows;
    for (size_t i = 0; i < operations.size() && i < 50; ++i) {
        const auto &one = operations[i];
        array << QJsonObject{{QStringLiteral("id"), one.id.toString()}, {QStringLiteral("actor"), one.actor.toString()},
                             {QStringLiteral("at"), one.at}, {QStringLiteral("entity"), one.entity}, {QStringLiteral("verb"), one.verb}};
        rows << QStringList{one.id.shown(), ageText(one.at), one.actor.name, one.verb, entityShown(one.entity)};
    }
    context.answer({{QStringLiteral("operations"), array}}, rows.isEmpty() ? QStringLiteral("There is nothing to undo.") : table(rows));
    return 0;
}

Result<int> undo(Context &context, const QString &typed)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto operations, standing(session->journal()));
    std::optional<journal::Operation> chosen;
    if (typed.isEmpty()) {
        // The last thing that this person did, not what an agent or the engine did meanwhile.
        for (const auto &one : operations) {
            if (one.actor == Actor::self()) {
                chosen = one;
                break;
            }
        }
    } else {
        std::vector<QString> ids;
        for (const auto &one : operations)
            ids.push_back(one.id.toString());
        COPPICE_TRY(const auto id, matchId(typed, ids, QStringLiteral("operation")));
        for (const auto &one : operations) {
            if (one.id.toString() == id)
                chosen = one;
        }
    }
    if (!chosen)
        return failNotFound(QStringLiteral("undo.nothing"), QStringLiteral("You have done nothing that can be undone"), {},
                            QStringLiteral("coppicectl undo --list shows what others did."));
    COPPICE_TRY(const auto made, session->journal().undo(Actor::self(), chosen->id.toString()));
    if (chosen->entity.startsWith(u"group:"))
        COPPICE_CHECK(rulesOf(*session).apply());
    context.answer({{QStringLiteral("id"), made.toString()}, {QStringLiteral("undone"), chosen->id.toString()},
                    {QStringLiteral("verb"), chosen->verb}, {QStringLiteral("entity"), chosen->entity}},
                   QStringLiteral("Undone: %1 of %2.").arg(chosen->verb, entityShown(chosen->entity)));
    return 0;
}

struct Options {
    std::string operation;
    bool list = false;
};

const Definition definition([](Verb &root, Context &context) {
    const auto options = std::make_shared<Options>();
    auto *command = root.addSubcommand("undo", "Takes back the last thing that you did to tickets, groups or patches");
    command->addOption("operation", options->operation, "Another operation, as undo --list names it");
    command->addFlag("--list", options->list, "Shows what can be undone");
    command->callback([&context, options] {
        context.setAction([options](Context &c) { return options->list ? list(c) : undo(c, q(options->operation)); });
    });
});

} // namespace

} // namespace coppice::ctl
