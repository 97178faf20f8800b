// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/ingest.h"

#include "base/clock.h"
#include "capture/journal_export.h"
#include "capture/record.h"
#include "text/hidden.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QJsonDocument>
#include <QRegularExpression>

#include <algorithm>
#include <deque>
#include <map>

namespace coppice::capture {

namespace {

constexpr qsizetype messageCap = 8 * 1024;
constexpr qsizetype traceCap = 64 * 1024;
constexpr size_t mostFrames = 200;
constexpr size_t mostCauses = 50;
constexpr size_t mostContinuations = 500;
constexpr qsizetype longestKept = 400; ///< of texts whose clean form is remembered
constexpr qsizetype mostKept = 4096;
constexpr size_t mostBefore = 8; ///< lines of a message between its head and its trace

/// Makes records out of lines, and events out of records.
class Reader
{
public:
    Reader(QIODevice &device, QString source, const text::Scrubber &scrubber, const ReadOptions &options,
           const std::function<void(Event &&)> &sink, const ReadPoint &from = {})
        : m_lines(device, options.recordCap, from.offset, from.chain), m_record(from.record), m_offset(from.offset), m_source(std::move(source)), m_scrubber(scrubber), m_options(options),
          m_sink(sink), m_window([this](Line &line) { return nextLine(line); })
    {
    }

    /// One record; false at the end of the log.
    bool step()
    {
        const Line *front = m_window.at(0);
        if (!front)
            return false;
        if (m_options.everyLine) {
            Event event = eventOf(*front);
            event.message = front->isJson ? event.message : front->body();
            if (front->isJson)
                readJsonRecord(front->json, event);
            const bool blank = front->isBlank();
            m_window.dropFront();
            ++m_record;
            if (!blank)
                emitEvent(std::move(event));
            return true;
        }
        if (front->isBlank()) {
            m_window.dropFront();
            return true;
        }
        if (front->isJson) {
            Event event = eventOf(*front);
            const auto carrier = event.level;
            const auto carried = front->level;
            readJsonRecord(front->json, event);
            if (carried && event.level == Level::Info && carrier > event.level && !front->json.contains(u"level"))
                event.level = carrier;
            if (event.trace.isEmpty())
                event.trace = front->text;
            if (event.at == 0)
                event.at = front->time;
            m_window.dropFront();
            ++m_record;
            emitEvent(std::move(event));
            return true;
        }
        if (const QString release = releaseIn(front->text); !release.isEmpty())
            m_releases[front->stream] = release;
        if (!readCrash())
            readPlain();
        return true;
    }
    [[nodiscard]] qint64 offset() const { return m_offset; }
    [[nodiscard]] bool hasEnded() const { return m_window.hasEnded(); }
    /// Where reading can begin again after the last step; nothing when a block has lines of others in it.
    [[nodiscard]] std::optional<ReadPoint> point()
    {
        if (!m_partial.empty() || !m_pieces.empty() || !m_window.isClean())
            return {};
        if (const Line *front = m_window.front())
            return ReadPoint{front->begin, front->before, m_record};
        return ReadPoint{m_offset, m_chain, m_record};
    }

private:
    bool nextLine(Line &line)
    {
        for (;;) {
            if (!m_pieces.empty()) {
                line = std::move(m_pieces.front());
                m_pieces.pop_front();
                return true;
            }
            if (!m_lines.next(line))
                return flushPartial(line);
            m_offset = line.end;
            m_chain = line.identity;
            dissect(line, m_timed);
            m_timed = m_timed || line.timed;
            if (!line.isJson && line.text.contains(u'\n'))
                cutLines(line);
            auto open = m_partial.empty() ? m_partial.end() : m_partial.find(line.stream);
            if (line.partial && !m_options.everyLine) {
                if (open == m_partial.end()) {
                    if (m_partial.size() < 64)
                        m_partial[line.stream] = line;
                    else
                        return true;
                } else if (open->second.text.size() < m_options.recordCap) {
                    open->second.text += line.text;
                }
                continue;
            }
            if (open != m_partial.end()) {
                Line whole = open->second;
                m_partial.erase(open);
                whole.text += line.text;
                whole.partial = false;
                whole.header = {};
                whole.isJson = false;
                const auto stream = whole.stream;
                dissect(whole);
                whole.stream = stream;
                line = std::move(whole);
            }
            return true;
        }
    }
    /// A journal's entry may hold several lines: they stand in the log as if each had been written by itself.
    void cutLines(Line &line)
    {
        const QStringList texts = line.text.split(u'\n');
        for (qsizetype i = 1; i < texts.size(); ++i) {
            Line piece = line;
            piece.text = texts[i];
            piece.header = {};
            piece.identity = QCryptographicHash::hash(QByteArray(line.identity + QByteArray::number(i)), QCryptographicHash::Sha1);
            const bool isLast = i + 1 == texts.size();
            if (!isLast || !piece.isBlank()) {
                dissect(piece);
                piece.stream = line.stream;
                m_pieces.push_back(std::move(piece));
            }
        }
        line.text = texts.front();
        line.header = {};
        const QString stream = line.stream;
        dissect(line);
        line.stream = stream;
    }
    bool flushPartial(Line &line)
    {
        if (m_partial.empty())
            return false;
        line = m_partial.begin()->second;
        m_partial.erase(m_partial.begin());
        return true;
    }

    Event eventOf(const Line &line) const
    {
        Event event;
        event.source = m_source;
        event.identity = line.identity;
        event.at = line.header.time ? line.header.time : line.time;
        event.level = line.header.level ? *line.header.level : line.level.value_or(Level::Info);
        if (const auto known = m_releases.find(line.stream); known != m_releases.end())
            event.release = known->second;
        if (!line.stream.isEmpty())
            event.tags[QStringLiteral("stream")] = line.stream;
        return event;
    }

    bool readCrash()
    {
        const Line front = *m_window.at(0);
        Cursor direct(m_window, 0);
        if (front.header.level && *front.header.level <= Level::Info && front.header.isThere()) {
            // "INFO done" and then a crash of something else, unless the very line names the exception
            if (auto crash = parseCrash(direct); crash && crash->logged.isEmpty()) {
                finish(front, direct, *crash, false);
                return true;
            }
            return false;
        }
        if (auto crash = parseCrash(direct)) {
            finish(front, direct, *crash, front.header.level.has_value());
            return true;
        }
        // "ERROR could not load", and the trace on the lines below
        if (!front.header.isThere() || (front.header.level && *front.header.level < Level::Warning))
            return false;
        if (!front.header.level)
            return false;
        size_t next = 0;
        for (size_t i = 1; i < 20 && next == 0; ++i) {
            const Line *line = m_window.at(i);
            if (!line)
                return false;
            if (line->stream == front.stream && !line->isBlank())
                next = i;
        }
        // … perhaps behind more lines of the message
        QString before = front.text + u'\n';
        QString logged = front.body();
        std::vector<size_t> passed;
        for (size_t i = next; next > 0 && passed.size() < mostBefore; ++i) {
            const Line *line = m_window.at(i);
            if (!line || line->isJson || (line->stream == front.stream && line->header.isThere()))
                return false;
            if (line->stream != front.stream)
                continue;
            const bool indented = !line->isBlank() && line->text[0].isSpace();
            Cursor below(m_window, i, indented);
            below.setHeaded();
            if (auto crash = parseCrash(below)) {
                if (crash->logged.isEmpty())
                    crash->logged = logged;
                finish(front, below, *crash, true, before, passed);
                return true;
            }
            // a ruler, as reports of tests draw it
            const bool ruler = std::all_of(line->text.begin(), line->text.end(), [](QChar c) { return QStringView(u"-=*_#~ ").contains(c); });
            if (!indented && !ruler && !m_window.everyRecordIsHeaded)
                return false;
            passed.push_back(i);
            before += line->text + u'\n';
            logged += u'\n' + line->text.trimmed();
        }
        return false;
    }

    void finish(const Line &front, const Cursor &cursor, const Crash &crash, bool levelSaid, const QString &before = {}, const std::vector<size_t> &passed = {})
    {
        // Mono tells the same crash twice.
        const QString told = front.stream + u'\n' + crash.type + u'\n' + crash.message;
        if (front.body().startsWith(u"FATAL UNHANDLED EXCEPTION: ") && told == m_lastCrash) {
            m_window.remove(cursor.taken());
            return;
        }
        m_lastCrash = told;
        Event event = eventOf(front);
        putCrash(crash, event);
        if (levelSaid)
            event.level = crash.level && front.header.level == Level::Error ? *crash.level : *front.header.level;
        else if (!crash.level)
            event.level = Level::Error;
        event.trace = before + cursor.text().join(u'\n');
        std::vector<size_t> taken = cursor.taken();
        taken.insert(taken.begin(), passed.begin(), passed.end());
        if (!before.isEmpty())
            taken.insert(taken.begin(), 0);
        std::sort(taken.begin(), taken.end());
        m_window.remove(taken);
        ++m_record;
        emitEvent(std::move(event));
    }

    void readPlain()
    {
        const Line front = *m_window.at(0);
        Event event = eventOf(front);
        QString message = front.body();
        std::vector<size_t> taken{0};
        static const QRegularExpression keyOpening(QStringLiteral("-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY|^PuTTY-User-Key-File-"));
        const auto closesKey = [](const QString &text) { return text.contains(u"-----END ") || text.startsWith(u"Private-MAC:"); };
        bool inKey = keyOpening.match(message).hasMatch() && !closesKey(message);
        for (size_t i = 1; i < mostContinuations; ++i) {
            const Line *line = m_window.at(i);
            if (!line)
                break;
            if (line->stream != front.stream)
                continue;
            if (inKey) {
                inKey = !closesKey(line->text);
            } else {
                const bool goesOn = !line->isJson && !line->header.isThere() && !line->isBlank() && line->text[0].isSpace();
                if (!goesOn)
                    break;
                Cursor cursor(m_window, i);
                if (parseCrash(cursor))
                    break;
            }
            if (message.size() < m_options.recordCap)
                message += u'\n' + line->text;
            taken.push_back(i);
        }
        if (message.size() > m_options.recordCap)
            message = message.left(m_options.recordCap) + QStringLiteral(" … [cut]");
        ++(front.header.isThere() ? m_headed : m_unheaded);
        m_window.everyRecordIsHeaded = m_headed > 0 && m_unheaded == 0;
        event.message = message;
        readLogfmt(event);
        // "Error: connect refused" alone: an error without a stack
        if (!front.header.level && !front.level) {
            QString type;
            QString rest;
            if (splitTitle(message, type, rest) && !rest.isEmpty()
                && (type.endsWith(u"Error") || (type.endsWith(u"Exception") && type.size() > 9))) {
                event.type = type;
                event.message = rest;
                event.level = Level::Error;
            }
        }
        static const QRegularExpression warning(QStringLiteral(R"(^\(node:\d+\) (?:\[\w+\] )?(\w*Warning): (.*)$)"), QRegularExpression::DotMatchesEverythingOption);
        if (const auto m = warning.match(message); m.hasMatch()) {
            event.level = Level::Warning;
            event.type = m.captured(1);
            event.message = m.captured(2);
        }
        m_window.remove(taken);
        ++m_record;
        // a head and nothing behind it but tags: a blank line that went through a logger
        static const QRegularExpression blank(QStringLiteral(R"(^\s*(?:\[[\w.:-]{1,80}\]\s*)*$)"));
        if (front.header.isThere() && blank.match(event.message).hasMatch())
            return;
        emitEvent(std::move(event));
    }

    static void readLogfmt(Event &event)
    {
        static const QRegularExpression shape(QStringLiteral(R"~((?:^|\s)msg=(?:"((?:[^"\\]|\\.)*)"|(\S+)))~"));
        static const QRegularExpression level(QStringLiteral(R"((?:^|\s)(?:level|lvl|severity)=)"));
        if (!event.message.contains(u"msg=") || !level.match(event.message).hasMatch())
            return;
        const auto match = shape.match(event.message);
        if (!match.hasMatch())
            return;
        static const QRegularExpression error(QStringLiteral(R"~((?:^|\s)(?:err|error)=(?:"((?:[^"\\]|\\.)*)"|(\S+)))~"));
        const auto cause = error.match(event.message);
        event.trace = event.message;
        event.message = QString(match.captured(1) + match.captured(2)).replace(QStringLiteral("\\\""), QStringLiteral("\""));
        if (cause.hasMatch())
            event.message += QStringLiteral(": ") + QString(cause.captured(1) + cause.captured(2)).replace(QStringLiteral("\\\""), QStringLiteral("\""));
    }

    QString clean(const QString &text, qsizetype cap, int &scrubbed)
    {
        if (text.isEmpty())
            return text;
        // Logs repeat themselves, above all in frames.
        const bool kept = text.size() <= qMin<qsizetype>(cap, longestKept);
        if (kept) {
            if (const auto known = m_cleaned.constFind(text); known != m_cleaned.cend()) {
                scrubbed += known->replaced;
                return known->text;
            }
        }
        // Secrets go before the cut, so that half of one is never left; a little more than the cap is enough for that.
        auto done = m_scrubber.scrub(text.size() > cap * 2 ? text.left(cap * 2) : text);
        scrubbed += done.replaced;
        done.text = text::plain(done.text, cap);
        if (kept && done.searched) {
            if (m_cleaned.size() >= mostKept)
                m_cleaned.clear();
            m_cleaned.insert(text, done);
        }
        return done.text;
    }

    void emitEvent(Event &&event)
    {
        event.record = m_record;
        event.received = nowMs();
        int count = 0;
        int ignored = 0;
        event.message = clean(event.message, messageCap, count);
        event.type = clean(event.type, 256, ignored);
        event.messageTemplate = clean(event.messageTemplate, messageCap, ignored);
        event.trace = event.trace.isEmpty() || event.trace == event.message ? QString() : clean(event.trace, traceCap, count);
        event.release = clean(event.release, 128, ignored);
        event.environment = clean(event.environment, 128, ignored);
        if (event.frames.size() > mostFrames)
            event.frames.resize(mostFrames);
        if (event.causes.size() > mostCauses)
            event.causes.resize(mostCauses);
        for (auto &frame : event.frames) {
            frame.function = clean(frame.function, 512, ignored);
            frame.file = clean(frame.file, 1024, ignored);
            frame.code = clean(frame.code, 200, ignored);
        }
        for (auto &cause : event.causes) {
            cause.type = clean(cause.type, 256, ignored);
            cause.message = clean(cause.message, messageCap, ignored);
        }
        for (auto it = event.tags.begin(); it != event.tags.end(); ++it)
            *it = text::Scrubber::isSecretKey(it.key()) ? QStringLiteral("[scrubbed]") : clean(*it, 1024, ignored);
        event.scrubbed = qMax(count, ignored > 0 ? 1 : 0);
        m_sink(std::move(event));
    }

    LineReader m_lines;
    QHash<QString, text::Scrubber::Text> m_cleaned;
    int m_record = 0;
    qint64 m_offset = 0;
    QByteArray m_chain; ///< identity of the last line read
    QString m_source;
    const text::Scrubber &m_scrubber;
    const ReadOptions &m_options;
    const std::function<void(Event &&)> &m_sink;
    Window m_window;
    std::map<QString, Line> m_partial;
    std::deque<Line> m_pieces; ///< of the last line read
    std::map<QString, QString> m_releases;
    bool m_timed = false;
    QString m_lastCrash; ///< stream, type and message
    int m_headed = 0; ///< plain records with a logger's header, and without
    int m_unheaded = 0;
};

} // namespace

Result<> readLog(QIODevice &device, const QString &source, const text::Scrubber &scrubber, const ReadOptions &options,
                 const std::function<void(Event &&)> &event, std::stop_token stop, Progress &progress)
{
    if (JournalExport::isOne(device)) {
        JournalExport lines(device);
        return readLog(lines, source, scrubber, options, event, stop, progress);
    }
    Reader reader(device, source, scrubber, options, event);
    const qint64 size = device.size();
    for (qint64 told = 0; reader.step();) {
        if (stop.stop_requested())
            return failCancelled();
        if (reader.offset() - told > (1 << 20)) {
            told = reader.offset();
            progress.report(told, size, QStringLiteral("reading %1").arg(source.section(u'/', -1)));
        }
    }
    return {};
}

Result<ReadPoint> readLogFrom(QIODevice &device, const QString &source, const text::Scrubber &scrubber, const ReadPoint &from, bool mayGrow,
                              qint64 most, const std::function<void(Event &&)> &event, std::stop_token stop)
{
    std::vector<Event> told; // since the last point
    const ReadOptions options;
    const std::function<void(Event &&)> keep = [&](Event &&each) { told.push_back(std::move(each)); };
    Reader reader(device, source, scrubber, options, keep, from);
    ReadPoint reached = from;
    while (reader.step()) {
        if (stop.stop_requested())
            break;
        if (mayGrow && reader.hasEnded())
            break;
        const auto point = reader.point();
        if (!point)
            continue;
        for (auto &each : told)
            event(std::move(each));
        told.clear();
        reached = *point;
        if (reached.offset - from.offset >= most)
            return reached;
    }
    if (!stop.stop_requested() && !mayGrow) {
        for (auto &each : told)
            event(std::move(each));
        if (const auto point = reader.point())
            reached = *point;
    }
    return reached;
}

Result<> readLog(const QString &path, const text::Scrubber &scrubber, const ReadOptions &options,
                 const std::function<void(Event &&)> &event, std::stop_token stop, Progress &progress)
{
    QFile file(path);
    const QFileInfo info(path);
    if (info.isDir())
        return failUsage(QStringLiteral("log.folder"), QStringLiteral("This is a folder, not a log file"), path,
                         QStringLiteral("Name the files in it."));
    if (!info.exists())
        return failNotFound(QStringLiteral("log.missing"), QStringLiteral("There is no such log file"), path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(QStringLiteral("log.open"), QStringLiteral("The log file cannot be read: %1").arg(file.errorString()), path);
    COPPICE_CHECK(readLog(file, QStringLiteral("file:") + info.absoluteFilePath(), scrubber, options, event, stop, progress));
    if (file.error() != QFileDevice::NoError)
        return fail(QStringLiteral("log.read"), QStringLiteral("Reading stopped: %1").arg(file.errorString()), path);
    return {};
}

} // namespace coppice::capture
