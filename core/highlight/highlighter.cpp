// SPDX-License-Identifier: GPL-3.0-or-later
#include "highlight/highlighter.h"

#include "base/paths.h"
#include "process/spawn.h"

#include <QDataStream>
#include <QIODevice>
#include <QtEndian>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <mutex>
#include <optional>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace coppice::highlight {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto deadlineOfAFile = std::chrono::seconds(2);
constexpr qsizetype longestLine = 10 * 1024;
constexpr qsizetype largestFile = 32 << 20; ///< UTF-16 units
constexpr quint32 largestAnswer = 64 << 20;
constexpr size_t linesHandedOn = 4096;

enum class Pumped { Yes, Late, Ended };

} // namespace

struct Highlighter::Helper {
    mutable std::mutex mutex;
    process::Spawned child;
    bool fresh = false; ///< started by the last ensure()
    QString problem;

    ~Helper() { end(); }

    void end()
    {
        if (child.pid < 0)
            return;
        ::kill(-child.pid, SIGKILL);
        while (::waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) { }
        child = {};
    }

    /// Starts the helper unless it lives. It dies with the thread that started it, so it may have to come back.
    bool ensure()
    {
        fresh = false;
        if (child.pid >= 0) {
            pollfd ended{child.pidfd.get(), POLLIN, 0};
            if (::poll(&ended, 1, 0) == 0)
                return true;
            end();
        }
        const auto program = helperProgram(QStringLiteral("coppice-highlighter"));
        if (!program) {
            problem = program.error().message();
            return false;
        }
        process::Request request;
        request.argv = {*program};
        auto started = process::spawn(request, true);
        if (!started) {
            problem = started.error().message();
            return false;
        }
        child = std::move(*started);
        fresh = true;
        return true;
    }

    /// Writes what is left of `out` and reads into `in` until it holds `wanted` bytes.
    Pumped pump(QByteArrayView &out, QByteArray &in, qsizetype wanted, Clock::time_point deadline)
    {
        while (in.size() < wanted) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
            if (left <= 0)
                return Pumped::Late;
            pollfd fds[3] = {{child.out.get(), POLLIN, 0},
                             {child.err.isOpen() ? child.err.get() : -1, POLLIN, 0},
                             {out.isEmpty() ? -1 : child.in.get(), POLLOUT, 0}};
            if (::poll(fds, 3, int(left)) < 0) {
                if (errno == EINTR)
                    continue;
                return Pumped::Ended;
            }
            char buffer[64 * 1024];
            if (fds[1].revents != 0 && ::read(child.err.get(), buffer, sizeof buffer) == 0)
                child.err.reset(); // its messages are for nobody, but a full pipe would stop it
            if ((fds[2].revents & POLLERR) != 0)
                return Pumped::Ended;
            if ((fds[2].revents & POLLOUT) != 0) {
                const ssize_t put = ::write(child.in.get(), out.data(), size_t(out.size()));
                if (put > 0)
                    out = out.sliced(put);
                else if (put < 0 && errno != EAGAIN && errno != EINTR)
                    return Pumped::Ended;
            }
            if (fds[0].revents != 0) {
                const ssize_t got = ::read(child.out.get(), buffer, std::min(sizeof buffer, size_t(wanted - in.size())));
                if (got > 0)
                    in.append(buffer, got);
                else if (got == 0 || (errno != EAGAIN && errno != EINTR))
                    return Pumped::Ended;
            }
        }
        return Pumped::Yes;
    }

    /// One frame of the answer.
    Pumped frame(QByteArrayView &out, QByteArray &payload, Clock::time_point deadline)
    {
        QByteArray head;
        if (const auto pumped = pump(out, head, 4, deadline); pumped != Pumped::Yes)
            return pumped;
        const auto size = qFromBigEndian<quint32>(head.constData());
        if (size > largestAnswer)
            return Pumped::Ended;
        payload.clear();
        return pump(out, payload, qsizetype(size), deadline);
    }
};

namespace {

QByteArray requestFor(const QString &fileName, const QStringList &lines)
{
    QStringList sent;
    sent.reserve(lines.size());
    for (const auto &line : lines)
        sent << (line.size() > longestLine ? QString() : line); // the highlighter is quadratic in a line's length
    QByteArray payload;
    QDataStream stream(&payload, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_5_12);
    stream << fileName << sent;
    QByteArray frame(4, '\0');
    qToBigEndian(quint32(payload.size()), frame.data());
    frame += payload;
    return frame;
}

/// Adds the lines of a frame; answers whether it was the last, none when it is damaged.
std::optional<bool> addLines(const QByteArray &payload, std::vector<LineSpans> &spans, size_t lines)
{
    QDataStream stream(payload);
    stream.setVersion(QDataStream::Qt_5_12);
    quint8 last = 0;
    quint32 count = 0;
    stream >> last >> count;
    if (stream.status() != QDataStream::Ok || count > lines - spans.size())
        return std::nullopt;
    for (quint32 i = 0; i < count; ++i) {
        quint16 pieces = 0;
        stream >> pieces;
        LineSpans line;
        for (quint16 j = 0; j < pieces && stream.status() == QDataStream::Ok; ++j) {
            Span span;
            quint8 style = 0;
            stream >> span.offset >> span.length >> style;
            span.style = style <= quint8(Style::Error) ? Style(style) : Style::Normal;
            line.push_back(span);
        }
        if (stream.status() != QDataStream::Ok)
            return std::nullopt;
        spans.push_back(std::move(line));
    }
    return last != 0;
}

} // namespace

Highlighter::Highlighter() : m_helper(std::make_unique<Helper>()) { }
Highlighter::~Highlighter() = default;

std::vector<LineSpans> Highlighter::highlight(const QString &fileName, const QStringList &lines)
{
    std::vector<LineSpans> all;
    highlight(fileName, lines, [&](int, std::vector<LineSpans> spans) {
        all.insert(all.end(), std::make_move_iterator(spans.begin()), std::make_move_iterator(spans.end()));
        return true;
    });
    if (!all.empty())
        all.resize(size_t(lines.size()));
    return all;
}

void Highlighter::highlight(const QString &fileName, const QStringList &lines,
                            const std::function<bool(int firstLine, std::vector<LineSpans> spans)> &each)
{
    const std::lock_guard lock(m_helper->mutex);
    Helper &helper = *m_helper;
    helper.problem.clear();
    qsizetype units = 0;
    for (const auto &line : lines)
        units += line.size() + 1;
    if (lines.isEmpty())
        return;
    if (units > largestFile) {
        helper.problem = QStringLiteral("The file is too large for colours.");
        return;
    }
    if (!helper.ensure())
        return;
    const QByteArray request = requestFor(fileName, lines);
    QByteArrayView out(request);
    std::vector<LineSpans> spans;
    size_t given = 0;
    bool wanted = true;
    const auto deadline = Clock::now() + deadlineOfAFile;
    for (bool last = false; !last && wanted;) {
        QByteArray payload;
        const auto pumped = helper.frame(out, payload, deadline);
        const auto added = pumped == Pumped::Yes ? addLines(payload, spans, size_t(lines.size()) - given) : std::nullopt;
        if (!added && pumped == Pumped::Ended && given + spans.size() == 0 && !helper.fresh) {
            helper.end(); // it was dying when it was asked
            if (!helper.ensure())
                return;
            out = request;
            continue;
        }
        if (!added) {
            helper.end(); // it hangs, has died or talks nonsense: the next file gets a new one
            helper.problem = pumped == Pumped::Late
                ? QStringLiteral("No colours from line %1 on: it took longer than 2 seconds.").arg(given + spans.size() + 1)
                : QStringLiteral("No colours from line %1 on: the highlighter ended.").arg(given + spans.size() + 1);
        }
        last = !added || *added;
        if (!spans.empty() && (last || spans.size() >= linesHandedOn)) {
            const int first = int(given) + 1;
            given += spans.size();
            wanted = each(first, std::move(spans));
            spans.clear();
        }
    }
    if (!wanted)
        helper.end(); // the rest of its answer is for nobody
    if (given == 0 && helper.problem.isEmpty())
        helper.problem = QStringLiteral("No colours are known for this kind of file.");
}

QString Highlighter::problem() const
{
    const std::lock_guard lock(m_helper->mutex);
    return m_helper->problem;
}

} // namespace coppice::highlight
