// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 at random moments of receiving, and of fetching from a spool: every acknowledged event is there once.
// COPPICE_FAULTS is the number of kills (20), COPPICE_SEED repeats a sequence of moments.
#include "receiving.h"
#include "support/test_main.h"

#include <QRandomGenerator>
#include <QSet>
#include <QTest>

#include <atomic>
#include <mutex>
#include <thread>

using namespace coppice::test;

namespace {

QByteArray message(const QByteArray &id)
{
    return "{\"event_id\":\"" + id + "\"}\n{\"type\":\"event\"}\n{\"level\":\"error\",\"message\":\"could not open a file\"}\n";
}

/// Sends as fast as it is answered, on a few connections, until told to stop or nobody answers. Kits send again what was not
/// acknowledged, and so does this: first of all what is in `again`, where it leaves what remains.
class Senders
{
public:
    Senders(int port, const QByteArray &key, int &next, QByteArrayList &again) : m_next(next), m_again(again)
    {
        m_endless = true;
        start(port, key);
    }
    /// Only what is to be sent again.
    Senders(int port, const QByteArray &key, QByteArrayList &again) : m_next(m_none), m_again(again) { start(port, key); }
    /// Those that were acknowledged, and those of which nothing is known.
    void stop(QSet<QByteArray> &acknowledged, QSet<QByteArray> &sent)
    {
        m_stop = m_endless;
        for (auto &thread : m_threads)
            thread.join();
        acknowledged += m_acknowledged;
        sent += m_sent;
    }

private:
    void start(int port, const QByteArray &key)
    {
        for (int t = 0; t < 4; ++t)
            m_threads.emplace_back([this, port, key] { send(port, key); });
    }
    void send(int port, const QByteArray &key)
    {
        Peer peer(port);
        while (!m_stop && peer.isOpen()) {
            QByteArray id;
            {
                const std::lock_guard lock(m_mutex);
                if (!m_again.isEmpty()) {
                    id = m_again.takeFirst();
                } else if (!m_endless) {
                    return;
                } else {
                    const QByteArray number = QByteArray::number(++m_next);
                    id = QByteArray(32 - number.size(), 'a') + number;
                }
                m_sent << id;
            }
            const bool kept = peer.say(post("/api/1/envelope/?sentry_key=" + key, message(id))) && peer.status() == 200;
            const std::lock_guard lock(m_mutex);
            if (!kept) {
                m_again << id;
                return;
            }
            m_acknowledged << id;
        }
    }
    int m_none = 0;
    int &m_next;
    QByteArrayList &m_again;
    bool m_endless = false;
    std::atomic<bool> m_stop = false;
    std::mutex m_mutex;
    QSet<QByteArray> m_acknowledged, m_sent;
    std::vector<std::thread> m_threads;
};

} // namespace

class ReceiveFaultsTest final : public QObject
{
    Q_OBJECT

    QRandomGenerator m_random;
    int m_faults = 20;
    int m_next = 0;

    /// Every event that the library holds, with how often it is there.
    static QMap<QByteArray, int> held(const ServedLibrary &house)
    {
        QMap<QByteArray, int> ids;
        for (const auto &group : house.ctl({QStringLiteral("groups"), QStringLiteral("list")}).json[u"groups"].toArray()) {
            const auto shown = house.ctl({QStringLiteral("groups"), QStringLiteral("show"), group[u"id"].toString(), QStringLiteral("--limit"), QStringLiteral("1000000")});
            for (const auto &one : shown.json[u"events"].toArray())
                ++ids[one[u"id"].toString().toLatin1()];
            // The count of the group is what is in it.
            if (shown.json[u"count"].toInteger() != shown.json[u"events"].toArray().size())
                qFatal("a group says %lld and holds %lld", shown.json[u"count"].toInteger(), qint64(shown.json[u"events"].toArray().size()));
        }
        return ids;
    }
    static void compare(const QMap<QByteArray, int> &ids, const QSet<QByteArray> &acknowledged, const QSet<QByteArray> &sent)
    {
        for (const auto &id : acknowledged)
            QVERIFY2(ids.value(id) == 1, QByteArray(id + " is there " + QByteArray::number(ids.value(id)) + " times").constData());
        for (auto it = ids.begin(); it != ids.end(); ++it)
            QVERIFY2(it.value() == 1 && sent.contains(it.key()), QByteArray(it.key() + " was not sent once").constData());
    }

private Q_SLOTS:
    void initTestCase()
    {
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? quint32(qEnvironmentVariableIntValue("COPPICE_SEED"))
                                                                       : QRandomGenerator::global()->generate() % 1'000'000;
        qInfo("COPPICE_SEED=%u", seed);
        m_random.seed(seed);
        if (qEnvironmentVariableIsSet("COPPICE_FAULTS"))
            m_faults = qEnvironmentVariableIntValue("COPPICE_FAULTS");
    }

    void receiving()
    {
        ServedLibrary house;
        house.start();
        const QByteArray key = house.keyOf(QStringLiteral("mail"));
        QSet<QByteArray> acknowledged, sent;
        QByteArrayList again;
        for (int i = 0; i < (m_faults + 1) / 2; ++i) {
            if (i > 0)
                house.start();
            Senders senders(house.port, key, m_next, again);
            QThread::msleep(ulong(20 + m_random.bounded(400)));
            house.kill(SIGKILL);
            senders.stop(acknowledged, sent);
        }
        qInfo("%d kills: %lld of %lld events were acknowledged", (m_faults + 1) / 2, qint64(acknowledged.size()), qint64(sent.size()));
        QVERIFY(!acknowledged.isEmpty());
        compare(held(house), acknowledged, sent);
        // The kits are patient: in the end all of them are there.
        house.start();
        Senders(house.port, key, again).stop(acknowledged, sent);
        QCOMPARE(acknowledged, sent);
        compare(held(house), acknowledged, sent);
    }

    void fetchingFromASpool()
    {
        ServedLibrary house;
        const QString folder = house.scratch.path(QStringLiteral("spool"));
        // ssh is a program that runs what it is told, here: the far side is this machine.
        const QString bin = house.scratch.path(QStringLiteral("bin"));
        house.scratch.write(QStringLiteral("bin/ssh"), "#!/bin/sh\nfor last; do :; done\nexec sh -c \"$last\"\n");
        house.scratch.write(QStringLiteral("bin/coppicectl"), "#!/bin/sh\nexec " COPPICECTL " \"$@\"\n");
        for (const auto &name : {QStringLiteral("/ssh"), QStringLiteral("/coppicectl")})
            QVERIFY(QFile::setPermissions(bin + name, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        house.ctl.setEnv(QStringLiteral("PATH"), bin + u':' + qEnvironmentVariable("PATH"));
        Ctl spool(QStringLiteral(COPPICECTL), house.scratch.path(QStringLiteral("far")));
        QCOMPARE_EXIT(house.ctl({QStringLiteral("spool"), QStringLiteral("add"), QStringLiteral("prod"), QStringLiteral("--ssh"), QStringLiteral("ops@far"), QStringLiteral("--folder"), folder}), 0);
        QSet<QByteArray> acknowledged, sent;
        QByteArrayList unanswered;
        int port = 0, kills = 0;
        QByteArray key;
        for (int i = 0; i < (m_faults + 1) / 2; ++i) {
            // The spool is killed while it receives, and the engine while it fetches.
            const pid_t pid = pid_t(spool.start({QStringLiteral("serve"), QStringLiteral("--port"), QString::number(port), QStringLiteral("--spool"), folder}));
            for (int wait = 0; wait < 3000; ++wait) {
                QFile note(folder + QStringLiteral("/receiver.json"));
                const QJsonObject said = note.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(note.readAll()).object() : QJsonObject();
                if (said[u"pid"].toInt() == pid) {
                    port = said[u"port"].toInt();
                    break;
                }
                QThread::msleep(20);
            }
            if (key.isEmpty()) {
                const auto keys = spool({QStringLiteral("serve"), QStringLiteral("--spool"), folder, QStringLiteral("--port"), QString::number(port), QStringLiteral("--keys"), QStringLiteral("mail")});
                key = QUrl(keys.json[u"plugins"][0][u"dsn"].toString()).userName().toLatin1();
                QCOMPARE(key.size(), 32);
            }
            Senders senders(port, key, m_next, unanswered);
            const pid_t drain = pid_t(house.ctl.start({QStringLiteral("spool"), QStringLiteral("drain")}));
            QThread::msleep(ulong(20 + m_random.bounded(600)));
            kills += 2;
            if (m_random.bounded(2))
                ::kill(pid, SIGKILL);
            ::kill(drain, SIGKILL);
            ::waitpid(drain, nullptr, 0);
            QThread::msleep(ulong(m_random.bounded(100)));
            ::kill(pid, SIGKILL);
            ::waitpid(pid, nullptr, 0);
            senders.stop(acknowledged, sent);
        }
        QVERIFY(!acknowledged.isEmpty());
        const auto last = house.ctl({QStringLiteral("spool"), QStringLiteral("drain")});
        QCOMPARE_EXIT(last, 0);
        const auto again = house.ctl({QStringLiteral("spool"), QStringLiteral("drain"), QStringLiteral("prod")});
        QCOMPARE_EXIT(again, 0);
        QCOMPARE(again.json[u"events"].toInt(), 0);
        qInfo("%d kills: %lld of %lld events were acknowledged", kills, qint64(acknowledged.size()), qint64(sent.size()));
        compare(held(house), acknowledged, sent);
        QCOMPARE_EXIT(house.ctl({QStringLiteral("spool"), QStringLiteral("drain"), QStringLiteral("nobody")}), 3);
    }
};

COPPICE_TEST(ReceiveFaultsTest)
#include "receivefaults_test.moc"
