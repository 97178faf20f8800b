// SPDX-License-Identifier: GPL-3.0-or-later
// A real Redmine from Debian's packages: issues made, changed on both sides, opened again, an answer that is lost on the way,
// a wrong key, and texts that would do something if they were not taken literally.
#include "support/scratch.h"
#include "support/test_main.h"

#include <base/clock.h>
#include <net/http.h>
#include <tickets/trackers.h>

#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

#include <unistd.h>

namespace coppice::tickets {
std::vector<store::Migration> migrations();
}
namespace coppice::forges {
std::vector<store::Migration> migrations();
}
namespace coppice::capture {
std::vector<store::Migration> migrations();
}
namespace coppice::journal {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::tickets;
using State = Ticket::State;

namespace {

const Actor ann{Actor::Kind::Person, QStringLiteral("ann")};
const QString shippedDatabase = QStringLiteral("/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default");

bool isInstalled()
{
    return QFileInfo::exists(QStringLiteral("/usr/share/redmine/config/environment.rb")) && QFileInfo(shippedDatabase).isReadable();
}

/// Passes requests on to Redmine; the next answer to a method can be lost after Redmine has given it.
class Lossy
{
public:
    explicit Lossy(QByteArray to) : m_to(std::move(to)), m_server([this](const auto &request, auto &answer, const auto &stop) { pass(request, answer, stop); }, {})
    {
        m_port = m_server.listenTcp(0).value();
    }
    [[nodiscard]] QString base() const { return QStringLiteral("http://127.0.0.1:%1").arg(m_port); }
    void lose(const QByteArray &method)
    {
        const std::lock_guard lock(m_mutex);
        m_lose = method;
    }

private:
    void pass(net::HttpRequest request, net::HttpAnswer &answer, const std::stop_token &stop)
    {
        const QByteArray method = request.method;
        request.target = m_to + request.target;
        auto got = net::httpSend(request, 60'000, stop);
        bool lose = false;
        {
            const std::lock_guard lock(m_mutex);
            lose = m_lose == method;
            if (lose)
                m_lose.clear();
        }
        if (lose || !got) {
            answer.begin(200, {});
            answer.write("{");
            return;
        }
        std::erase_if(got->headers, [](const auto &header) { return header.first == "transfer-encoding" || header.first == "content-length" || header.first == "connection"; });
        answer.send(*got);
    }
    QByteArray m_to;
    std::mutex m_mutex;
    QByteArray m_lose;
    quint16 m_port = 0;
    net::HttpServer m_server;
};

} // namespace

class TrackerRedmineTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    QProcess m_redmine;
    QByteArray m_url;
    QByteArray m_key;
    std::unique_ptr<Lossy> m_lossy;
    std::unique_ptr<store::Database> m_state, m_events;
    std::unique_ptr<journal::Journal> m_journal;
    TrackerPlaces m_places;

    std::unique_ptr<store::Database> open(const char *name)
    {
        auto database = store::Database::open(m_scratch.path(QLatin1String(name) + QStringLiteral(".db")));
        std::vector<store::Migration> steps;
        for (const auto &room : {journal::migrations(), capture::migrations(), forges::migrations(), tickets::migrations()}) {
            for (const auto &step : room) {
                if (qstrcmp(step.database, name) == 0)
                    steps.push_back(step);
            }
        }
        if (!database || !(*database)->migrate(steps))
            qFatal("no database");
        return std::move(*database);
    }
    net::HttpResponse ask(const QByteArray &method, const QByteArray &path, const QJsonObject &body = {})
    {
        net::HttpRequest request{method, m_url + path, {{"x-redmine-api-key", m_key}, {"content-type", "application/json"}}, body.isEmpty() ? QByteArray() : QJsonDocument(body).toJson()};
        const auto answer = net::httpSend(request, 60'000);
        return answer ? *answer : net::HttpResponse{0, {}, {}};
    }
    QJsonArray issues()
    {
        return QJsonDocument::fromJson(ask("GET", "/projects/weather/issues.json?status_id=*&limit=100").body).object()[u"issues"].toArray();
    }
    QJsonObject issue(const QString &remote)
    {
        return QJsonDocument::fromJson(ask("GET", "/issues/" + remote.section(u'/', -1).toLatin1() + ".json?include=journals").body).object()[u"issue"].toObject();
    }
    /// The description of an issue as people see it.
    QByteArray page(const QString &remote)
    {
        const QByteArray body = ask("GET", "/issues/" + remote.section(u'/', -1).toLatin1() + "?key=" + m_key).body;
        const qsizetype from = body.indexOf("<div class=\"description\">");
        return from < 0 ? QByteArray() : body.mid(from, body.indexOf("</div>\n\n", from + 400) - from);
    }
    QString ticket(const QString &type, const QString &trace = QStringLiteral("boom"))
    {
        capture::Event event;
        event.plugin = QStringLiteral("weather");
        event.level = capture::Level::Error;
        event.type = type;
        event.message = QStringLiteral("no @admin, see #1");
        event.trace = trace;
        event.frames = {{type, QStringLiteral("/srv/") + type, 3, true}};
        capture::EventStore events(*m_events);
        Tickets tickets(*m_state, *m_journal);
        const auto made = tickets.fromGroup(ann, events, events.add({event})->groups.front());
        return tickets.move(ann, made->id.toString(), State::Accepted)->id.toString();
    }
    Ticket get(const QString &id) { return *Tickets(*m_state, *m_journal).get(id); }
    Result<TrackerReport> step() { return TrackerSync(*m_state, *m_journal).step(m_places, true); }

private Q_SLOTS:
    void initTestCase()
    {
        if (!isInstalled() && geteuid() == 0) {
            QProcess install;
            install.start(QStringLiteral(COPPICE_TESTS_DIR) + QStringLiteral("/clients/redmine/install.sh"));
            install.waitForFinished(600'000);
        }
        if (!isInstalled())
            QSKIP("Redmine is not installed: as root, tests/clients/redmine/install.sh");
        QVERIFY(QFile::copy(shippedDatabase, m_scratch.path(QStringLiteral("redmine.sqlite"))));
        const int port = 20'000 + int(getpid() % 20'000);
        m_url = "http://127.0.0.1:" + QByteArray::number(port);
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("DATABASE_URL"), QStringLiteral("sqlite3:") + m_scratch.path(QStringLiteral("redmine.sqlite")));
        m_redmine.setProcessEnvironment(environment);
        m_redmine.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_redmine.start(QStringLiteral("ruby"), {QStringLiteral(COPPICE_TESTS_DIR) + QStringLiteral("/clients/redmine/serve.rb"), QString::number(port)});
        while (!m_key.startsWith("KEY ") && m_redmine.waitForReadyRead(240'000))
            m_key = m_redmine.readLine().trimmed();
        QVERIFY2(m_key.startsWith("KEY "), "Redmine does not start");
        m_key = m_key.mid(4);
        QTRY_COMPARE_WITH_TIMEOUT(ask("GET", "/projects.json").status, 200, 60'000);

        m_lossy = std::make_unique<Lossy>(m_url);
        m_state = open("state");
        m_events = open("events");
        m_journal = std::make_unique<journal::Journal>(*m_state);
        m_journal->addProjector(ticketProjector());
        forges::Place place;
        place.kind = QStringLiteral("redmine");
        place.baseUrl = m_lossy->base();
        place.project = QStringLiteral("weather");
        place.token = QStringLiteral("env:COPPICE_TEST_REDMINE");
        qputenv("COPPICE_TEST_REDMINE", m_key);
        m_places.ofPlugin.insert(QStringLiteral("weather"), place);
    }
    void cleanupTestCase()
    {
        m_redmine.kill();
        m_redmine.waitForFinished();
    }

    void bothWays()
    {
        const QString id = ticket(QStringLiteral("Both"));
        auto report = step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->problems, QStringList());
        QCOMPARE(report->created.size(), 1);
        const QString remote = get(id).remote;
        QCOMPARE(issue(remote)[u"status"][u"name"].toString(), QStringLiteral("New"));

        // Said there, and closed there.
        const QByteArray path = "/issues/" + remote.section(u'/', -1).toLatin1() + ".json";
        QCOMPARE(ask("PUT", path, {{QStringLiteral("issue"), QJsonObject{{QStringLiteral("notes"), QStringLiteral("It is the cache.")}, {QStringLiteral("assigned_to_id"), 1}}}}).status, 204);
        QVERIFY_RESULT(step());
        auto comments = Tickets(*m_state, *m_journal).comments(id);
        QCOMPARE(comments->size(), size_t(1));
        QCOMPARE(comments->at(0).text, QStringLiteral("It is the cache."));
        QCOMPARE(get(id).assignee, QStringLiteral("Redmine Admin"));
        QCOMPARE(ask("PUT", path, {{QStringLiteral("issue"), QJsonObject{{QStringLiteral("status_id"), 5}}}}).status, 204);
        QTest::qWait(1100); // Redmine's times have seconds
        QVERIFY_RESULT(step());
        QCOMPARE(get(id).state, State::Closed);

        // Opened again there, then closed and opened again here.
        QCOMPARE(ask("PUT", path, {{QStringLiteral("issue"), QJsonObject{{QStringLiteral("status_id"), 2}}}}).status, 204);
        QTest::qWait(1100);
        QVERIFY_RESULT(step());
        QCOMPARE(get(id).state, State::Inbox);
        Tickets tickets(*m_state, *m_journal);
        QVERIFY_RESULT(tickets.comment(ann, id, QStringLiteral("Looking at it, @admin #1")));
        QVERIFY_RESULT(tickets.move(ann, id, State::Declined, {{QStringLiteral("reason"), QStringLiteral("as designed")}}));
        report = step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->problems, QStringList());
        QCOMPARE(issue(remote)[u"status"][u"name"].toString(), QStringLiteral("Rejected"));
        QVERIFY_RESULT(tickets.move(ann, id, State::Inbox, {{QStringLiteral("regressed"), true}, {QStringLiteral("reason"), QStringLiteral("It came back.")}}));
        QTest::qWait(1100);
        report = step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->problems, QStringList());
        QCOMPARE(issue(remote)[u"status"][u"is_closed"].toBool(), false);
        QTest::qWait(1100);
        QVERIFY_RESULT(step());
        QCOMPARE(get(id).state, State::Inbox);
        QCOMPARE(tickets.comments(id)->size(), size_t(2)); // none of ours came back as somebody else's
        int notes = 0;
        for (const auto &each : issue(remote)[u"journals"].toArray())
            notes += each[u"notes"].toString().isEmpty() ? 0 : 1;
        QCOMPARE(notes, 4); // theirs, ours, and the two reasons
    }

    void aLostAnswer()
    {
        const auto before = issues().size();
        const QString id = ticket(QStringLiteral("Lost"));
        m_lossy->lose("POST");
        const auto report = step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->problems.size(), 1);
        QVERIFY(get(id).remote.isEmpty());
        QCOMPARE(issues().size(), before + 1);
        setClockForTests(nowMs() + 600'000);
        QVERIFY_RESULT(step());
        setClockForTests(0);
        QCOMPARE(issues().size(), before + 1);
        QVERIFY(!get(id).remote.isEmpty());
    }

    void aWrongKey()
    {
        const QString id = ticket(QStringLiteral("Key"));
        qputenv("COPPICE_TEST_REDMINE", "0123456789");
        auto report = step();
        QVERIFY_RESULT(report);
        QVERIFY2(report->problems.join(u' ').contains(QStringLiteral("does not accept the key")), qPrintable(report->problems.join(u'\n')));
        qputenv("COPPICE_TEST_REDMINE", m_key);
        report = step();
        QVERIFY_RESULT(report);
        QCOMPARE(report->problems, QStringList());
        QVERIFY(!get(id).remote.isEmpty());
    }

    void anUnknownProject()
    {
        auto place = *m_places.ofPlugin.cbegin();
        place.project = QStringLiteral("nowhere");
        auto forge = forges::openForge(place);
        QVERIFY_RESULT(forge);
        QCOMPARE((*forge)->create({QStringLiteral("x"), {}, QStringLiteral("coppice-1")}).error().code, QStringLiteral("forge.missing"));
    }

    /// What Redmine makes of our text: nothing of the event is a link, a picture, a macro or a person.
    void textIsTakenLiterally()
    {
        const QString trace = QStringLiteral("</pre>\n!http://evil.example/CANARY.png! \"CANARY\":http://evil.example\n{{toc}} @admin #1\n<script>alert(1)</script>\n"
                                             "</code> h1. CANARY\n</PRE ><notextile><b>CANARY</b></notextile> @CANARY@");
        const QString id = ticket(QStringLiteral("Literal"), trace);
        QVERIFY_RESULT(step());
        const QByteArray html = page(get(id).remote);
        QVERIFY2(html.contains("CANARY"), html.constData());
        for (const char *wrong : {"<img", "href=\"http://evil", "<b>CANARY", "<script>alert", "class=\"toc", "href=\"/issues/1\"", "<h1", "class=\"user", "href=\"/users/"})
            QVERIFY2(!html.contains(wrong), QByteArray(QByteArray(wrong) + " in " + html).constData());
        // The same text as it came would have had an effect.
        const auto raw = ask("POST", "/projects/weather/issues.json", {{QStringLiteral("issue"), QJsonObject{{QStringLiteral("subject"), QStringLiteral("raw")}, {QStringLiteral("description"), QString(QStringLiteral("<pre>\n") + trace)}}}});
        QCOMPARE(raw.status, 201);
        const int number = QJsonDocument::fromJson(raw.body).object()[u"issue"][u"id"].toInt();
        QVERIFY(page(QString::number(number)).contains("<img"));
    }
};

COPPICE_TEST(TrackerRedmineTest)
#include "tracker_redmine_test.moc"
