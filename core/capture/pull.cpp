// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/pull.h"

#include "base/clock.h"
#include "capture/log_position.h"
#include "process/child.h"

#include <QBuffer>
#include <QJsonDocument>

#include <chrono>

namespace coppice::capture {

namespace {

constexpr int entriesAtOnce = 5000;
constexpr qint64 bytesAtOnce = 4 * 1024 * 1024;
constexpr qint64 quietFor = 2000; ///< ms without an entry after which the last record is taken as whole
constexpr auto patience = std::chrono::seconds(60);

/// For a POSIX shell.
QString quoted(QString text)
{
    return u'\'' + text.replace(u'\'', QStringLiteral("'\\''")) + u'\'';
}

/// Answers "old", "same" or "new", then inode, size, length and hash of the head, seconds since the last write; then bytes.
const QString fileScript = QStringLiteral(R"sh(
f=%1; o=%2; h=%3; w=%4; i=%5; n=%6
id() { stat -c %d:%i -- "$1"; }
sz() { stat -c %s -- "$1"; }
hd() { head -c "$2" -- "$1" | sha1sum | cut -c1-40; }
fits() { [ "$(sz "$1")" -ge "$o" ] && [ "$(hd "$1" "$h")" = "$w" ]; }
kind=same
if [ "$h" = 0 ]; then kind=new
elif ! { [ -f "$f" ] && [ "$(id "$f")" = "$i" ] && fits "$f"; }; then
  kind=new
  for how in id head; do
    for g in "$f".* "$f"-* "${f%.*}"-*; do
      [ -f "$g" ] && fits "$g" && [ "$(sz "$g")" -gt "$o" ] || continue
      [ $how = head ] || [ "$(id "$g")" = "$i" ] || continue
      echo "old - $(sz "$g") 0 - 9999"; tail -c +$((o+1)) -- "$g" | head -c "$n"; exit 0
    done
  done
  o=0
fi
[ -f "$f" ] || { [ -e "$f" ] && { echo "no ordinary file" >&2; exit 1; }; echo none; exit 0; }
[ -r "$f" ] || { echo "the file may not be read" >&2; exit 1; }
s=$(sz "$f"); l=512; [ "$s" -ge 512 ] || l=$s
echo "$kind $(id "$f") $s $l $(hd "$f" "$l") $(( $(date +%s) - $(stat -c %Y -- "$f") ))"
tail -c +$((o+1)) -- "$f" | head -c "$n"
)sh");

} // namespace

QString LogPull::Source::name() const
{
    const QString what = journal.isEmpty() ? file : QString(QStringLiteral("journal:") + journal);
    return host.isEmpty() ? what : QStringLiteral("ssh:%1:%2").arg(host, what);
}

LogPull::LogPull(store::Database &events, Source source, text::Scrubber scrubber)
    : m_events(events), m_source(std::move(source)), m_scrubber(std::move(scrubber))
{
}

Result<QByteArray> LogPull::ask(const QString &script, std::stop_token stop) const
{
    process::Request request;
    if (m_source.host.isEmpty())
        request.argv = {QStringLiteral("sh"), QStringLiteral("-c"), script};
    else
        request.argv = {QStringLiteral("ssh"), QStringLiteral("-o"), QStringLiteral("BatchMode=yes"), QStringLiteral("-o"), QStringLiteral("ConnectTimeout=15"),
                        QStringLiteral("-T"), QStringLiteral("--"), m_source.host, QStringLiteral("sh -c ") + quoted(script)};
    request.limits.time = patience;
    request.outputCap = 4 * bytesAtOnce;
    request.background = true;
    COPPICE_TRY(const auto outcome, process::run(request, stop));
    if (outcome.cancelled)
        return failCancelled();
    if (!outcome.ok() || (outcome.out.isEmpty() && !outcome.err.isEmpty())) {
        const QString said = QString::fromUtf8(outcome.err.left(2000)).trimmed().section(u'\n', -1);
        return fail(QStringLiteral("log.pull"), QStringLiteral("The log could not be fetched: %1").arg(outcome.timedOut ? QStringLiteral("no answer within a minute") : said),
                    m_source.name(),
                    m_source.host.isEmpty() ? QString() : QStringLiteral("Try it by hand: ssh %1 true").arg(m_source.host));
    }
    return outcome.out;
}

Result<LogFollower::Step> LogPull::step(std::stop_token stop)
{
    if (m_source.host.startsWith(u'-') || (m_source.file.isEmpty() && m_source.journal.isEmpty()))
        return failUsage(QStringLiteral("log.source"), QStringLiteral("This names no log"), m_source.name());
    return m_source.journal.isEmpty() ? file(stop) : journal(stop);
}

Result<LogFollower::Step> LogPull::keep(QByteArray bytes, bool mayGrow, LogPosition &position, const std::function<QString(const LogPosition &)> &told,
                                        std::stop_token stop)
{
    LogFollower::Step done;
    std::vector<Event> events;
    QBuffer device(&bytes);
    device.open(QIODevice::ReadOnly);
    const qint64 before = position.point.offset;
    COPPICE_TRY(position.point, readLogFrom(device, m_source.name(), m_scrubber, position.point, mayGrow, bytes.size() + 1,
                                            [&](Event &&event) {
                                                event.plugin = m_source.plugin;
                                                if (event.release.isEmpty())
                                                    event.release = m_source.release;
                                                if (event.level >= Level::Error)
                                                    events.push_back(std::move(event));
                                            },
                                            stop));
    if (position.point.offset == before)
        return done;
    const EventStore::Position now{m_source.plugin, m_source.name(), told(position)};
    COPPICE_TRY(const auto added, EventStore(m_events).add(std::move(events), &now));
    done.events = added.events;
    done.groups = added.groups;
    return done;
}

Result<LogFollower::Step> LogPull::journal(std::stop_token stop)
{
    COPPICE_TRY(const QString stored, EventStore(m_events).positionOf(m_source.plugin, m_source.name()));
    LogPosition position;
    if (!stored.isEmpty()) {
        COPPICE_TRY(position, LogPosition::from(stored));
    } else { // from now on what comes by other roads is compared with this log
        const EventStore::Position start{m_source.plugin, m_source.name(), position.toText()};
        COPPICE_CHECK(EventStore(m_events).add({}, &start));
    }
    const QString since = position.inode.isEmpty() ? QStringLiteral("--since=-1d") : QString(QStringLiteral("--after-cursor=") + quoted(position.inode));
    COPPICE_TRY(QByteArray out, ask(QStringLiteral("journalctl -o json --no-pager -q %1 -u %2 | head -n %3").arg(since, quoted(m_source.journal)).arg(entriesAtOnce), stop));
    out.truncate(out.lastIndexOf('\n') + 1);
    if (out.isEmpty())
        return LogFollower::Step();
    const auto entry = [](const QByteArray &line) { return QJsonDocument::fromJson(line).object(); };
    const auto lineBefore = [&](qint64 end) {
        const qint64 begin = end > 1 ? out.lastIndexOf('\n', end - 2) + 1 : 0;
        return out.mid(begin, end - begin);
    };
    const qint64 last = entry(lineBefore(out.size()))[u"__REALTIME_TIMESTAMP"].toString().toLongLong() / 1000;
    const bool full = out.count('\n') >= entriesAtOnce;
    const qint64 age = nowMs() - last;
    position.point.offset = 0;
    COPPICE_TRY(auto done, keep(out, full || (age >= 0 && age < quietFor), position,
                                [&](const LogPosition &reached) {
                                    LogPosition kept = reached; // the cursor stands where a file has its inode
                                    kept.inode = entry(lineBefore(reached.point.offset))[u"__CURSOR"].toString();
                                    kept.point.offset = 0;
                                    return kept.toText();
                                },
                                stop));
    done.more = full && position.point.offset > 0;
    return done;
}

Result<LogFollower::Step> LogPull::file(std::stop_token stop)
{
    COPPICE_TRY(const QString stored, EventStore(m_events).positionOf(m_source.plugin, m_source.name()));
    LogPosition position;
    if (!stored.isEmpty()) {
        COPPICE_TRY(position, LogPosition::from(stored));
    } else { // from now on what comes by other roads is compared with this log
        const EventStore::Position start{m_source.plugin, m_source.name(), position.toText()};
        COPPICE_CHECK(EventStore(m_events).add({}, &start));
    }
    COPPICE_TRY(QByteArray out, ask(QString(fileScript)
                                        .replace(QStringLiteral("%2"), QString::number(position.point.offset))
                                        .replace(QStringLiteral("%3"), QString::number(position.headLength))
                                        .replace(QStringLiteral("%4"), quoted(QString::fromLatin1(position.head)))
                                        .replace(QStringLiteral("%5"), quoted(position.inode))
                                        .replace(QStringLiteral("%6"), QString::number(bytesAtOnce))
                                        .replace(QStringLiteral("%1"), quoted(m_source.file)), // last: it may hold such a sign itself
                                    stop));
    const auto newline = out.indexOf('\n');
    const auto words = QString::fromUtf8(out.left(qMax<qsizetype>(newline, 0))).split(u' ');
    if (words.front() == u"none")
        return LogFollower::Step();
    if (words.size() != 6)
        return fail(QStringLiteral("log.pull"), QStringLiteral("The machine answered something else than a log"), m_source.name());
    out.remove(0, newline + 1);
    const bool old = words[0] == u"old";
    if (words[0] == u"new" && position.headLength > 0)
        position.beginAnew();
    if (!old) {
        position.inode = words[1];
        position.headLength = words[3].toLongLong();
        position.head = words[4].toLatin1();
        out.truncate(out.lastIndexOf('\n') + 1); // a line without its end is still being written
    }
    const bool all = position.point.offset + out.size() >= words[2].toLongLong();
    const bool quiet = old || words[5].toLongLong() * 1000 > quietFor;
    const qint64 before = position.point.offset;
    COPPICE_TRY(auto done, keep(out, !all || !quiet, position, [](const LogPosition &reached) { return reached.toText(); }, stop));
    done.more = (old || !all) && position.point.offset > before;
    return done;
}

} // namespace coppice::capture
