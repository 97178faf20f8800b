// SPDX-License-Identifier: GPL-3.0-or-later
#include "receiving.h"

#include <base/clock.h>
#include <capture/received.h>
#include <capture/store.h>
#include <engine/session.h>
#include <engine/spool_keeper.h>

#include <QJsonArray>
#include <QMap>

namespace coppice::ctl {

namespace {

/// What has been received of a plugin beside its groups.
struct Row {
    qint64 errors = 0;
    qint64 last = 0;
    QMap<QString, qint64> requests; ///< by release
    QMap<QString, qint64> lost;     ///< by reason
};

QJsonObject asJson(const QMap<QString, qint64> &counts)
{
    QJsonObject object;
    for (auto it = counts.begin(); it != counts.end(); ++it)
        object[it.key()] = *it;
    return object;
}

qint64 sumOf(const QMap<QString, qint64> &counts)
{
    qint64 sum = 0;
    for (const auto each : counts)
        sum += each;
    return sum;
}

Result<int> show(Context &context)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto ring, receivers::KeyRing::open(engine::receiversFolderOf(session->library())));
    COPPICE_TRY(const auto keys, ring->all());
    QMap<QString, Row> rows;
    for (const auto &key : keys)
        rows[key.plugin];
    COPPICE_TRY(const auto groups, capture::EventStore(session->events()).groups());
    for (const auto &group : groups) {
        auto &row = rows[group.plugin];
        row.errors += group.count;
        row.last = qMax(row.last, group.last);
    }
    capture::Received received(session->events());
    COPPICE_TRY(const auto requests, received.requests());
    for (const auto &count : requests)
        rows[count.plugin].requests[count.release] += count.requests;
    COPPICE_TRY(const auto lost, received.lost());
    for (const auto &report : lost)
        rows[report.plugin].lost[report.reason] += report.quantity;

    QJsonArray plugins;
    QList<QStringList> lines{{QStringLiteral("PLUGIN"), QStringLiteral("ERRORS"), QStringLiteral("REQUESTS"), QStringLiteral("PER MILLE"), QStringLiteral("DROPPED BY SENDERS"),
                              QStringLiteral("LAST ERROR")}};
    for (auto it = rows.cbegin(); it != rows.cend(); ++it) {
        const qint64 all = sumOf(it->requests);
        plugins.append(QJsonObject{{QStringLiteral("name"), it.key()},
                                   {QStringLiteral("errors"), it->errors},
                                   {QStringLiteral("requests"), asJson(it->requests)},
                                   {QStringLiteral("dropped"), asJson(it->lost)},
                                   {QStringLiteral("last"), it->last}});
        lines << QStringList{it.key(), QString::number(it->errors), all > 0 ? QString::number(all) : QStringLiteral("not told"),
                             all > 0 ? QString::number(double(it->errors) * 1000 / double(all), 'f', 1) : QStringLiteral("-"), QString::number(sumOf(it->lost)),
                             it->last ? ageText(it->last) : QStringLiteral("never")};
    }
    context.answer({{QStringLiteral("plugins"), plugins}},
                   rows.isEmpty() ? QStringLiteral("No plugin has a key yet. Make one: coppicectl serve --port 4319 --keys PLUGIN") : table(lines));
    return 0;
}

const Definition definition([](Verb &root, Context &context) {
    auto *command = root.addSubcommand("receivers", "What has been received: errors, requests by release, and what senders had to drop");
    command->callback([&context] { context.setAction(show); });
});

} // namespace

} // namespace coppice::ctl
