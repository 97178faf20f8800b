// SPDX-License-Identifier: GPL-3.0-or-later
// Crashes of real programs (tests/support/traces, recorded by record.py): read without configuration, behind what usually
// carries them, and grouped by raise site. Each program was built twice, with other lines, and raises in two places of
// each function.
#include "capture/ingest.h"
#include "support/test_main.h"

#include <QBuffer>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QSet>
#include <QTest>

#include <string>

using namespace coppice;
using namespace coppice::capture;

namespace {

struct Case {
    QString site; ///< language, function, place in it
    int build = 0;
    QString text;
};

QStringList languages()
{
    return {QStringLiteral("node"), QStringLiteral("python"), QStringLiteral("go"), QStringLiteral("java"), QStringLiteral("rust"),
            QStringLiteral("rust-short"), QStringLiteral("ruby"), QStringLiteral("php"), QStringLiteral("csharp")};
}

QList<Case> casesOf(const QString &language)
{
    QFile file(QStringLiteral(COPPICE_SOURCE_DIR "/tests/unit/capture/data/traces/%1.txt").arg(language));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QList<Case> cases;
    const auto lines = QString::fromUtf8(file.readAll()).split(u'\n');
    for (const auto &line : lines) {
        if (line.startsWith(u"=== ")) {
            const auto words = line.mid(4).split(u' ');
            cases.push_back({language + u' ' + words[0] + u' ' + words[1], words[2].toInt(), {}});
        } else if (!cases.isEmpty()) {
            cases.back().text += line + u'\n';
        }
    }
    return cases;
}

std::vector<Event> read(const QByteArray &text)
{
    QByteArray bytes = text;
    QBuffer device(&bytes);
    device.open(QIODevice::ReadOnly);
    std::vector<Event> events;
    const text::Scrubber scrubber;
    if (!readLog(device, QStringLiteral("test"), scrubber, {}, [&](Event &&event) { events.push_back(std::move(event)); }))
        return {};
    return events;
}

QString told(const Event &event)
{
    QStringList parts{event.type, event.message, nameOf(event.level)};
    for (const auto &frame : event.frames)
        parts << QStringLiteral("%1@%2:%3%4").arg(frame.function, frame.file).arg(frame.line).arg(frame.inApp ? "" : " (foreign)");
    for (const auto &cause : event.causes)
        parts << QStringLiteral("cause %1: %2").arg(cause.type, cause.message);
    return parts.join(u'\n');
}

QByteArray json(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

/// A line as something that carries logs writes it.
QByteArray carried(const QByteArray &line, const QString &by)
{
    if (by == u"docker")
        return json({{QStringLiteral("log"), QString::fromUtf8(line + '\n')}, {QStringLiteral("stream"), QStringLiteral("stderr")},
                     {QStringLiteral("time"), QStringLiteral("2026-11-22T10:00:00.123456789Z")}});
    if (by == u"kubernetes")
        return "2026-11-22T10:00:00.123456789Z stderr F " + line;
    if (by == u"syslog")
        return "Nov 22 10:00:00 web-1 app[4711]: " + line;
    if (by == u"journal")
        return json({{QStringLiteral("MESSAGE"), QString::fromUtf8(line)}, {QStringLiteral("PRIORITY"), QStringLiteral("6")},
                     {QStringLiteral("__REALTIME_TIMESTAMP"), QStringLiteral("1795341600000000")},
                     {QStringLiteral("_SYSTEMD_UNIT"), QStringLiteral("app.service")}, {QStringLiteral("_PID"), QStringLiteral("4711")}});
    if (by == u"compose")
        return "web-1  | " + line;
    return line;
}

} // namespace

class TracesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void isRecognised_data()
    {
        QTest::addColumn<QString>("language");
        for (const auto &language : languages())
            QTest::newRow(qPrintable(language)) << language;
    }
    /// One event each, with a type, its message and the plugin's own frame in front.
    void isRecognised()
    {
        QFETCH(QString, language);
        const auto cases = casesOf(language);
        QCOMPARE(cases.size(), 40);
        for (const auto &each : cases) {
            const auto events = read(each.text.toUtf8());
            const std::string what = QString(each.site + u'\n' + each.text).toStdString();
            QVERIFY2(events.size() == 1, (what + "events: " + std::to_string(events.size())).c_str());
            const Event &event = events.front();
            QVERIFY2(!event.type.isEmpty(), what.c_str());
            QVERIFY2(!event.message.isEmpty() && !event.message.contains(u'\n'), what.c_str());
            QVERIFY2(event.level >= Level::Error, what.c_str());
            QVERIFY2(!event.frames.empty() && std::any_of(event.frames.begin(), event.frames.end(), [](const Frame &f) { return f.inApp && f.line > 0; }), what.c_str());
            const bool rust = language.startsWith(u"rust");
            if (each.site.contains(u" save ") && !rust && language != u"go")
                QVERIFY2(!event.causes.empty() && event.causes.front().message.contains(u"refused"), (what + told(event).toStdString()).c_str());
        }
    }
    /// The same event whatever carries it, and with lines of another process in between.
    void isRecognisedBehindCarriers()
    {
        for (const auto &language : languages()) {
            for (const auto &each : casesOf(language)) {
                const auto direct = read(each.text.toUtf8());
                QVERIFY(!direct.empty());
                const auto lines = each.text.toUtf8().chopped(1).split('\n');
                for (const char *carrier : {"docker", "kubernetes", "syslog", "journal", "compose"}) {
                    const QString by = QString::fromLatin1(carrier);
                    QByteArray text;
                    for (const auto &line : lines) {
                        text += carried(line, by) + '\n';
                        if (by == u"compose")
                            text += "worker-2  | GET /health 200\n";
                        if (by == u"syslog")
                            text += "Nov 22 10:00:00 web-1 cron[12]: run finished\n";
                    }
                    std::vector<Event> crashes;
                    for (auto &event : read(text)) {
                        if (event.level >= Level::Error)
                            crashes.push_back(std::move(event));
                    }
                    QVERIFY2(crashes.size() == 1, qPrintable(each.site + u' ' + by + u'\n' + QString::fromUtf8(text)));
                    QCOMPARE(told(crashes.front()), told(direct.front()));
                }
            }
        }
    }
    /// The share of cases whose group holds exactly the cases of their raise site.
    void isGroupedByRaiseSite()
    {
        qsizetype all = 0;
        qsizetype right = 0;
        for (const auto &language : languages()) {
            Grouper grouper;
            QMap<QString, QSet<int>> wanted;
            QMap<QString, QSet<int>> got;
            const auto cases = casesOf(language);
            QList<int> order;
            for (int build : {0, 1}) {
                for (int i = 0; i < cases.size(); ++i) {
                    if (cases[i].build == build)
                        order << i;
                }
            }
            for (const int i : std::as_const(order)) {
                const auto events = read(cases[i].text.toUtf8());
                QVERIFY(!events.empty());
                wanted[cases[i].site] << i;
                got[grouper.keyOf(events.front()).fingerprint] << i;
            }
            qsizetype here = 0;
            QStringList wrong;
            for (auto it = wanted.cbegin(); it != wanted.cend(); ++it) {
                const bool exact = std::any_of(got.cbegin(), got.cend(), [&](const QSet<int> &group) { return group == *it; });
                here += exact ? it->size() : 0;
                if (!exact)
                    wrong << it.key();
            }
            qInfo("%-10s %lld of %lld right%s%s", qPrintable(language), qlonglong(here), qlonglong(cases.size()), wrong.isEmpty() ? "" : "; not: ",
                  qPrintable(wrong.join(QStringLiteral(", "))));
            all += cases.size();
            right += here;
        }
        qInfo("%lld of %lld cases right: %.3f", qlonglong(right), qlonglong(all), double(right) / double(all));
        QVERIFY(all >= 200);
        QVERIFY(double(right) / double(all) >= 0.98);
    }
};
COPPICE_TEST(TracesTest)
#include "traces_test.moc"
