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

constexpr auto deadlineOfARequest = std::chrono::seconds(2);
constexpr qsizetype longestLine = 10 * 1024;
constexpr qsizetype largestFile = 32 << 20; ///< UTF-16 units in a request
constexpr quint32 largestAnswer = 64 << 20;
constexpr int linesAtOnce = 1000;           ///< of a text that is read piece by piece

enum class Pumped { Yes, Late, Ended };

} // namespace

struct Highlighter::Helper {
    mutable std::mutex mutex;
    process::Spawned child;
    bool fresh = false;  ///< started by the last ensure()
    quint32 started = 0; ///< helpers, so far
    quint32 texts = 0;
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
        auto process = process::spawn(request, true);
        if (!process) {
            problem = process.error().message();
            return false;
        }
        child = std::move(*process);
        fresh = true;
        ++started;
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

struct Asked {
    quint32 number = 0;
    bool fresh = true;
    const QString &fileName;
    const QString &language;
    const QStringList &lines;
};

QByteArray requestFor(const Asked &asked)
{
    QStringList sent;
    sent.reserve(asked.lines.size());
    for (const auto &line : asked.lines)
        sent << (line.size() > longestLine ? QString() : line); // the highlighter is quadratic in a line's length
    QByteArray payload;
    QDataStream stream(&payload, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_5_12);
    stream << asked.number << quint8(asked.fresh) << asked.fileName << asked.language << sent;
    QByteArray frame(4, '\0');
    qToBigEndian(quint32(payload.size()), frame.data());
    frame += payload;
    return frame;
}

enum class Frame { More, Last, Unknown };

/// Adds the lines of a frame; none when it is damaged.
std::optional<Frame> addLines(const QByteArray &payload, std::vector<LineSpans> &spans, size_t lines)
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
    return Frame(std::min<quint8>(last, 2));
}

struct Answer {
    std::vector<LineSpans> spans; ///< of fewer lines than asked when it went wrong on the way
    bool unknown = false;         ///< no such text, or no language for it
    bool late = false, ended = false;
};

/// Asks the helper, which is running.
template <class Helper> Answer ask(Helper &helper, const Asked &asked)
{
    Answer answer;
    const QByteArray request = requestFor(asked);
    QByteArrayView out(request);
    const auto deadline = Clock::now() + deadlineOfARequest;
    for (;;) {
        QByteArray payload;
        const auto pumped = helper.frame(out, payload, deadline);
        const auto added = pumped == Pumped::Yes ? addLines(payload, answer.spans, size_t(asked.lines.size())) : std::nullopt;
        if (added == Frame::More)
            continue;
        if (!added)
            helper.end(); // it hangs, has died or talks nonsense: the next text gets a new one
        answer.unknown = added == Frame::Unknown;
        answer.late = pumped == Pumped::Late;
        answer.ended = !added && !answer.late;
        return answer;
    }
}

QString whyNot(const Answer &answer, int line)
{
    if (answer.late)
        return QStringLiteral("No colours from line %1 on: it took longer than 2 seconds.").arg(line);
    if (answer.ended)
        return QStringLiteral("No colours from line %1 on: the highlighter ended.").arg(line);
    return answer.unknown ? QStringLiteral("No colours are known for this kind of file.") : QString();
}

} // namespace

Highlighter::Highlighter() : m_helper(std::make_unique<Helper>()) { }
Highlighter::~Highlighter() = default;

std::vector<LineSpans> Highlighter::highlight(const QString &fileName, const QStringList &lines)
{
    const std::lock_guard lock(m_helper->mutex);
    Helper &helper = *m_helper;
    helper.problem.clear();
    qsizetype units = 0;
    for (const auto &line : lines)
        units += line.size() + 1;
    if (lines.isEmpty())
        return {};
    if (units > largestFile) {
        helper.problem = QStringLiteral("The file is too large for colours.");
        return {};
    }
    Answer answer;
    for (;;) {
        if (!helper.ensure())
            return {};
        const bool old = !helper.fresh;
        answer = ask(helper, {++helper.texts, true, fileName, {}, lines});
        if (!answer.ended || !answer.spans.empty() || !old) // an old helper may have been dying when it was asked
            break;
    }
    helper.problem = whyNot(answer, int(answer.spans.size()) + 1);
    if (!answer.spans.empty())
        answer.spans.resize(size_t(lines.size()));
    return std::move(answer.spans);
}

QString Highlighter::problem() const
{
    const std::lock_guard lock(m_helper->mutex);
    return m_helper->problem;
}

Text::Text(std::shared_ptr<Highlighter> highlighter, QString fileName, QString language, int lineCount, Lines lines)
    : m_highlighter(std::move(highlighter)), m_fileName(std::move(fileName)), m_language(std::move(language)), m_lines(std::move(lines)),
      m_count(lineCount)
{
}

void Text::reach(int line, const std::function<bool(int firstLine, std::vector<LineSpans> spans)> &each)
{
    auto &helper = *m_highlighter->m_helper;
    line = std::min(line, m_count);
    int at = m_reached;
    bool wanted = true;
    for (int tries = 0; wanted && !m_ended && m_reached < line;) {
        const std::lock_guard lock(helper.mutex);
        if (!helper.ensure()) {
            m_problem = helper.problem;
            m_ended = true;
            return;
        }
        if (m_number == 0 || m_helpers != helper.started) { // a new helper has to read it from the beginning
            m_number = ++helper.texts;
            m_helpers = helper.started;
            at = 0;
        }
        const int until = at < m_reached ? m_reached : line;
        const auto lines = m_lines(at + 1, std::min(linesAtOnce, until - at));
        auto answer = ask(helper, {m_number, at == 0, m_fileName, m_language, lines});
        const bool lost = answer.ended || (answer.unknown && at > 0);
        if (lost && answer.spans.empty() && ++tries < 3) { // it was dying, or has forgotten the text
            m_number = 0;
            continue;
        }
        m_problem = whyNot(answer, at + int(answer.spans.size()) + 1);
        m_ended = !m_problem.isEmpty();
        const int first = at + 1;
        at += int(answer.spans.size());
        if (at > m_reached && first > m_reached) {
            m_reached = at;
            wanted = each(first, std::move(answer.spans));
        }
    }
}

} // namespace coppice::highlight
