// SPDX-License-Identifier: GPL-3.0-or-later
// Our requests to GitHub and Jira Cloud against the trackers' own API documents, with a contract mock (Prism, pinned, from
// the npm registry) that refuses what the documents do not allow; and our ADF against its JSON Schema. The negative
// controls show that each check can fail.
#include "support/scratch.h"
#include "support/test_main.h"

#include <forges/forge.h>
#include <net/http.h>

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <valijson/adapters/qtjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <unistd.h>

using namespace coppice;
using namespace coppice::forges;

namespace {

QString documentsDir()
{
    const QStringList dirs{QStringLiteral(COPPICE_TESTS_DIR "/../../shared/data/openapi/"), QStringLiteral(COPPICE_TESTS_DIR "/../../../shared/data/openapi/")};
    for (const QString &dir : dirs) {
        if (QFileInfo::exists(dir))
            return dir;
    }
    return {};
}

/// The mock, installed once into the build folder; empty when there is no npm or no registry.
QString prism()
{
    const QString dir = QStringLiteral(COPPICE_CLIENTS_DIR) + QStringLiteral("/prism");
    const QString program = dir + QStringLiteral("/node_modules/.bin/prism");
    if (!QFileInfo::exists(program)) {
        QProcess npm;
        npm.start(QStringLiteral("npm"), {QStringLiteral("install"), QStringLiteral("--no-audit"), QStringLiteral("--no-fund"), QStringLiteral("--prefix"), dir,
                                          QStringLiteral("@stoplight/prism-cli@5.14.2")});
        npm.waitForFinished(300'000);
    }
    return QFileInfo::exists(program) ? program : QString();
}

/// Examples that are texts which hold JSON (Jira's document has them), as what they hold: the mock answers them as written.
QJsonValue withExamples(const QJsonValue &value)
{
    if (value.isArray()) {
        QJsonArray all;
        for (const auto &each : value.toArray())
            all.append(withExamples(each));
        return all;
    }
    if (!value.isObject())
        return value;
    QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        const auto held = it.key() == QLatin1String("example") && it->isString() && it->toString().startsWith(u'{') ? QJsonDocument::fromJson(it->toString().toUtf8()) : QJsonDocument();
        *it = held.isObject() ? QJsonValue(held.object()) : held.isArray() ? QJsonValue(held.array()) : withExamples(*it);
    }
    return object;
}

const Document hostile{paragraph({{QStringLiteral("An error of"), false}, {QStringLiteral("weather `@all`"), true}}),
                       heading(QStringLiteral("What it said")),
                       quote(QStringLiteral("TypeError: ```\n@admin #1 ![x](http://evil.example)")),
                       quote({}),
                       item({{QStringLiteral("Releases:"), false}, {QStringLiteral("1.2.3"), true}}),
                       item({{QStringLiteral("Plugins:"), false}, {QStringLiteral("mail"), true}}),
                       paragraph({{QString(), true}}),
                       paragraph({{QStringLiteral("coppice-0123456789ab"), true}})};

} // namespace

class TrackerContractTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    QProcess m_mocks[2];
    QByteArray m_urls[2];

    void startMock(int which, const QString &program, const QString &document, const QByteArray &probe)
    {
        const int port = 40'000 + int(getpid() % 10'000) * 2 + which;
        m_urls[which] = "http://127.0.0.1:" + QByteArray::number(port);
        m_mocks[which].setProcessChannelMode(QProcess::MergedChannels);
        m_mocks[which].setStandardOutputFile(QProcess::nullDevice());
        m_mocks[which].start(program, {QStringLiteral("mock"), QStringLiteral("-h"), QStringLiteral("127.0.0.1"), QStringLiteral("-p"), QString::number(port), document});
        QTRY_VERIFY2_WITH_TIMEOUT(status(which, "GET", probe) >= 200, "the mock does not start", 240'000);
    }
    int status(int which, const QByteArray &method, const QByteArray &path, const QByteArray &body = {})
    {
        net::HttpRequest request{method, m_urls[which] + path, {{"authorization", which == 0 ? "Bearer x" : "Basic eDp4"}, {"accept", "application/json"}}, body};
        if (!body.isEmpty())
            request.headers.emplace_back("content-type", "application/json");
        const auto answer = net::httpSend(request, 60'000);
        return answer ? answer->status : 0;
    }
    std::unique_ptr<Forge> open(int which)
    {
        qputenv("COPPICE_TEST_CONTRACT", "key");
        Place place;
        place.kind = which == 0 ? QStringLiteral("github") : QStringLiteral("jira");
        place.baseUrl = QString::fromLatin1(m_urls[which]);
        place.project = which == 0 ? QStringLiteral("acme/weather") : QStringLiteral("WX");
        place.user = QStringLiteral("me@acme.example");
        place.token = QStringLiteral("env:COPPICE_TEST_CONTRACT");
        place.labels = {QStringLiteral("bug")};
        auto forge = openForge(place);
        return forge ? std::move(*forge) : nullptr;
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString dir = documentsDir();
        if (dir.isEmpty())
            QSKIP("../shared/data is not here");
        const QString program = prism();
        QVERIFY2(!program.isEmpty(), "npm gives no @stoplight/prism-cli");
        QFile jira(dir + QStringLiteral("jira-subset.json"));
        QVERIFY(jira.open(QIODevice::ReadOnly));
        const QJsonValue meant = withExamples(QJsonDocument::fromJson(jira.readAll()).object());
        // Some of GitHub's examples hold a reference as their value, where the mock does not follow it.
        static const QRegularExpression wrapped(QStringLiteral("\\{\\s*\"summary\":\\s*\"[^\"]*\",\\s*\"value\":\\s*(\\{\\s*\"\\$ref\":\\s*\"[^\"]*\"\\s*\\})\\s*\\}"));
        QFile gitHub(dir + QStringLiteral("github-issues-subset-prism-safe.json"));
        QVERIFY(gitHub.open(QIODevice::ReadOnly));
        QString document = QString::fromUtf8(gitHub.readAll());
        document.replace(wrapped, QStringLiteral("\\1"));
        startMock(0, program, m_scratch.write(QStringLiteral("github.json"), document.toUtf8()), "/rate_limit");
        startMock(1, program, m_scratch.write(QStringLiteral("jira.json"), QJsonDocument(meant.toObject()).toJson()), "/rest/api/3/myself");
    }
    void cleanupTestCase()
    {
        for (auto &mock : m_mocks) {
            mock.kill();
            mock.waitForFinished();
        }
    }

    void gitHub()
    {
        const auto forge = open(0);
        QVERIFY(forge);
        const auto made = forge->create({QStringLiteral("TypeError: @all"), hostile, QStringLiteral("coppice-0123456789ab")});
        QVERIFY_RESULT(made);
        QVERIFY(made->key.toInt() > 0);
        QVERIFY_RESULT(forge->get(made->key));
        QVERIFY_RESULT(forge->comment(made->key, hostile));
        QVERIFY_RESULT(forge->comments(made->key, 1'700'000'000'000));
        QVERIFY_RESULT(forge->setState(made->key, RemoteIssue::State::Closed));
        QVERIFY_RESULT(forge->setState(made->key, RemoteIssue::State::Declined));
        QVERIFY_RESULT(forge->setState(made->key, RemoteIssue::State::Open));
        QVERIFY_RESULT(forge->findByMarker(QStringLiteral("coppice-0123456789ab"), 1'700'000'000'000));
        QVERIFY_RESULT(forge->changedSince(QStringLiteral("1700000000000")));
    }
    void gitHubRefusesWhatIsWrong()
    {
        const QByteArray issues = "/repos/acme/weather/issues";
        QCOMPARE(status(0, "POST", issues, R"({"title":"x","body":"y","labels":["a"]})"), 201);
        QCOMPARE(status(0, "POST", issues, R"({"body":"no title"})"), 422);
        QCOMPARE(status(0, "POST", issues, R"({"title":"x","labels":7})"), 422);
        QCOMPARE(status(0, "PATCH", issues + "/1", R"({"state":"resolved"})"), 422);
        QCOMPARE(status(0, "POST", issues + "/1/comments", R"({"text":"no body"})"), 422);
        QCOMPARE(status(0, "GET", issues + "?state=sometimes"), 422);
        QCOMPARE(status(0, "GET", issues + "?since=yesterday"), 422);
    }

    void jira()
    {
        const auto forge = open(1);
        QVERIFY(forge);
        const auto made = forge->create({QStringLiteral("TypeError: @all"), hostile, QStringLiteral("coppice-0123456789ab")});
        QVERIFY_RESULT(made);
        QVERIFY(made->key.contains(u'-'));
        QVERIFY_RESULT(forge->get(made->key));
        QVERIFY_RESULT(forge->comment(made->key, hostile));
        QVERIFY_RESULT(forge->comments(made->key, 1'000'000'000'000));
        const auto closed = forge->setState(made->key, RemoteIssue::State::Closed);
        // The document's example offers two ways; which of them is an end it does not say.
        QVERIFY2(closed || closed.error().code == QLatin1String("forge.state"), closed ? "" : qPrintable(closed.error().message()));
        QCOMPARE(status(1, "POST", "/rest/api/3/issue/WX-1/transitions", R"({"transition":{"id":"711"}})"), 204); // the form that we send
    }
    void jiraRefusesWhatIsWrong()
    {
        QVERIFY(status(1, "POST", "/rest/api/3/issue", R"({"fields":"none"})") >= 400);
        QVERIFY(status(1, "POST", "/rest/api/3/issue/WX-1/transitions", R"({"transition":{"id":711}})") >= 400);
        QVERIFY(status(1, "POST", "/rest/api/3/issue/WX-1/remotelink", R"({"globalId":"x"})") >= 400);
        QVERIFY(status(1, "GET", "/rest/api/3/issue/WX-1/comment?maxResults=many") >= 400);
    }

    void adfFollowsItsSchema()
    {
        QVERIFY(!documentsDir().isEmpty());
        QFile file(documentsDir() + QStringLiteral("adf-full.schema.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonValue text(QJsonDocument::fromJson(file.readAll()).object());
        valijson::Schema schema;
        valijson::SchemaParser parser(valijson::SchemaParser::kDraft4);
        parser.populateSchema(valijson::adapters::QtJsonAdapter(text), schema);
        const auto fits = [&](const QJsonValue &document) {
            valijson::Validator validator(valijson::Validator::kStrongTypes);
            return validator.validate(schema, valijson::adapters::QtJsonAdapter(document), nullptr);
        };
        QVERIFY2(fits(toAdf(hostile)), QJsonDocument(toAdf(hostile)).toJson().constData());
        QVERIFY(fits(toAdf({paragraph({{QStringLiteral("x")}})})));
        for (const char *wrong : {R"({"version":1,"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":""}]}]})",
                                  R"({"version":1,"type":"doc","content":[{"type":"shout","content":[]}]})",
                                  R"({"version":1,"type":"doc","content":[{"type":"codeBlock","content":[{"type":"text","text":"x","marks":[{"type":"strong"}]}]}]})",
                                  R"({"type":"doc","content":[]})"})
            QVERIFY2(!fits(QJsonDocument::fromJson(wrong).object()), wrong);
        QVERIFY(!fits(QJsonValue(QStringLiteral("plain text"))));
    }
};

COPPICE_TEST(TrackerContractTest)
#include "tracker_contract_test.moc"
