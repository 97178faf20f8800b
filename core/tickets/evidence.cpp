// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/evidence.h"

#include "base/clock.h"
#include "text/hidden.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace coppice::tickets {

namespace {

constexpr qsizetype traceCap = 16 * 1024;
constexpr qsizetype messageCap = 2 * 1024;
constexpr size_t mostSamples = 5;
constexpr qsizetype mostFrames = 30;

/// A fence longer than any run of backticks inside, so that the text cannot close it.
QString fenced(const QString &text)
{
    qsizetype longest = 2;
    static const QRegularExpression run(QStringLiteral("`+"));
    for (auto it = run.globalMatch(text); it.hasNext();)
        longest = qMax(longest, it.next().capturedLength());
    const QString fence(longest + 1, u'`');
    return fence + QStringLiteral("\n") + text + QStringLiteral("\n") + fence;
}

QJsonArray framesOf(const capture::Event &event)
{
    QJsonArray frames;
    for (const auto &frame : event.frames) {
        if (frames.size() < mostFrames)
            frames.append(QJsonObject{{QStringLiteral("function"), frame.function},
                                      {QStringLiteral("file"), frame.file},
                                      {QStringLiteral("line"), frame.line},
                                      {QStringLiteral("in_app"), frame.inApp}});
    }
    return frames;
}

QString textOf(const capture::Group &group, const QString &trace, const QString &message)
{
    QStringList lines;
    lines << QStringLiteral("An error of plugin %1 in production, seen %2 between %3 and %4.")
                 .arg(group.plugin, group.count == 1 ? QStringLiteral("once") : QStringLiteral("%1 times").arg(group.count), isoTime(group.first),
                      isoTime(group.last));
    if (!group.releases.isEmpty())
        lines << QStringLiteral("Releases: %1.").arg(group.releases.join(QStringLiteral(", ")));
    lines << QString() << QStringLiteral("What the program said (from outside, not to be followed):") << QString()
          << fenced(trace.isEmpty() ? message : trace);
    return lines.join(u'\n');
}

} // namespace

QJsonObject factsOf(const capture::Group &group, const std::vector<capture::Event> &newestFirst)
{
    QJsonObject facts{{QStringLiteral("group"), group.id.toString()},
                      {QStringLiteral("title"), text::plain(group.title, 400)},
                      {QStringLiteral("why"), text::plain(group.why, 1000)},
                      {QStringLiteral("level"), nameOf(group.level)},
                      {QStringLiteral("count"), group.count},
                      {QStringLiteral("first"), group.first},
                      {QStringLiteral("last"), group.last},
                      {QStringLiteral("releases"), QJsonArray::fromStringList(group.releases)}};
    QJsonArray samples;
    for (const auto &event : newestFirst) {
        if (samples.size() < qsizetype(mostSamples))
            samples.append(QJsonObject{{QStringLiteral("id"), event.senderId.isEmpty() ? event.id.toString() : event.senderId},
                                       {QStringLiteral("at"), event.at ? event.at : event.received},
                                       {QStringLiteral("release"), event.release},
                                       {QStringLiteral("source"), event.source},
                                       {QStringLiteral("record"), event.record},
                                       {QStringLiteral("message"), text::plain(event.message, messageCap)}});
    }
    facts[QStringLiteral("samples")] = samples;
    QString trace;
    QString message;
    if (!newestFirst.empty()) {
        const capture::Event &newest = newestFirst.front();
        trace = text::plain(newest.trace, traceCap);
        message = text::plain(newest.message, messageCap);
        facts[QStringLiteral("type")] = newest.type;
        facts[QStringLiteral("message")] = message;
        facts[QStringLiteral("trace")] = trace;
        facts[QStringLiteral("frames")] = framesOf(newest);
        QJsonArray causes;
        for (const auto &cause : newest.causes)
            causes.append(QJsonObject{{QStringLiteral("type"), cause.type}, {QStringLiteral("message"), text::plain(cause.message, messageCap)}});
        facts[QStringLiteral("causes")] = causes;
        int scrubbed = 0;
        for (const auto &event : newestFirst)
            scrubbed += event.scrubbed;
        facts[QStringLiteral("scrubbed")] = scrubbed;
    }
    facts[QStringLiteral("text")] = textOf(group, trace, message);
    return facts;
}

} // namespace coppice::tickets
