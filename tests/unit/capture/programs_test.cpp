// SPDX-License-Identifier: GPL-3.0-or-later
// Crashes of programs that the parsers were not written with (tests/support/programs): frameworks, loggers, pools, promises,
// wrapped causes. Read as one event with its type, message and own function, and grouped by defect over two builds.
#include "capture/ingest.h"
#include "support/test_main.h"

#include <QBuffer>
#include <QDir>
#include <QFile>
#include <QMap>
#include <QSet>
#include <QTest>

using namespace coppice;
using namespace coppice::capture;

namespace {

struct Case {
    QString what, mode, build, type, message, function, text;
};

QString folder()
{
    return QStringLiteral(COPPICE_SOURCE_DIR "/tests/unit/capture/data/programs");
}

QList<Case> casesOf(const QString &name)
{
    QFile file(folder() + u'/' + name);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QList<Case> cases;
    const QString whole = u'\n' + QString::fromUtf8(file.readAll());
    for (const auto &part : whole.split(QStringLiteral("\n=== "))) {
        const auto head = part.section(u'\n', 0, 0).split(u' ');
        if (head.size() == 3)
            cases.push_back({head[0], head[1], head[2], part.section(u'\n', 1, 1), part.section(u'\n', 2, 2), part.section(u'\n', 3, 3), part.section(u'\n', 4)});
    }
    return cases;
}

std::vector<Event> errorsIn(const QString &text)
{
    QByteArray bytes = text.toUtf8();
    QBuffer device(&bytes);
    device.open(QIODevice::ReadOnly);
    std::vector<Event> events;
    const text::Scrubber scrubber;
    const auto read = readLog(device, QStringLiteral("test"), scrubber, {}, [&](Event &&event) {
        if (event.level >= Level::Error || !event.type.isEmpty())
            events.push_back(std::move(event));
    });
    return read ? events : std::vector<Event>();
}

/// What is not as it must be; empty when all is.
QString wrongIn(const Case &wanted, const std::vector<Event> &events)
{
    if (events.size() != 1)
        return QStringLiteral("%1 events").arg(events.size());
    const Event &event = events.front();
    const auto last = [](const QString &name) { return name.split(u'.').last().split(u'$').last(); };
    if (wanted.type != u"*" && last(event.type) != last(wanted.type))
        return QStringLiteral("type %1, not %2").arg(event.type, wanted.type);
    if (wanted.message != u"*" && !event.message.startsWith(wanted.message))
        return QStringLiteral("message %1, not %2").arg(event.message, wanted.message);
    const auto own = std::find_if(event.frames.begin(), event.frames.end(), [](const Frame &frame) { return frame.inApp; });
    if (wanted.function != u"*" && (own == event.frames.end() || !own->function.contains(wanted.function)))
        return QStringLiteral("not in %1").arg(wanted.function);
    return {};
}

} // namespace

class ProgramsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void areReadAndGrouped()
    {
        int all = 0;
        int read = 0;
        int grouped = 0;
        for (const auto &name : QDir(folder()).entryList({QStringLiteral("*.txt")})) {
            Grouper grouper;
            const auto cases = casesOf(name);
            QMap<QString, QSet<int>> wanted; // one way to one defect
            QMap<QString, QSet<int>> got;
            for (const auto &build : {QStringLiteral("0"), QStringLiteral("1")}) {
                for (int i = 0; i < cases.size(); ++i) {
                    if (cases[i].build != build)
                        continue;
                    const auto events = errorsIn(cases[i].text);
                    const QString wrong = wrongIn(cases[i], events);
                    read += wrong.isEmpty();
                    if (!wrong.isEmpty())
                        qInfo("%s %s %s: %s", qPrintable(name), qPrintable(cases[i].what), qPrintable(cases[i].mode), qPrintable(wrong));
                    wanted[cases[i].what + u' ' + cases[i].mode] << i;
                    if (!events.empty())
                        got[grouper.keyOf(events.front()).fingerprint] << i;
                }
            }
            for (auto it = wanted.cbegin(); it != wanted.cend(); ++it) {
                const bool right = std::any_of(got.cbegin(), got.cend(), [&](const QSet<int> &group) {
                    return group.contains(*it) && std::all_of(group.begin(), group.end(), [&](int i) { return cases[i].what == it.key().section(u' ', 0, 0); });
                });
                grouped += right ? int(it->size()) : 0;
                if (!right)
                    qInfo("%s %s: grouped wrongly", qPrintable(name), qPrintable(it.key()));
            }
            all += int(cases.size());
        }
        qInfo("%d cases: %d read right (%.3f), %d grouped right (%.3f)", all, read, double(read) / all, grouped, double(grouped) / all);
        QVERIFY(all >= 300);
        QVERIFY(double(read) / all >= 0.98);
        QVERIFY(double(grouped) / all >= 0.98);
    }
};
COPPICE_TEST(ProgramsTest)
#include "programs_test.moc"
