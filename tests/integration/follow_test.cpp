// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 of `coppicectl ingest --follow` at random moments, while a log grows, is rotated by rename and by copy and
// truncation, and has half lines: every line is there once. COPPICE_FAULTS is the number of kills (10), COPPICE_SEED
// repeats what the writer does and when it is killed.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>
#include <QThread>

#include <atomic>
#include <thread>

#include <csignal>
#include <sys/wait.h>

using namespace coppice::test;

namespace {

/// A service and its logrotate, in one thread: nothing is written between a copy and the truncation, which would be lost
/// to any reader.
class Writer
{
public:
    Writer(QString path, quint32 seed) : m_path(std::move(path)), m_random(seed)
    {
        open();
        m_thread = std::thread([this] { write(); });
    }
    ~Writer() { stop(); }
    /// Answers how many lines were written; all are whole.
    int stop()
    {
        m_stop = true;
        if (m_thread.joinable())
            m_thread.join();
        m_file.close();
        return m_next - 1;
    }
    /// A line that a follower has stored.
    void saw(int line) { m_seen = line; }
    int renamed = 0, copied = 0, halves = 0;

private:
    void open()
    {
        m_file.setFileName(m_path);
        if (!m_file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
            qFatal("the log cannot be written");
    }
    QByteArray line()
    {
        const QByteArray number = QByteArray::number(m_next++);
        const QByteArray message = "request no " + number + " failed";
        if (m_random.bounded(2))
            return "{\"level\":\"error\",\"msg\":\"" + message + "\"}\n";
        return "ERROR " + message + '\n';
    }
    void put(const QByteArray &bytes)
    {
        if (m_file.write(bytes) != bytes.size())
            qFatal("the log cannot be written");
    }
    void pause(int most) { QThread::msleep(ulong(m_random.bounded(most) + 1)); }
    /// app.log.1 becomes app.log.2, and so on; none is thrown away.
    void shift()
    {
        int last = 0;
        while (QFile::exists(m_path + u'.' + QString::number(last + 1)))
            ++last;
        for (; last > 0; --last)
            QFile::rename(m_path + u'.' + QString::number(last), m_path + u'.' + QString::number(last + 1));
    }
    void rotate()
    {
        pause(30); // two rotations in one moment cannot be told apart, and do not happen
        shift();
        if (m_random.bounded(2)) {
            QFile::rename(m_path, m_path + QStringLiteral(".1"));
            if (m_random.bounded(2)) { // the service has the old file open for a while, and ends its line there
                const QByteArray last = line();
                put(last.left(last.size() / 2));
                pause(400);
                put(last.mid(last.size() / 2));
            }
            m_file.close();
            open();
            ++renamed;
        } else {
            QFile::copy(m_path, m_path + QStringLiteral(".1"));
            m_file.resize(0);
            ++copied;
        }
    }
    void write()
    {
        while (!m_stop) {
            for (int burst = m_random.bounded(1, 40); burst > 0; --burst)
                put(line());
            if (m_random.bounded(3) == 0) {
                const QByteArray whole = line();
                const int cut = m_random.bounded(1, int(whole.size()));
                put(whole.left(cut));
                pause(600);
                put(whole.mid(cut));
                ++halves;
            }
            pause(120);
            // What was copied twice while nobody looked is told apart by nothing: not before something of this file was read.
            if (m_random.bounded(6) == 0 && m_seen >= m_first) {
                rotate();
                m_first = m_next;
            }
        }
    }
    QString m_path;
    int m_first = 1; ///< line written after the last rotation
    std::atomic<int> m_seen = 0;
    QRandomGenerator m_random;
    QFile m_file;
    int m_next = 1;
    std::atomic<bool> m_stop = false;
    std::thread m_thread;
};

} // namespace

class FollowTest : public QObject
{
    Q_OBJECT
    Scratch m_scratch;
    Ctl m_bare{QStringLiteral(COPPICECTL), m_scratch.path(QStringLiteral("home"))};
    Ctl m_ctl = m_bare.on(m_scratch.path(QStringLiteral("library")));

    /// How often each line is held.
    QMap<int, int> held() const
    {
        static const QRegularExpression shape(QStringLiteral("request no ([0-9]+) failed"));
        QMap<int, int> lines;
        for (const auto &group : m_ctl({QStringLiteral("groups"), QStringLiteral("list")}).json[u"groups"].toArray()) {
            const auto shown = m_ctl({QStringLiteral("groups"), QStringLiteral("show"), group[u"id"].toString(), QStringLiteral("--limit"), QStringLiteral("1000000")});
            for (const auto &event : shown.json[u"events"].toArray()) {
                const QString message = event[u"message"].toString();
                const auto match = shape.match(message);
                ++lines[match.hasMatch() && message.count(QStringLiteral("request")) == 1 ? match.captured(1).toInt() : -1];
            }
        }
        return lines;
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString library = m_scratch.repository(QStringLiteral("library"), {{QStringLiteral("plugins/mail/package.json"), "{\"name\":\"mail\",\"version\":\"1.2.3\"}"}});
        QCOMPARE_EXIT(m_bare({QStringLiteral("init"), QStringLiteral("--adopt"), library}), 0);
    }
    void killed()
    {
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? quint32(qEnvironmentVariableIntValue("COPPICE_SEED"))
                                                                       : QRandomGenerator::global()->generate() % 1'000'000;
        const int faults = qEnvironmentVariableIsSet("COPPICE_FAULTS") ? qEnvironmentVariableIntValue("COPPICE_FAULTS") : 10;
        qInfo("COPPICE_SEED=%u", seed);
        QRandomGenerator random(seed);
        const QString log = m_scratch.path(QStringLiteral("logs/app.log"));
        QVERIFY(QDir().mkpath(m_scratch.path(QStringLiteral("logs"))));
        const QStringList follow{QStringLiteral("ingest"), QStringLiteral("--plugin"), QStringLiteral("mail"), QStringLiteral("--follow"), log};
        const QString said = m_scratch.path(QStringLiteral("said"));
        // It is followed from its beginning: what was rotated away before that is not asked for.
        QFile(log).open(QIODevice::WriteOnly);
        const pid_t first = pid_t(m_ctl.start(follow, said));
        QThread::msleep(2000);
        Writer writer(log, seed);
        QTRY_VERIFY_WITH_TIMEOUT(!held().isEmpty(), 60'000);
        ::kill(first, SIGKILL);
        ::waitpid(first, nullptr, 0);
        for (int i = 0; i < faults; ++i) {
            const pid_t pid = pid_t(m_ctl.start(follow, said));
            QThread::msleep(ulong(100 + random.bounded(2500)));
            // It only ends when it is killed.
            QVERIFY2(::waitpid(pid, nullptr, WNOHANG) == 0, m_scratch.read(QStringLiteral("said")).constData());
            ::kill(pid, SIGKILL);
            ::waitpid(pid, nullptr, 0);
            if (const auto read = held(); !read.isEmpty())
                writer.saw(read.lastKey());
            QThread::msleep(ulong(random.bounded(300)));
        }
        const int lines = writer.stop();
        // What is left is read by one that is not disturbed.
        const pid_t pid = pid_t(m_ctl.start(follow, said));
        QMap<int, int> found;
        for (int wait = 0; wait < 60 && found.size() < lines; ++wait) {
            QThread::msleep(1000);
            found = held();
        }
        QThread::msleep(1000);
        ::kill(pid, SIGTERM);
        ::waitpid(pid, nullptr, 0);
        found = held();
        qInfo("%d lines, %d renames, %d copies, %d half lines, %d kills", lines, writer.renamed, writer.copied, writer.halves, faults);
        QStringList wrong;
        for (int line = 1; line <= lines; ++line) {
            if (found.value(line) != 1)
                wrong << QStringLiteral("line %1 is there %2 times").arg(line).arg(found.value(line));
        }
        if (found.contains(-1))
            wrong << QStringLiteral("%1 events are no line").arg(found.value(-1));
        QVERIFY2(wrong.isEmpty(), qPrintable(QStringLiteral("%1 wrong: %2").arg(wrong.size()).arg(wrong.mid(0, 20).join(QStringLiteral("; ")))));
        QCOMPARE(found.size(), lines);
    }
};
COPPICE_TEST(FollowTest)
#include "follow_test.moc"
