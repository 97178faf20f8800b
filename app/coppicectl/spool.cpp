// SPDX-License-Identifier: GPL-3.0-or-later
// Spools: on a host that is always on, and as an engine reads them.
#include "receiving.h"

#include <base/clock.h>
#include <base/counted.h>
#include <base/json.h>
#include <base/paths.h>
#include <engine/session.h>
#include <engine/spool_keeper.h>
#include <library/library.h>
#include <receivers/drain.h>
#include <receivers/spool.h>

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

#include <chrono>
#include <cstdio>
#include <thread>

#include <unistd.h>

namespace coppice::ctl {

namespace {

struct Reading {
    std::string folder;
    qint64 after = 0;
    int limit = 200;
};

Result<int> readSpool(Context &, const Reading &wanted)
{
    COPPICE_TRY(const auto spool, receivers::Spool::open(QDir(q(wanted.folder)).absolutePath(), {}, true));
    COPPICE_TRY(const QByteArray lines, spool->readLines(wanted.after, wanted.limit));
    if (std::fwrite(lines.constData(), 1, size_t(lines.size()), stdout) != size_t(lines.size()) || std::fflush(stdout) != 0)
        return fail(QStringLiteral("spool.write"), QStringLiteral("Nobody took what was read"));
    return 0;
}

Result<int> addSource(Context &context, const receivers::SpoolSource &source)
{
    if (source.ssh.isEmpty() == source.url.isEmpty() || (!source.ssh.isEmpty() && source.folder.isEmpty()) || (!source.url.isEmpty() && source.token.isEmpty()))
        return failUsage(QStringLiteral("spool.source"), QStringLiteral("Say how to reach the spool"), source.name,
                         QStringLiteral("Give --ssh HOST and --folder DIR, or --url URL and --token REF."));
    COPPICE_TRY(auto *session, context.session());
    const QString file = engine::spoolsFileOf(session->library());
    COPPICE_TRY(auto sources, receivers::readSpoolSources(file));
    std::erase_if(sources, [&](const auto &each) { return each.name == source.name; });
    sources.push_back(source);
    COPPICE_CHECK(receivers::KeyRing::open(QFileInfo(file).path())); // the folder, for the user only
    COPPICE_CHECK(receivers::writeSpoolSources(file, sources));
    context.answer({{QStringLiteral("name"), source.name}}, QStringLiteral("The engine will read the spool %1; coppicectl spool drain does it at once.").arg(source.name));
    return 0;
}

Result<int> removeSource(Context &context, const QString &name)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(auto sources, receivers::readSpoolSources(engine::spoolsFileOf(session->library())));
    if (std::erase_if(sources, [&](const auto &each) { return each.name == name; }) == 0)
        return failNotFound(QStringLiteral("spool.unknown"), QStringLiteral("There is no spool of this name"), name, QStringLiteral("See coppicectl spool list."));
    COPPICE_CHECK(receivers::writeSpoolSources(engine::spoolsFileOf(session->library()), sources));
    context.answer({{QStringLiteral("name"), name}}, QStringLiteral("The spool %1 is read no more.").arg(name));
    return 0;
}

Result<int> listSources(Context &context)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto sources, receivers::readSpoolSources(engine::spoolsFileOf(session->library())));
    COPPICE_TRY(const auto states, receivers::spoolStates(session->events()));
    QJsonArray array;
    QList<QStringList> rows{{QStringLiteral("SPOOL"), QStringLiteral("WHERE"), QStringLiteral("READ TO"), QStringLiteral("MISSED"), QStringLiteral("LAST")}};
    for (const auto &source : sources) {
        receivers::SpoolState state;
        for (const auto &each : states) {
            if (each.source == source.name)
                state = each;
        }
        const QString where = source.ssh.isEmpty() ? source.url : QString(source.ssh + u':' + source.folder);
        array.append(QJsonObject{{QStringLiteral("name"), source.name}, {QStringLiteral("where"), where}, {QStringLiteral("cursor"), state.cursor},
                                 {QStringLiteral("missed"), state.dropped}, {QStringLiteral("read_at"), state.at}});
        rows << QStringList{source.name, where, QString::number(state.cursor), QString::number(state.dropped), state.at ? ageText(state.at) : QStringLiteral("never")};
    }
    context.answer({{QStringLiteral("spools"), array}}, sources.empty() ? QStringLiteral("No spool is read. Add one: coppicectl spool add NAME --ssh HOST --folder DIR") : table(rows));
    return 0;
}

Result<int> drainSources(Context &context, const QString &only)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto sources, receivers::readSpoolSources(engine::spoolsFileOf(session->library())));
    COPPICE_TRY(const auto scrubber, scrubberOf(context, session->library()));
    receivers::LibraryKeeper keeper(session->events());
    receivers::Drained sum;
    bool found = false;
    for (const auto &source : sources) {
        if (!only.isEmpty() && source.name != only)
            continue;
        found = true;
        COPPICE_TRY(const auto drained, receivers::drain(source, session->events(), keeper, scrubber, context.stop()));
        sum.entries += drained.entries;
        sum.events += drained.events;
        sum.dropped += drained.dropped;
    }
    if (!found && !only.isEmpty())
        return failNotFound(QStringLiteral("spool.unknown"), QStringLiteral("There is no spool of this name"), only, QStringLiteral("See coppicectl spool list."));
    context.answer({{QStringLiteral("entries"), sum.entries}, {QStringLiteral("events"), sum.events}, {QStringLiteral("missed"), sum.dropped}},
                   QStringLiteral("%1 read; %2 had gone before.").arg(counted(sum.events, "event")).arg(sum.dropped));
    return 0;
}

const Definition definition([](Verb &root, Context &context) {
    auto *parent = group(root, "spool", "What receivers on other machines keep until it is fetched");
    auto reading = std::make_shared<Reading>();
    auto *read = parent->addSubcommand("read", "Print what a spool of this machine holds, as JSON lines");
    read->addOption("--folder", reading->folder, "The folder that serve --spool was given")->required();
    read->addOption("--after", reading->after, "The cursor of the last entry that is known; 0 at first");
    read->addOption("--limit", reading->limit, "At most so many entries")->between(1, 1000);
    read->callback([reading, &context] { context.setAction([reading](Context &here) { return readSpool(here, *reading); }); });

    auto name = std::make_shared<std::string>();
    auto given = std::make_shared<std::array<std::string, 4>>();
    auto *add = parent->addSubcommand("add", "Let the engine read a spool on another machine");
    add->addOption("NAME", *name, "A name for it")->required();
    add->addOption("--ssh", (*given)[0], "The host, as for ssh; coppicectl has to be installed there");
    add->addOption("--folder", (*given)[1], "The spool's folder there");
    add->addOption("--url", (*given)[2], "Or its address");
    add->addOption("--token", (*given)[3], "Where the token for reading lies: file:PATH, env:VARIABLE or keychain:NAME");
    add->callback([name, given, &context] {
        context.setAction([name, given](Context &here) {
            return addSource(here, {q(*name), q((*given)[0]), q((*given)[1]), q((*given)[2]), q((*given)[3])});
        });
    });
    auto *remove = parent->addSubcommand("remove", "Read a spool no more");
    remove->addOption("NAME", *name, "Its name")->required();
    remove->callback([name, &context] { context.setAction([name](Context &here) { return removeSource(here, q(*name)); }); });
    parent->addSubcommand("list", "The spools, and how far each has been read")->callback([&context] { context.setAction(listSources); });
    auto *drain = parent->addSubcommand("drain", "Fetch what is new at once");
    drain->addOption("NAME", *name, "Only this one");
    drain->callback([name, &context] { context.setAction([name](Context &here) { return drainSources(here, q(*name)); }); });
});

} // namespace

void untilStopped(const Context &context)
{
    while (!context.stop().stop_requested())
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
}

Result<int> serveSpool(Context &context, const Receiving &wanted)
{
    const QString folder = QDir(q(wanted.spool)).absolutePath();
    const QString note = folder + QStringLiteral("/receiver.json");
    COPPICE_TRY(auto options, wanted.options());
    COPPICE_TRY(const auto spool, receivers::Spool::open(folder, {}));
    COPPICE_TRY(const auto ring, receivers::KeyRing::open(folder + QStringLiteral("/keys")));
    if (!wanted.keys.empty()) {
        if (options.port == 0 && wanted.url.empty()) {
            COPPICE_TRY(options.port, reservedPort(note));
        }
        std::vector<receivers::ReceiverKey> keys;
        for (const auto &name : wanted.keys) {
            COPPICE_TRY(auto key, ring->keyOf(q(name)));
            keys.push_back(std::move(key));
        }
        answerKeys(context, keys, wanted.baseFor(options.port), options.token);
        return 0;
    }
    if (!wanted.port)
        return failUsage(QStringLiteral("serve.port"), QStringLiteral("On which port?"), {}, QStringLiteral("Say it with --port; 0 picks one."));
    options.spooled = [&spool](qint64 after, int limit) { return spool->readLines(after, limit); };
    COPPICE_TRY(const auto receiver, startReceiver(*ring, *spool, text::Scrubber(), options, note));
    const QString base = wanted.baseFor(receiver->port());
    context.answer({{QStringLiteral("spool"), folder}, {QStringLiteral("pid"), qint64(getpid())}, {QStringLiteral("port"), receiver->port()}, {QStringLiteral("url"), base}},
                   QStringLiteral("What comes at %1 is kept in %2; Ctrl+C ends it.").arg(base, folder));
    untilStopped(context);
    return 0;
}

} // namespace coppice::ctl
