// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/replay.h"

#include "clients/agent_log.h"
#include "clients/stream_reader.h"

#include <QJsonDocument>

namespace coppice::clients {

namespace {

const QString endMark = QStringLiteral("coppice-end");

bool isAcp(const QByteArray &beginning)
{
    for (const QByteArray &line : beginning.split('\n').mid(0, 50)) {
        const auto object = QJsonDocument::fromJson(line).object();
        if (object[u"jsonrpc"].isString() || (object[u"dir"].isString() && object[u"msg"].isObject()))
            return true;
    }
    return false;
}

/// How a plain command ended, by the last line of its stream.
AgentEnd plainEnd(const QByteArray &tail)
{
    AgentEnd end;
    end.reason = QStringLiteral("The recording does not say how it ended.");
    const auto object = QJsonDocument::fromJson(tail.trimmed().split('\n').last()).object();
    if (object[u"type"].toString() != endMark)
        return end;
    for (int i = 0; i <= int(AgentEnd::Outcome::Incomplete); ++i) {
        if (nameOf(AgentEnd::Outcome(i)) == object[u"outcome"].toString())
            end.outcome = AgentEnd::Outcome(i);
    }
    end.reason = object[u"reason"].toString();
    return end;
}

} // namespace

QByteArray endLine(const AgentEnd &end)
{
    return '\n' + QJsonDocument(QJsonObject{{QStringLiteral("type"), endMark}, {QStringLiteral("outcome"), nameOf(end.outcome)}, {QStringLiteral("reason"), end.reason}})
               .toJson(QJsonDocument::Compact) + '\n';
}

Result<AgentEnd> ReplayClient::work(const Job &job, std::stop_token stop)
{
    if (job.replayPath.isEmpty())
        return failUsage(QStringLiteral("replay.nothing"), QStringLiteral("There is no recording to play back"), {},
                         QStringLiteral("Name the run whose recording it is: coppicectl run replay ID."));
    QFile file(job.replayPath);
    if (!file.open(QIODevice::ReadOnly))
        return failNotFound(QStringLiteral("replay.missing"), QStringLiteral("The recording cannot be read (%1)").arg(file.errorString()), job.replayPath);
    Launch launch(job, stop);
    COPPICE_CHECK(launch.open());
    DialectFinder finder;
    std::unique_ptr<StreamReader> acp = isAcp(file.peek(1 << 20)) ? makeReader(QStringLiteral("acp")) : nullptr;
    finder.onFound = [&job](StreamReader &reader) { reader.onUpdate = job.onUpdate; };
    if (acp)
        acp->onUpdate = job.onUpdate;
    QByteArray tail;
    while (!file.atEnd()) {
        if (stop.stop_requested()) {
            AgentEnd end;
            end.outcome = AgentEnd::Outcome::Cancelled;
            end.reason = QStringLiteral("The playback was stopped on request.");
            return end;
        }
        const QByteArray piece = file.read(64 * 1024);
        if (piece.isEmpty())
            break;
        launch.keepRaw(piece);
        launch.note(QString::fromUtf8(piece.left(logCap)));
        if (acp)
            acp->feed(piece);
        else if (!finder.feed(piece))
            launch.tell(piece);
        tail = QByteArray(tail + piece).right(64 * 1024);
    }
    StreamReader *reader = acp ? acp.get() : finder.reader();
    if (!reader)
        return plainEnd(tail);
    reader->finish();
    return reader->end();
}

} // namespace coppice::clients
