// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/line.h"

#include "base/clock.h"
#include "text/hidden.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QRegularExpression>
#include <QTimeZone>

#include <algorithm>

namespace coppice::capture {

namespace {

QRegularExpression expression(const char *pattern)
{
    QRegularExpression made(QString::fromLatin1(pattern));
    made.optimize();
    return made;
}

/// A match that is looked for only where it may be there: even to say "none" costs QRegularExpression as much as reading the
/// head of a line without one.
class Tried
{
public:
    Tried(bool may, const QRegularExpression &shape, const QString &text)
    {
        if (may)
            m_match = shape.match(text);
    }
    Tried(bool may, const QRegularExpression &shape, QStringView text)
    {
        if (may)
            m_match = shape.match(text);
    }
    [[nodiscard]] bool hasMatch() const { return m_match && m_match->hasMatch(); }
    [[nodiscard]] QString captured(int group) const { return m_match->captured(group); }
    [[nodiscard]] QStringView capturedView(int group) const { return m_match->capturedView(group); }
    [[nodiscard]] qsizetype capturedLength() const { return m_match->capturedLength(); }
    [[nodiscard]] qsizetype capturedEnd() const { return m_match->capturedEnd(); }

private:
    std::optional<QRegularExpressionMatch> m_match;
};

int monthOf(QStringView name)
{
    static const QString names = QStringLiteral("janfebmaraprmayjunjulaugsepoctnovdec");
    const auto at = names.indexOf(name.left(3).toString().toLower());
    return at >= 0 && at % 3 == 0 ? int(at / 3) + 1 : 0;
}

qint64 msOf(int year, int month, int day, int hour, int minute, int second, QStringView fraction, QStringView zone)
{
    const QDate date(year, month, day);
    const QTime time(hour, minute, qMin(second, 59));
    if (!date.isValid() || !time.isValid())
        return 0;
    qint64 ms = QDateTime(date, time, Qt::UTC).toMSecsSinceEpoch();
    for (qsizetype i = 0, weight = 100; i < fraction.size() && weight > 0; ++i, weight /= 10)
        ms += fraction[i].digitValue() * weight;
    if (zone.startsWith(u'+') || zone.startsWith(u'-')) {
        const QString digits = zone.mid(1).toString().remove(u':');
        const int minutes = digits.left(2).toInt() * 60 + digits.mid(2, 2).toInt();
        ms += (zone[0] == u'+' ? -1 : 1) * qint64(minutes) * 60'000;
    }
    return ms;
}

// 2026-11-22T10:00:00.123Z, 2026/11/22 10:00:00,123 +0100
const QRegularExpression &isoTimeShape()
{
    static const auto made = expression(
        R"(^(\d{4})[-/.](\d\d)[-/.](\d\d)[T _-]+(\d\d)[:.](\d\d)[:.](\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|UTC|GMT|[+-]\d\d:?\d\d)\b|Z)?)");
    return made;
}
// 22/Nov/2026:10:00:00 +0000, 22-Nov-2026 10:00:00 UTC
const QRegularExpression &namedMonthShape()
{
    static const auto made = expression(R"(^(\d{1,2})[-/ ]([A-Z][a-z]{2})[-/ ](\d{4})[: ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?: ([+-]\d{4}|[A-Z]{3,4}|[A-Z][a-z]+/[A-Za-z_]+))?)");
    return made;
}
// Sun Nov 22 10:00:00.123 2026, Nov 22 10:00:00, Nov 22 2026 10:00:00
const QRegularExpression &syslogTimeShape()
{
    static const auto made = expression(R"(^(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) ([ \d]?\d)(?: (\d{4}))?,? (\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?: ([12]\d{3})\b)?)");
    return made;
}

struct Time {
    qint64 ms = 0;
    qsizetype length = 0;
};

Time timeAt(QStringView text)
{
    if (text.isEmpty() || !(text[0].isDigit() || text[0].isUpper()))
        return {};
    const auto number = [](const Tried &m, int group) { return m.capturedView(group).trimmed().toInt(); };
    const auto is = [&](qsizetype at, QStringView any) { return at < text.size() && any.contains(text[at]); };
    const bool digits = text[0].isDigit();
    if (const auto m = Tried(digits && is(4, u"-/."), isoTimeShape(), text); m.hasMatch())
        return {msOf(number(m, 1), number(m, 2), number(m, 3), number(m, 4), number(m, 5), number(m, 6), m.capturedView(7), m.capturedView(8)),
                m.capturedLength()};
    if (const auto m = Tried(digits && (is(1, u"-/ ") || is(2, u"-/ ")), namedMonthShape(), text); m.hasMatch())
        return {msOf(number(m, 3), monthOf(m.capturedView(2)), number(m, 1), number(m, 4), number(m, 5), number(m, 6), m.capturedView(7), m.capturedView(8)),
                m.capturedLength()};
    if (const auto m = Tried(!digits && is(3, u" "), syslogTimeShape(), text); m.hasMatch() && monthOf(m.capturedView(1))) {
        const QDate today = QDateTime::fromMSecsSinceEpoch(nowMs(), Qt::UTC).date();
        const int month = monthOf(m.capturedView(1));
        int year = number(m, 3) ? number(m, 3) : number(m, 8);
        if (!year) // none is written: the last such day
            year = month > today.month() || (month == today.month() && number(m, 2) > today.day() + 1) ? today.year() - 1 : today.year();
        return {msOf(year, month, number(m, 2), number(m, 4), number(m, 5), number(m, 6), m.capturedView(7), {}), m.capturedLength()};
    }
    // 10:00:00.123 alone: the day is not known, and today is the best guess
    static const auto clock = expression(R"(^(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?=[\]\s|]))");
    if (const auto m = Tried(digits && is(2, u":"), clock, text); m.hasMatch()) {
        const QDate today = QDateTime::fromMSecsSinceEpoch(nowMs(), Qt::UTC).date();
        return {msOf(today.year(), today.month(), today.day(), number(m, 1), number(m, 2), number(m, 3), m.capturedView(4), {}),
                m.capturedLength()};
    }
    return {};
}

std::optional<Level> levelWord(QStringView word)
{
    if (word.size() < 3 || word.size() > 11 || !QStringView(u"tvdinwescfpaTVDINWESCFPA").contains(word[0]))
        return {};
    static constexpr QStringView known[] = {
        u"TRACE", u"VERBOSE", u"DEBUG", u"DBG", u"INFO", u"INF", u"NOTICE", u"WARN", u"WARNING", u"WRN", u"ERROR", u"ERR", u"SEVERE", u"CRITICAL", u"CRIT",
        u"FATAL", u"PANIC", u"ALERT", u"EMERG", u"EMERGENCY", u"trace", u"verbose", u"debug", u"info", u"notice", u"warn", u"warning", u"error", u"err",
        u"severe", u"critical", u"crit", u"fatal", u"panic", u"alert", u"emerg", u"Trace", u"Verbose", u"Debug", u"Info", u"Information", u"Notice",
        u"Warn", u"Warning", u"Error", u"Severe", u"Critical", u"Fatal"};
    if (std::ranges::find(known, word) == std::end(known))
        return {};
    return levelFrom(word.toString());
}

/// The level and the start of the message behind a time, or at the start of the line (then only where it is plainly one).
void readLevel(const QString &text, Header &header, qsizetype from, bool afterTime)
{
    qsizetype at = from;
    const auto skipSeparators = [&] {
        while (at < text.size() && (text[at] == u' ' || text[at] == u'|' || text[at] == u'\t'
                                    || (text[at] == u'-' && at + 1 < text.size() && text[at + 1] == u' ')
                                    || (text[at] == u':' && at + 1 < text.size() && text[at + 1] == u' ')))
            ++at;
    };
    skipSeparators();
    qsizetype look = at;
    for (int fields = 0; fields < (afterTime ? 5 : 1) && look < text.size(); ++fields) {
        const bool bracket = text[look] == u'[' || text[look] == u'(' || text[look] == u'<';
        qsizetype start = bracket ? look + 1 : look;
        while (bracket && start < text.size() && text[start] == u' ')
            ++start;
        qsizetype end = start;
        while (end < text.size() && (bracket ? text[end] != u']' && text[end] != u')' && text[end] != u'>' : !text[end].isSpace() && text[end] != u':' && text[end] != u'|'))
            ++end;
        QStringView word = QStringView(text).mid(start, end - start).trimmed();
        QStringView levelPart = word;
        if (bracket) { // [app.ERROR], [core:error], [ERROR/MainProcess]
            if (const auto dot = word.lastIndexOf(u'.'); dot >= 0)
                levelPart = word.mid(dot + 1);
            else if (const auto colon = word.indexOf(u':'); colon >= 0)
                levelPart = word.mid(colon + 1);
            else if (const auto slash = word.indexOf(u'/'); slash > 0)
                levelPart = word.left(slash);
        } else if (const auto dot = word.lastIndexOf(u'.'); dot > 0 && afterTime) {
            levelPart = word.mid(dot + 1); // production.ERROR:
        }
        const auto level = levelWord(levelPart);
        const bool closedByColon = !bracket && end < text.size() && text[end] == u':';
        const bool upper = std::none_of(levelPart.begin(), levelPart.end(), [](QChar c) { return c.isLower(); });
        // Without a time before it, "Error" may just be the first word, and "Error: x" is an exception.
        const bool plainly = afterTime || bracket || (closedByColon && levelPart != u"Error") || (upper && levelPart.size() > 3);
        // The first words of a crash, not a level: "panic: …", "Fatal error: …"
        const bool isCrash = (levelPart == u"panic" && !bracket && end < text.size() && text[end] != u'\t') || (closedByColon && QStringView(text).mid(from).trimmed().startsWith(u"Stack trace:")) || (levelPart == u"Fatal" && QStringView(text).mid(end).startsWith(u" error"));
        if (isCrash)
            break;
        if (level && afterTime && closedByColon && levelPart == u"Error" && look >= from + 2)
            break; // further in: a line of something larger
        if (level && plainly) {
            header.level = level;
            // "Error: no such order" is how JavaScript names what was thrown, too
            qsizetype body = !bracket && closedByColon && levelPart == u"Error" ? start : end;
            while (body < text.size() && (text[body] == u']' || text[body] == u')' || text[body] == u'>' || text[body] == u':' || text[body] == u'|'))
                ++body;
            if (body + 2 < text.size() && text[body] == u' ' && text[body + 1] == u'-' && text[body + 2] == u' ')
                body += 2;
            header.body = body;
            return;
        }
        if (!bracket && !afterTime)
            break;
        if (!bracket && closedByColon)
            break; // the message has begun
        look = bracket ? end + 1 : end;
        while (look < text.size() && (text[look] == u' ' || text[look] == u'|' || text[look] == u'-' || text[look] == u':'))
            ++look;
    }
    header.body = from;
}

void readHeader(Line &line)
{
    const QString &text = line.text;
    if (text.isEmpty() || text[0].isSpace())
        return;
    // E1122 10:00:00.123456   12 file.go:12] message
    static const auto glog = expression(R"(^([IWEF])(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d+)\s+\d+ [^\s\]]+\] )");
    if (const auto m = Tried(text.size() > 20 && text[1].isDigit(), glog, text); m.hasMatch()) {
        line.header.level = levelFrom(m.captured(1));
        const int year = QDateTime::fromMSecsSinceEpoch(nowMs(), Qt::UTC).date().year();
        line.header.time = msOf(year, m.captured(2).toInt(), m.captured(3).toInt(), m.captured(4).toInt(), m.captured(5).toInt(),
                                m.captured(6).toInt(), m.capturedView(7), {});
        line.header.body = m.capturedEnd();
        return;
    }
    // Ruby: E, [2026-11-22T10:00:00.123456 #12] ERROR -- prog: message
    static const auto ruby = expression(R"(^[DIWEFAU], \[(\d{4}-\d\d-\d\dT[\d:.]+) #\d+\] +([A-Z]+) -- [^:\n]{0,80}: ?)");
    if (const auto m = Tried(text.size() > 20 && text[1] == u',', ruby, text); m.hasMatch()) {
        line.header.level = levelFrom(m.captured(2));
        line.header.time = timeFrom(m.captured(1));
        line.header.body = m.capturedEnd();
        return;
    }
    // .NET's console: "fail: Some.Category[3]", the message indented below
    static const auto console = expression(R"(^(trce|dbug|info|warn|fail|crit): (?=[\w.`+<>]+\[-?\d+\]))");
    if (const auto m = Tried(text.size() > 6 && text[4] == u':', console, text); m.hasMatch()) {
        const QStringView word = m.capturedView(1);
        line.header.level = word == u"trce" ? Level::Trace : word == u"dbug" ? Level::Debug : word == u"fail" ? Level::Error : word == u"crit" ? Level::Fatal
            : word == u"warn" ? Level::Warning : Level::Info;
        line.header.body = m.capturedEnd();
        return;
    }
    // time=… level=error msg="…"
    static const auto logfmt = expression(R"((?:^|\s)(?:level|lvl|severity)=\"?([A-Za-z]+)\"?(?=\s|$))");
    if (text.contains(u'=') && (text.contains(QStringLiteral("l=")) || text.contains(QStringLiteral("severity=")))) {
        static const auto shape = expression(R"(^[A-Za-z_.]+=(?:"[^"]*"|\S*) )");
        if (const auto m = logfmt.match(text); m.hasMatch() && shape.match(text).hasMatch()) {
            line.header.level = levelFrom(m.captured(1));
            static const auto when = expression(R"((?:^|\s)(?:time|ts|timestamp|t)=\"?([^\s\"]+))");
            if (const auto t = when.match(text); t.hasMatch())
                line.header.time = timeFrom(t.captured(1));
            return;
        }
    }
    const bool bracket = text[0] == u'[' || text[0] == u'(';
    qsizetype start = bracket ? 1 : 0;
    const Time time = timeAt(QStringView(text).mid(start));
    if (time.ms) {
        line.header.time = time.ms;
        qsizetype end = start + time.length;
        if (bracket) {
            while (end < text.size() && text[end] != u']' && text[end] != u')' && end - start < 64)
                ++end;
            ++end;
        }
        end = qMin(end, text.size());
        readLevel(text, line.header, end, true);
    } else {
        readLevel(text, line.header, 0, false);
        if (!line.header.level)
            line.header.body = 0;
        // [main] 2026-… and INFO 2026-…
        if (!line.header.level && bracket)
            return;
    }
    if (line.header.isThere() && line.header.body < text.size() && text[line.header.body] == u' ')
        ++line.header.body; // one space belongs to the header; more belong to the message
}

/// A time in front of a line that has a head of its own, as those who pass lines on put it there.
bool takeTime(Line &line, bool timed)
{
    const Time time = timeAt(line.text);
    if (!time.ms || time.length + 2 >= line.text.size() || line.text[time.length] != u' ')
        return false;
    const QStringView rest = QStringView(line.text).mid(time.length + 1);
    bool headed = timed || timeAt(rest[0] == u'[' ? rest.mid(1) : rest).ms != 0;
    if (!headed && rest[0] == u'{') {
        QJsonParseError problem;
        QJsonDocument::fromJson(rest.toUtf8(), &problem);
        headed = problem.error == QJsonParseError::NoError;
    }
    if (!headed)
        return false;
    line.time = time.ms;
    line.timed = true;
    line.text.remove(0, time.length + 1);
    return true;
}

/// True when it took something off. Few lines have a carrier: each shape is tried only where a sign or two allow it.
bool takeCarrier(Line &line, bool timed)
{
    QString &text = line.text;
    if (text.size() < 8)
        return false;
    // Kubernetes (CRI): 2026-11-22T10:00:00.123456789Z stderr F message
    static const auto cri = expression(R"(^(\d{4}-\d\d-\d\dT\S{8,30}) (?:stdout|stderr) ([FP]) ?)");
    if (text[0].isDigit()) {
        const bool dated = text[4] == u'-' && text[7] == u'-';
        if (const auto m = Tried(dated, cri, text); m.hasMatch()) {
            line.time = timeFrom(m.captured(1));
            line.partial = m.capturedView(2) == u"P";
            text.remove(0, m.capturedEnd());
            return true;
        }
        // docker logs --timestamps and the like: seven or more digits after the second, then the line as it was
        static const auto docker = expression(R"(^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7,9}Z) )");
        if (const auto m = Tried(dated, docker, text); m.hasMatch()) {
            line.time = timeFrom(m.captured(1));
            text.remove(0, m.capturedEnd());
            return true;
        }
        // journalctl -o short-iso, Heroku: 2026-11-22T10:00:00+0000 host app[12]: message
        static const auto journal = expression(R"(^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?) (?:(\S+) )?([^\s\[\]:"{}(),]+)\[([\w.-]+)\]: ?)");
        if (const auto m = Tried(dated, journal, text); m.hasMatch()) {
            line.time = timeFrom(m.captured(1));
            line.stream += m.captured(3) + u'[' + m.captured(4) + u']';
            text.remove(0, m.capturedEnd());
            return true;
        }
        if (!line.timed && takeTime(line, timed))
            return true;
        // pm2: 0|app  | message
        static const auto pm2 = expression(R"(^(\d+\|[\w.-]+)\s*\| ?)");
        if (const auto m = Tried(text.contains(u'|'), pm2, text); m.hasMatch()) {
            line.stream += m.captured(1);
            text.remove(0, m.capturedEnd());
            return true;
        }
    }
    // syslog: <34>Nov 22 10:00:00 host app[12]: message
    static const auto syslog = expression(R"(^(?:<(\d{1,3})>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?) (\S+) ([^\s\[\]:]+)(?:\[(\d+)\])?: ?)");
    // syslog, RFC 5424: <34>1 2026-… host app 12 id [structured data] message
    static const auto syslog5424 = expression(R"(^<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) (?:-|(?:\[[^\]]*\])+) ?(?:\x{FEFF})?)");
    if (text[0] == u'<' || (text[0].isUpper() && text[3] == u' ' && text[6] == u' ')) {
        auto m = syslog.match(text);
        const bool modern = !m.hasMatch() && text[0] == u'<';
        if (modern)
            m = syslog5424.match(text);
        if (m.hasMatch()) {
            line.time = timeFrom(m.captured(2));
            line.stream += m.captured(4) + u'[' + m.captured(5) + u']';
            if (const QString priority = m.captured(1); !priority.isEmpty())
                line.level = levelFrom(QString::number(priority.toInt() & 7));
            text.remove(0, m.capturedEnd());
            return true;
        }
    }
    // docker compose, foreman: web-1  | message; kubectl --prefix: [pod/web-1/app] message
    static const auto compose = expression(R"(^(?:\d\d:\d\d:\d\d )?([A-Za-z][\w.-]*[-_.]\d+)\s+\| ?)");
    static const auto kubectl = expression(R"(^\[(pod/[\w./-]+)\] )");
    // stern and the like: a pod, ending in five of the signs that Kubernetes draws from, and a container
    static const auto pod = expression(R"(^([a-z0-9][a-z0-9.-]*-[bcdfghjklmnpqrstvwxz2456789]{5} [a-z0-9][a-z0-9-]*) )");
    const auto word = text.indexOf(u' ');
    const std::pair<bool, const QRegularExpression *> shapes[] = {
        {text.contains(u'|'), &compose}, {text.startsWith(u"[pod/"), &kubectl}, {word > 6 && text[word - 6] == u'-', &pod}};
    for (const auto &[may, shape] : shapes) {
        if (const auto m = Tried(may, *shape, text); m.hasMatch()) {
            line.stream += m.captured(1);
            text.remove(0, m.capturedEnd());
            return true;
        }
    }
    return false;
}

/// Docker's json-file and journald -o json carry one line in a JSON object.
bool takeJsonCarrier(Line &line, const QJsonObject &object)
{
    if (object.contains(u"log") && object.contains(u"stream") && object[u"log"].isString()) {
        line.time = timeFrom(object[u"time"].toString());
        line.text = object[u"log"].toString();
        line.partial = !line.text.endsWith(u'\n');
        while (line.text.endsWith(u'\n') || line.text.endsWith(u'\r'))
            line.text.chop(1);
        return true;
    }
    if (object.contains(u"MESSAGE") && (object.contains(u"__REALTIME_TIMESTAMP") || object.contains(u"PRIORITY"))) {
        const QJsonValue message = object[u"MESSAGE"];
        if (message.isArray()) { // bytes, where it is not UTF-8
            QByteArray bytes;
            const QJsonArray array = message.toArray();
            for (const auto &byte : array)
                bytes.append(char(byte.toInt()));
            line.text = QString::fromUtf8(bytes);
        } else {
            line.text = message.toString();
        }
        line.time = object[u"__REALTIME_TIMESTAMP"].toString().toLongLong() / 1000;
        if (const QString priority = object[u"PRIORITY"].toVariant().toString(); !priority.isEmpty())
            line.level = levelFrom(priority);
        line.stream += object[u"_SYSTEMD_UNIT"].toString() + u'[' + object[u"_PID"].toVariant().toString() + u']';
        return true;
    }
    return false;
}

} // namespace

qint64 timeFrom(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (const Time time = timeAt(trimmed); time.ms)
        return time.ms;
    bool isNumber = false;
    double number = trimmed.toDouble(&isNumber);
    if (!isNumber || number < 1e8)
        return 0;
    while (number >= 1e14) // micro- or nanoseconds
        number /= 1000;
    return qint64(number >= 1e11 ? number : number * 1000);
}

void dissect(Line &line, bool timed)
{
    for (int depth = 0; depth < 4; ++depth) {
        if (line.text.startsWith(u'{')) {
            QJsonParseError problem;
            const auto document = QJsonDocument::fromJson(line.text.toUtf8(), &problem);
            if (problem.error == QJsonParseError::NoError && document.isObject()) {
                if (takeJsonCarrier(line, document.object())) {
                    line.text = text::withoutTerminalCodes(line.text.remove(QChar(u'\0')));
                    continue;
                }
                line.isJson = true;
                line.json = document.object();
                return;
            }
            break;
        }
        if (!takeCarrier(line, timed))
            break;
    }
    readHeader(line);
}

} // namespace coppice::capture
