// SPDX-License-Identifier: GPL-3.0-or-later
// Rules that triage by themselves, and searches that people keep.
#include "command.h"

#include <base/clock.h>
#include <engine/session.h>
#include <library/library.h>
#include <tickets/triage_rules.h>

#include <QJsonArray>

namespace coppice::ctl {

namespace {

using tickets::SavedSearches;
using tickets::TriageRules;

struct Options {
    std::string name;
    std::string id;
    std::string query;
};

QString wordsOf(const QJsonObject &acts)
{
    QStringList words;
    for (auto it = acts.begin(); it != acts.end(); ++it)
        words << (it->isBool() ? it.key() : it.key() == u"snooze_ms" ? QStringLiteral("snooze for %1 h").arg(it->toDouble() / 3'600'000.0, 0, 'g', 3)
                                                                     : QStringLiteral("%1: %2").arg(it.key(), it->toString()));
    return words.join(QStringLiteral(", "));
}

Result<int> rules(Context &context, const Options &)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto catalog, session->library().scan(session->state(), context.stop(), context.progress()));
    TriageRules triage(session->state(), session->events(), session->journal());
    COPPICE_TRY(const auto off, triage.switchedOff());
    QJsonArray array;
    QList<QStringList> rows{{QStringLiteral("RULE"), QStringLiteral("IS"), QStringLiteral("DOES"), QStringLiteral("DID"), QStringLiteral("LAST")}};
    for (const auto &rule : catalog.settings.triage.rules) {
        COPPICE_TRY(const auto done, triage.actions(rule.name, 1000));
        QJsonObject object = tickets::toJson(rule);
        QJsonArray acts;
        for (const auto &action : done)
            acts.append(tickets::toJson(action));
        object[QStringLiteral("on")] = !off.contains(rule.name);
        object[QStringLiteral("acts")] = acts;
        array.append(object);
        rows << QStringList{rule.name, off.contains(rule.name) ? QStringLiteral("off") : QStringLiteral("on"), wordsOf(object[u"then"].toObject()),
                            QString::number(done.size()), done.empty() ? QStringLiteral("-") : QString(done.front().id.right(6).toLower() + u' ' + ageText(done.front().at))};
    }
    QJsonArray problems;
    QString text = array.isEmpty() ? QStringLiteral("No rules triage by themselves. Add some under triage: rules: in coppice.yaml.") : table(rows);
    for (const auto &problem : catalog.settings.problems) { // a rule that is spelt wrong is none
        problems.append(QJsonObject{{QStringLiteral("where"), problem.where()}, {QStringLiteral("what"), problem.text}});
        text += QStringLiteral("\n%1: %2").arg(problem.where(), problem.text);
    }
    context.answer({{QStringLiteral("rules"), array}, {QStringLiteral("problems"), problems}}, text);
    return 0;
}

Result<int> setRule(Context &context, const Options &options, bool on)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto catalog, session->library().scan(session->state(), context.stop(), context.progress()));
    const QString name = q(options.name);
    const auto &all = catalog.settings.triage.rules;
    if (std::none_of(all.begin(), all.end(), [&](const auto &rule) { return rule.name == name; }))
        return failNotFound(QStringLiteral("rule.missing"), QStringLiteral("coppice.yaml has no triage rule of this name"), name,
                            QStringLiteral("See coppicectl tickets rules list."));
    COPPICE_CHECK(TriageRules(session->state(), session->events(), session->journal()).setOn(Actor::self(), name, on));
    context.answer({{QStringLiteral("rule"), name}, {QStringLiteral("on"), on}}, QStringLiteral("%1 is %2.").arg(name, on ? QStringLiteral("on") : QStringLiteral("off")));
    return 0;
}

Result<int> switchOn(Context &context, const Options &options) { return setRule(context, options, true); }
Result<int> switchOff(Context &context, const Options &options) { return setRule(context, options, false); }

Result<int> undoAct(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    capture::EventStore events(session->events());
    COPPICE_TRY(const auto action, TriageRules(session->state(), session->events(), session->journal()).undo(Actor::self(), events, q(options.id)));
    context.answer(tickets::toJson(action), QStringLiteral("What %1 did is taken back.").arg(action.rule));
    return 0;
}

Result<int> runRules(Context &context, const Options &)
{
    COPPICE_TRY(const auto done, context.call(QStringLiteral("tickets.triage"), {}));
    context.answer(done, QStringLiteral("%1 groups were triaged.").arg(done[u"acts"].toArray().size()));
    return 0;
}

Result<int> searches(Context &context, const Options &)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto all, SavedSearches(session->state(), session->journal()).list());
    QJsonArray array;
    QList<QStringList> rows{{QStringLiteral("NAME"), QStringLiteral("SEARCH")}};
    for (const auto &each : all) {
        array.append(QJsonObject{{QStringLiteral("name"), each.name}, {QStringLiteral("query"), each.query}});
        rows << QStringList{each.name, each.query};
    }
    context.answer({{QStringLiteral("searches"), array}}, all.empty() ? QStringLiteral("No searches are kept.") : table(rows));
    return 0;
}

Result<int> saveSearch(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_CHECK(SavedSearches(session->state(), session->journal()).save(Actor::self(), q(options.name), q(options.query)));
    return searches(context, options);
}

Result<int> removeSearch(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_CHECK(SavedSearches(session->state(), session->journal()).remove(Actor::self(), q(options.name)));
    return searches(context, options);
}

using Act = Result<int> (*)(Context &, const Options &);

const Definition definition([](Verb &root, Context &context) {
    auto *parent = group(root, "tickets", "The inbox: units of maintenance work");
    auto options = std::make_shared<Options>();
    const auto add = [&context, options](Verb *below, const char *name, const char *description, Act act) {
        auto *command = below->addSubcommand(name, description);
        command->callback([options, &context, act] { context.setAction([options, act](Context &here) { return act(here, *options); }); });
        return command;
    };
    auto *ruling = parent->addSubcommand("rules", "Rules that triage by themselves, and what each did");
    ruling->requireSubcommand();
    add(ruling, "list", "All rules, whether they are on, and what they did", rules);
    add(ruling, "run", "Triage new error groups now", runRules);
    add(ruling, "on", "Switch a rule on again", switchOn)->addOption("NAME", options->name)->required();
    add(ruling, "off", "Switch a rule off, for everybody", switchOff)->addOption("NAME", options->name)->required();
    add(ruling, "undo", "Take back what a rule did to one group", undoAct)->addOption("ID", options->id)->required();
    auto *searching = parent->addSubcommand("search", "Searches that are kept");
    searching->requireSubcommand();
    add(searching, "list", "All of them", searches);
    auto *saving = add(searching, "save", "Keep a search under a name", saveSearch);
    saving->addOption("NAME", options->name)->required();
    saving->addOption("SEARCH", options->query)->required();
    add(searching, "remove", "Forget a search", removeSearch)->addOption("NAME", options->name)->required();
});

} // namespace

} // namespace coppice::ctl
