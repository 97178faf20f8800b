// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/follow.h"

#include "base/clock.h"
#include "capture/log_position.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>

#include <sys/stat.h>

namespace coppice::capture {

namespace {

constexpr qint64 headSize = LogPosition::headSize;
constexpr qint64 mostBytes = 4 * 1024 * 1024;  ///< of one step
constexpr qint64 blockSize = 64 * 1024;

QString inodeOf(const QFile &file)
{
    struct stat status {};
    if (fstat(file.handle(), &status) != 0)
        return {};
    return QStringLiteral("%1:%2").arg(quint64(status.st_dev)).arg(quint64(status.st_ino));
}

QByteArray headHash(QFile &file, qint64 length)
{
    file.seek(0);
    return QCryptographicHash::hash(file.read(length), QCryptographicHash::Sha1).toHex();
}

QByteArray tailHash(QFile &file, qint64 offset)
{
    const qint64 length = std::min(offset, LogPosition::headSize);
    file.seek(offset - length);
    return QCryptographicHash::hash(file.read(length), QCryptographicHash::Sha1).toHex();
}

/// The same bytes stand at its beginning, and it is at least as long as what was read of it.
bool isOf(const LogPosition &position, QFile &file)
{
    return file.size() >= position.point.offset && headHash(file, position.headLength) == position.head
        && (position.tail.isEmpty() || tailHash(file, position.point.offset) == position.tail);
}

/// Behind the last newline between two offsets; `from` when there is none.
qint64 wholeLinesEnd(QFile &file, qint64 from, qint64 to)
{
    for (qint64 end = to; end > from;) {
        const qint64 begin = std::max(from, end - blockSize);
        file.seek(begin);
        const QByteArray block = file.read(end - begin);
        if (const auto newline = block.lastIndexOf('\n'); newline >= 0)
            return begin + newline + 1;
        end = begin;
    }
    return from;
}

/// A file up to an offset, as if it ended there.
class Part final : public QIODevice
{
public:
    Part(QFile &file, qint64 from, qint64 to) : m_file(file), m_at(from), m_end(to)
    {
        m_file.seek(from);
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }
    [[nodiscard]] bool isSequential() const override { return true; }

protected:
    qint64 readData(char *data, qint64 size) override
    {
        const qint64 got = m_file.read(data, std::min(size, m_end - m_at));
        m_at += std::max<qint64>(got, 0);
        return got;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QFile &m_file;
    qint64 m_at;
    qint64 m_end;
};

} // namespace

LogFollower::LogFollower(store::Database &events, Source source, text::Scrubber scrubber)
    : m_events(events), m_source(std::move(source)), m_scrubber(std::move(scrubber))
{
}

QString LogFollower::rotatedAway(const LogPosition &position) const
{
    const QFileInfo info(m_source.path);
    const auto siblings = info.dir().entryInfoList({info.fileName() + QStringLiteral("*"), info.completeBaseName() + QStringLiteral("*")}, QDir::Files, QDir::Time);
    QString byHead;
    for (const auto &each : siblings.mid(0, 100)) {
        QFile file(each.filePath());
        if (each.filePath() == info.filePath() || !file.open(QIODevice::ReadOnly) || position.headLength == 0 || !isOf(position, file))
            continue;
        if (inodeOf(file) == position.inode)
            return each.filePath();
        if (byHead.isEmpty())
            byHead = each.filePath(); // copied, then truncated
    }
    return byHead;
}

/// The file that was begun after one that is read to its end, and is rotated away too; empty: the one that is written now.
QString LogFollower::begunAfter(const QString &read) const
{
    const QFileInfo info(m_source.path);
    const QFileInfo last(read);
    // app.log.1, app.log-20261122, app-2026-11-22.log: not app-error.log, nor what is packed
    const QRegularExpression rotated(QStringLiteral("^(?:%1[.-][0-9][0-9T:_.-]*|%2[.-][0-9][0-9T:_.-]*\\.%3)$")
                                         .arg(QRegularExpression::escape(info.fileName()), QRegularExpression::escape(info.completeBaseName()),
                                              QRegularExpression::escape(info.suffix())));
    QFileInfo next;
    const auto siblings = info.dir().entryInfoList(QDir::Files);
    for (const auto &each : siblings) {
        const bool later = each.lastModified() > last.lastModified() && each.filePath() != last.filePath() && each.filePath() != info.filePath();
        if (later && rotated.match(each.fileName()).hasMatch() && (!next.isFile() || each.lastModified() < next.lastModified()))
            next = each;
    }
    return next.isFile() ? next.filePath() : QString();
}

Result<LogFollower::Step> LogFollower::step(std::stop_token stop)
{
    const QString source = QStringLiteral("file:") + QFileInfo(m_source.path).absoluteFilePath();
    COPPICE_TRY(const QString stored, EventStore(m_events).positionOf(m_source.plugin, source));
    LogPosition position;
    if (!stored.isEmpty()) {
        COPPICE_TRY(position, LogPosition::from(stored));
    } else { // from now on what comes by other roads is compared with this log
        const EventStore::Position start{m_source.plugin, source, position.toText()};
        COPPICE_CHECK(EventStore(m_events).add({}, &start));
    }
    QFile file(m_source.path);
    const bool there = file.open(QIODevice::ReadOnly);
    if (!there && QFileInfo::exists(m_source.path))
        return fail(QStringLiteral("log.open"), QStringLiteral("The log file cannot be read: %1").arg(file.errorString()), m_source.path);
    const bool known = position.headLength > 0;
    if (known && (!there || inodeOf(file) != position.inode || !isOf(position, file))) {
        // Rotated: first what was written to the old file since.
        if (const QString old = rotatedAway(position); !old.isEmpty()) {
            QFile rest(old);
            if (rest.open(QIODevice::ReadOnly) && position.point.offset < rest.size()) {
                const qint64 before = position.point.offset;
                COPPICE_TRY(auto done, read(rest, position, true, stop));
                done.more = position.point.offset > before;
                return done;
            }
            // Rotated again while nobody looked.
            if (const QString next = begunAfter(old); !next.isEmpty()) {
                QFile between(next);
                if (between.open(QIODevice::ReadOnly) && between.size() > 0) {
                    position.beginAnew();
                    position.inode = inodeOf(between);
                    position.headLength = std::min(between.size(), headSize);
                    position.head = headHash(between, position.headLength);
                    COPPICE_TRY(auto done, read(between, position, true, stop));
                    done.more = position.point.offset > 0;
                    return done;
                }
            }
        }
        if (!there)
            return Step();
        position.beginAnew();
    }
    if (!there)
        return Step();
    return read(file, position, false, stop);
}

Result<LogFollower::Step> LogFollower::read(QFile &file, LogPosition &position, bool final, std::stop_token stop)
{
    const qint64 size = file.size();
    const qint64 from = position.point.offset;
    const bool quiet = nowMs() - QFileInfo(file).lastModified().toMSecsSinceEpoch() >= m_source.quiet;
    // A line without its end is still being written, also when that takes long; a file that is rotated away gets no more,
    // but for what the service writes until it opens the new one.
    const qint64 end = final && quiet ? size : wholeLinesEnd(file, from, size);
    if (position.headLength < headSize && size > position.headLength && !final) {
        position.headLength = std::min(size, headSize);
        position.head = headHash(file, position.headLength);
        position.inode = inodeOf(file);
    }
    Step done;
    if (end <= from)
        return done;
    const QString source = QStringLiteral("file:") + QFileInfo(m_source.path).absoluteFilePath();
    std::vector<Event> events;
    Part part(file, from, end);
    COPPICE_TRY(position.point, readLogFrom(part, source, m_scrubber, position.point, !quiet, mostBytes,
                                            [&](Event &&event) {
                                                event.plugin = m_source.plugin;
                                                if (event.release.isEmpty())
                                                    event.release = m_source.release;
                                                if (event.level >= Level::Error)
                                                    events.push_back(std::move(event));
                                            },
                                            stop));
    if (position.point.offset == from)
        return done;
    position.tail = tailHash(file, position.point.offset);
    const EventStore::Position now{m_source.plugin, source, position.toText()};
    COPPICE_TRY(const auto added, EventStore(m_events).add(std::move(events), &now));
    done.events = added.events;
    done.groups = added.groups;
    done.more = position.point.offset < end && position.point.offset - from >= mostBytes;
    return done;
}

} // namespace coppice::capture
