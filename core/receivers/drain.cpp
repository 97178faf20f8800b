// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/drain.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/paths.h"
#include "net/http.h"
#include "process/child.h"
#include "receivers/cleaner.h"
#include "secrets/secret_ref.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace coppice::receivers {

namespace {

using store::Connection;
using store::Row;

constexpr int pageEntries = 200;
constexpr qint64 pageCap = 256 << 20;

/// For the shell on the far side.
QString quoted(const QString &text)
{
    return u'\'' + QString(text).replace(u'\'', u"'\\''"_s) + u'\'';
}

Result<QByteArray> fetchBySsh(const SpoolSource &source, qint64 after, const std::stop_token &stop)
{
    static const QRegularExpression shape(u"^[A-Za-z0-9_][A-Za-z0-9_.@:%\\[\\]-]*$"_s);
    if (!shape.match(source.ssh).hasMatch())
        return failUsage(u"spool.host"_s, u"This is no host for ssh"_s, source.ssh, u"Write it as user@host."_s);
    process::Request request;
    request.argv = {u"ssh"_s, u"-o"_s, u"BatchMode=yes"_s, u"-o"_s, u"ConnectTimeout=15"_s, u"-T"_s, u"--"_s, source.ssh,
                    u"coppicectl spool read --folder %1 --after %2 --limit %3"_s.arg(quoted(source.folder)).arg(after).arg(pageEntries)};
    request.limits.time = 120s;
    request.outputCap = pageCap;
    request.background = true;
    COPPICE_TRY(auto outcome, process::run(request, stop));
    if (outcome.cancelled)
        return failCancelled();
    if (!outcome.ok() || outcome.droppedOut > 0)
        return fail(u"spool.ssh"_s, u"Reading the spool over ssh failed: %1"_s.arg(QString::fromUtf8(outcome.err.right(500)).simplified()), source.ssh,
                    u"Try ssh %1 coppicectl spool read --folder %2 --after 0 --limit 1 by hand."_s.arg(source.ssh, source.folder));
    return std::move(outcome.out);
}

Result<QByteArray> fetchByHttp(const SpoolSource &source, qint64 after, const std::stop_token &stop)
{
    COPPICE_TRY(const auto reference, secrets::SecretRef::parse(source.token, source.name));
    COPPICE_TRY(const QByteArray token, secrets::readSecret(reference));
    QByteArray url = source.url.toUtf8();
    while (url.endsWith('/'))
        url.chop(1);
    url += "/spool/events?after=" + QByteArray::number(after) + "&limit=" + QByteArray::number(pageEntries);
    COPPICE_TRY(auto answer, net::httpSend({"GET", url, {{"authorization", QByteArray("Bearer " + token)}}, {}}, 60'000, stop, {}, {}, pageCap));
    if (answer.status != 200)
        return fail(u"spool.http"_s, u"The spool answered with status %1"_s.arg(answer.status), source.url,
                    answer.status == 401 ? u"Check the reading token."_s : u"Check the address."_s);
    return std::move(answer.body);
}

Result<SpoolState> stateOf(store::Database &events, const QString &source)
{
    COPPICE_TRY(const auto all, spoolStates(events));
    for (const auto &state : all) {
        if (state.source == source)
            return state;
    }
    return SpoolState{source, {}, 0, 0, 0};
}

Result<> keepState(store::Database &events, const SpoolState &state)
{
    return events.write<void>([&](Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"INSERT INTO spool_cursors (source, spool, cursor, dropped, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (source) "
                                      "DO UPDATE SET spool = excluded.spool, cursor = excluded.cursor, dropped = excluded.dropped, at = excluded.at"_s,
                                      {state.source, state.spool, state.cursor, state.dropped, nowMs()}));
        return {};
    });
}

} // namespace

Result<std::vector<SpoolState>> spoolStates(store::Database &events)
{
    return events.read<std::vector<SpoolState>>([](Connection &connection) -> Result<std::vector<SpoolState>> {
        std::vector<SpoolState> all;
        COPPICE_CHECK(connection.query(u"SELECT source, spool, cursor, dropped, at FROM spool_cursors ORDER BY source"_s, {}, [&](const Row &row) {
            all.push_back({row.text(0), row.text(1), row.number(2), row.number(3), row.number(4)});
        }));
        return all;
    });
}

Result<std::vector<SpoolSource>> readSpoolSources(const QString &file)
{
    std::vector<SpoolSource> sources;
    if (!QFile::exists(file))
        return sources;
    COPPICE_TRY(const QByteArray bytes, readFile(file, 1 << 20));
    COPPICE_TRY(const QJsonObject root, parseJsonObject(bytes, file));
    const QJsonArray list = root[u"spools"].toArray();
    for (const auto &each : list)
        sources.push_back({each[u"name"].toString(), each[u"ssh"].toString(), each[u"folder"].toString(), each[u"url"].toString(), each[u"token"].toString()});
    return sources;
}

Result<> writeSpoolSources(const QString &file, const std::vector<SpoolSource> &sources)
{
    QJsonArray list;
    for (const auto &source : sources)
        list.append(QJsonObject{{u"name"_s, source.name}, {u"ssh"_s, source.ssh}, {u"folder"_s, source.folder}, {u"url"_s, source.url}, {u"token"_s, source.token}});
    return writeFileAtomically(file, QJsonDocument(QJsonObject{{u"v"_s, 1}, {u"spools"_s, list}}).toJson());
}

Result<Drained> drain(const SpoolSource &source, store::Database &events, Keeper &keeper, const text::Scrubber &scrubber, std::stop_token stop)
{
    const Cleaner cleaner(scrubber);
    Drained all;
    COPPICE_TRY(SpoolState state, stateOf(events, source.name));
    while (!stop.stop_requested()) {
        COPPICE_TRY(const QByteArray lines, source.ssh.isEmpty() ? fetchByHttp(source, state.cursor, stop) : fetchBySsh(source, state.cursor, stop));
        COPPICE_TRY(auto page, parseSpoolLines(lines));
        if (!state.spool.isEmpty() && page.spool != state.spool) { // another spool stands at the same place: from its beginning
            state = {source.name, page.spool, 0, state.dropped, 0};
            continue;
        }
        state.spool = page.spool;
        if (page.entries.empty())
            break;
        state.dropped += page.dropped;
        all.dropped += page.dropped;
        Batch batch;
        for (auto &entry : page.entries) {
            state.cursor = entry.cursor;
            batch.append(std::move(entry.batch));
        }
        for (auto &event : batch.events)
            cleaner.clean(event);
        all.entries += qint64(page.entries.size());
        all.events += qint64(batch.events.size());
        COPPICE_CHECK(keeper.keep(std::move(batch)));
        COPPICE_CHECK(keepState(events, state));
    }
    COPPICE_CHECK(keepState(events, state));
    return all;
}

} // namespace coppice::receivers
