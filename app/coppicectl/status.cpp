// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/clock.h>
#include <engine/session.h>
#include <journal/lease.h>
#include <process/control_group.h>
#include <review/reviews.h>
#include <runs/run.h>
#include <sandbox/sandbox.h>
#include <tickets/ticket.h>

#include <QJsonArray>
#include <QMap>

namespace coppice::ctl {

namespace {

QJsonObject countsOf(const QMap<QString, int> &counts)
{
    QJsonObject object;
    for (auto it = counts.begin(); it != counts.end(); ++it)
        object[it.key()] = *it;
    return object;
}

QString wordsOf(const QMap<QString, int> &counts)
{
    QStringList words;
    for (auto it = counts.begin(); it != counts.end(); ++it)
        words << QStringLiteral("%1 %2").arg(*it).arg(it.key());
    return words.isEmpty() ? QStringLiteral("none") : words.join(QStringLiteral(", "));
}

QString memoryBoundBy()
{
    switch (process::memoryBoundHere()) {
    case process::MemoryBound::ControlGroup:
        return QStringLiteral("a control group");
    case process::MemoryBound::SystemdScope:
        return QStringLiteral("a systemd scope");
    case process::MemoryBound::Watch:
        break;
    }
    return QStringLiteral("watching it");
}

Result<int> status(Context &context)
{
    COPPICE_TRY(auto *session, context.session());
    const auto &library = session->library();
    COPPICE_TRY(const auto catalog, library.scan(session->state(), context.stop(), context.progress()));
    COPPICE_TRY(const auto allTickets, tickets::Tickets(session->state(), session->journal()).list());
    COPPICE_TRY(const auto allRuns, runs::RunStore(session->state()).list());
    COPPICE_TRY(const auto open, review::Reviews(session->state(), session->journal()).list(true));
    QMap<QString, int> ticketCounts;
    QMap<QString, int> runCounts;
    for (const auto &ticket : allTickets)
        ++ticketCounts[tickets::nameOf(ticket.state)];
    for (const auto &run : allRuns)
        ++runCounts[runs::nameOf(run.state)];
    const auto holder = journal::Lease::holder(library.coppiceDir());

    QJsonArray problems;
    for (const auto &problem : catalog.problems)
        problems.append(QJsonObject{{QStringLiteral("where"), problem.where()}, {QStringLiteral("text"), problem.text}});
    const QJsonValue engine = holder ? QJsonValue(QJsonObject{{QStringLiteral("pid"), holder->pid},
                                                              {QStringLiteral("since"), isoTime(holder->startedAt)}})
                                     : QJsonValue();
    const auto &sandbox = sandbox::probe();
    const QJsonObject isolation{{QStringLiteral("works"), sandbox.works},
                                {QStringLiteral("version"), sandbox.version},
                                {QStringLiteral("why"), sandbox.why},
                                {QStringLiteral("memory"), memoryBoundBy()}};
    const QJsonObject document{{QStringLiteral("library"), library.path()},
                               {QStringLiteral("name"), library.name()},
                               {QStringLiteral("branch"), library.branch()},
                               {QStringLiteral("head"), catalog.head.isNull() ? QJsonValue() : QJsonValue(catalog.head.toString())},
                               {QStringLiteral("plugins"), qint64(catalog.entries.size())},
                               {QStringLiteral("problems"), problems},
                               {QStringLiteral("tickets"), countsOf(ticketCounts)},
                               {QStringLiteral("runs"), countsOf(runCounts)},
                               {QStringLiteral("reviews"), QJsonObject{{QStringLiteral("open"), qint64(open.size())}}},
                               {QStringLiteral("sandbox"), isolation},
                               {QStringLiteral("engine"), engine}};
    QList<QStringList> rows{{QStringLiteral("library"), QStringLiteral("%1 (%2)").arg(library.name(), library.path())},
                            {QStringLiteral("head"), catalog.head.isNull() ? QStringLiteral("no commit yet")
                                                                           : QStringLiteral("%1 on %2").arg(catalog.head.shown(), library.branchName())},
                            {QStringLiteral("plugins"), QString::number(catalog.entries.size())},
                            {QStringLiteral("tickets"), wordsOf(ticketCounts)},
                            {QStringLiteral("runs"), wordsOf(runCounts)},
                            {QStringLiteral("reviews"), QStringLiteral("%1 open").arg(open.size())},
                            {QStringLiteral("engine"), holder ? QStringLiteral("process %1, since %2").arg(holder->pid).arg(ageText(holder->startedAt))
                                                              : QStringLiteral("none runs")},
                            {QStringLiteral("sandbox"), sandbox.works ? QStringLiteral("bubblewrap %1; memory is bounded by %2").arg(sandbox.version, memoryBoundBy())
                                                                      : sandbox.why}};
    for (const auto &problem : catalog.problems)
        rows << QStringList{QStringLiteral("problem"), QStringLiteral("%1: %2").arg(problem.where(), problem.text)};
    context.answer(document, table(rows));
    return 0;
}

const Definition define([](Verb &root, Context &context) {
    auto *command = root.addSubcommand("status", "The library on one screen");
    command->callback([&context] { context.setAction(status); });
});

} // namespace

} // namespace coppice::ctl
