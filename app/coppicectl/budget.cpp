// SPDX-License-Identifier: GPL-3.0-or-later
// coppicectl budget [--day yyyy-mm-dd] [--plugin ID]: what was spent, by plugin and by run, and what is left.
#include "command.h"

#include <base/id.h>
#include <base/money.h>
#include <engine/session.h>
#include <journal/ledger.h>

#include <QDate>
#include <QJsonArray>
#include <QMap>

namespace coppice::ctl {

namespace {

using journal::RunSpent;
using journal::Spent;

QJsonValue usd(qint64 micros)
{
    return double(micros) / 1e6;
}

void add(Spent &to, const Spent &from)
{
    to.inputTokens += from.inputTokens;
    to.outputTokens += from.outputTokens;
    to.cachedTokens += from.cachedTokens;
    to.micros += from.micros;
    to.reserved += from.reserved;
    to.estimated = to.estimated || from.estimated;
    to.unpriced = to.unpriced || from.unpriced;
}

/// `against` is what counts for the cap: of a run, all of its days.
QJsonObject figures(const Spent &spent, const Spent &against, qint64 cap, const QString &priceDate)
{
    const qint64 left = std::max<qint64>(0, cap - against.micros - against.reserved);
    return {{QStringLiteral("spent_usd"), usd(spent.micros)},
            {QStringLiteral("reserved_usd"), usd(spent.reserved)},
            {QStringLiteral("cap_usd"), cap > 0 ? usd(cap) : QJsonValue()},
            {QStringLiteral("left_usd"), cap > 0 ? usd(left) : QJsonValue()},
            {QStringLiteral("tokens"), QJsonObject{{QStringLiteral("input"), spent.inputTokens},
                                                   {QStringLiteral("output"), spent.outputTokens},
                                                   {QStringLiteral("cached"), spent.cachedTokens}}},
            {QStringLiteral("estimate"), spent.estimated},
            {QStringLiteral("unpriced"), spent.unpriced},
            {QStringLiteral("price_date"), priceDate.isEmpty() ? QJsonValue() : QJsonValue(priceDate)}};
}

QString shown(const QJsonObject &object, const char *key)
{
    const auto value = object[QLatin1String(key)];
    return value.isNull() ? QStringLiteral("-") : Money{qRound64(value.toDouble() * 1e6)}.toString();
}

QStringList row(const QJsonObject &object, const QStringList &names)
{
    QString note = object[u"unpriced"].toBool() ? QStringLiteral("unpriced model") : QString();
    if (note.isEmpty() && object[u"estimate"].toBool())
        note = QStringLiteral("estimate (prices of %1)").arg(object[u"price_date"].toString());
    const auto tokens = object[u"tokens"].toObject();
    return names
        + QStringList{shown(object, "spent_usd"), shown(object, "reserved_usd"), shown(object, "cap_usd"), shown(object, "left_usd"),
                      QString::number(tokens[u"input"].toInteger()), QString::number(tokens[u"output"].toInteger()), note};
}

const QStringList columns{QStringLiteral("SPENT"), QStringLiteral("SET ASIDE"), QStringLiteral("CAP"), QStringLiteral("LEFT"),
                          QStringLiteral("INPUT"), QStringLiteral("OUTPUT"), QStringLiteral("NOTE")};

struct Of {
    Spent spent;
    QString priceDate;
};

qint64 pluginCap(const library::Catalog &catalog, const QString &plugin)
{
    const auto *entry = catalog.find(plugin);
    const double own = entry ? entry->plugin.settings.agentBudgetUsdDay : 0;
    return own > 0 ? qRound64(own * 1e6) : catalog.settings.budgets.pluginDay;
}

qint64 runCap(const library::Catalog &catalog, const QString &plugin)
{
    const auto *entry = catalog.find(plugin);
    const double own = entry ? entry->plugin.settings.agentBudgetUsdRun : 0;
    const qint64 micros = qRound64(own * 1e6), all = catalog.settings.budgets.run;
    return micros > 0 && all > 0 ? std::min(micros, all) : std::max(micros, all); // both hold
}

QString shortId(const QString &id)
{
    const auto parsed = Id::parse(id);
    return parsed ? parsed->shown() : id;
}

Result<int> budget(Context &context, const QString &askedDay, const QString &plugin)
{
    const QString day = askedDay.isEmpty() ? journal::Ledger::today() : askedDay;
    if (day.size() != 10 || !QDate::fromString(day, Qt::ISODate).isValid())
        return failUsage(QStringLiteral("budget.day"), QStringLiteral("This is no day"), day.left(40),
                         QStringLiteral("Write it as 2026-11-22; days are of UTC."));
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto catalog, session->library().scan(session->state(), context.stop(), context.progress()));
    if (!plugin.isEmpty() && !catalog.find(plugin))
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no such plugin"), plugin,
                            QStringLiteral("See them: coppicectl plugins list"));
    journal::Ledger ledger(session->state());
    COPPICE_TRY(const auto ofRuns, ledger.runsOfDay(day, plugin));
    COPPICE_TRY(const auto ofDay, ledger.ofDay(day));

    QMap<QString, Of> byPlugin;
    if (!plugin.isEmpty())
        byPlugin[plugin] = {};
    QJsonArray runs;
    QList<QStringList> runRows{QStringList{QStringLiteral("RUN"), QStringLiteral("PLUGIN")} + columns};
    QString newest;
    for (const auto &one : ofRuns) {
        auto &sum = byPlugin[one.account.plugin];
        add(sum.spent, one.spent);
        sum.priceDate = std::max(sum.priceDate, one.priceDate);
        newest = std::max(newest, one.priceDate);
        COPPICE_TRY(const auto whole, ledger.ofRun(one.account.run));
        QJsonObject object = figures(one.spent, whole, runCap(catalog, one.account.plugin), one.priceDate);
        runRows << row(object, {shortId(one.account.run), one.account.plugin});
        object[QStringLiteral("run")] = one.account.run;
        object[QStringLiteral("plugin")] = one.account.plugin;
        object[QStringLiteral("ticket")] = one.account.ticket.isEmpty() ? QJsonValue() : QJsonValue(one.account.ticket);
        runs.append(object);
    }
    QJsonArray plugins;
    QList<QStringList> rows{QStringList{QStringLiteral("PLUGIN")} + columns};
    for (auto it = byPlugin.cbegin(); it != byPlugin.cend(); ++it) {
        QJsonObject object = figures(it->spent, it->spent, pluginCap(catalog, it.key()), it->priceDate);
        rows << row(object, {it.key()});
        object[QStringLiteral("plugin")] = it.key();
        plugins.append(object);
    }
    const QJsonObject all = figures(ofDay, ofDay, catalog.settings.budgets.day, newest);
    if (plugin.isEmpty())
        rows << row(all, {QStringLiteral("(all)")});
    QString text = QStringLiteral("%1 (UTC)\n%2").arg(day, table(rows));
    if (!ofRuns.empty())
        text += u'\n' + table(runRows);
    context.answer({{QStringLiteral("day"), day}, {QStringLiteral("all"), all}, {QStringLiteral("plugins"), plugins}, {QStringLiteral("runs"), runs}},
                   text);
    return 0;
}

const Definition definition([](Verb &root, Context &context) {
    auto *command = root.addSubcommand("budget", "what agents have spent, by plugin and by run, and what is left");
    auto day = std::make_shared<std::string>();
    auto plugin = std::make_shared<std::string>();
    command->addOption("--day", *day, "yyyy-mm-dd, of UTC; today");
    command->addOption("--plugin", *plugin, "of this plugin only");
    command->callback([&context, day, plugin] {
        context.setAction([day, plugin](Context &c) { return budget(c, q(*day), q(*plugin)); });
    });
});

} // namespace

} // namespace coppice::ctl
