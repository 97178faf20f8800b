// SPDX-License-Identifier: GPL-3.0-or-later
// Our requests for pull requests against GitHub's own API document, with a contract mock that refuses what it does not allow.
// The negative controls show that each check can fail. (GitLab's document has no merge requests that can be used so: those
// are tried against a server written after its pages, tests/integration/ship_pull_test.cpp.)
#include "contract_mock.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <forges/pulls.h>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace coppice;
using namespace coppice::forges;

namespace {

/// Without "nullable" where no type stands beside it: the mock's validator gives up such schemas and then lets all pass.
QJsonValue checkable(const QJsonValue &value)
{
    if (value.isArray()) {
        QJsonArray all;
        for (const auto &each : value.toArray())
            all.append(checkable(each));
        return all;
    }
    if (!value.isObject())
        return value;
    QJsonObject object = value.toObject();
    if (object.contains(u"nullable") && !object.contains(u"type"))
        object.remove(u"nullable");
    for (auto it = object.begin(); it != object.end(); ++it)
        *it = checkable(*it);
    return object;
}

void collect(const QJsonValue &value, QSet<QString> &references)
{
    if (value.isArray()) {
        for (const auto &each : value.toArray())
            collect(each, references);
    } else if (value.isObject()) {
        const QJsonObject object = value.toObject();
        if (const QString to = object[u"$ref"].toString(); to.startsWith(QStringLiteral("#/components/")))
            references.insert(to.mid(13));
        for (const auto &each : object)
            collect(each, references);
    }
}

/// The paths that we use, with all that they refer to.
QByteArray subset(const QByteArray &whole)
{
    const QJsonObject document = QJsonDocument::fromJson(whole).object();
    QJsonObject paths, components;
    for (const char *path : {"/rate_limit", "/repos/{owner}/{repo}/pulls", "/repos/{owner}/{repo}/pulls/{pull_number}", "/repos/{owner}/{repo}/issues/{issue_number}/labels"})
        paths[QLatin1String(path)] = document[u"paths"][QLatin1String(path)];
    QSet<QString> wanted, done;
    collect(paths, wanted);
    while (!wanted.isEmpty()) {
        const QString name = *wanted.begin();
        wanted.erase(wanted.begin());
        if (done.contains(name))
            continue;
        done.insert(name);
        const QString kind = name.section(u'/', 0, 0), own = name.section(u'/', 1);
        const QJsonValue found = document[u"components"][kind][own];
        QJsonObject of = components[kind].toObject();
        of[own] = found;
        components[kind] = of;
        QSet<QString> more;
        collect(found, more);
        wanted += more - done;
    }
    const QJsonObject out{{QStringLiteral("openapi"), document[u"openapi"]}, {QStringLiteral("info"), document[u"info"]}, {QStringLiteral("servers"), document[u"servers"]},
                          {QStringLiteral("paths"), paths}, {QStringLiteral("components"), components}};
    QString text = QString::fromUtf8(QJsonDocument(checkable(out).toObject()).toJson());
    // Some examples hold a reference as their value, where the mock does not follow it.
    static const QRegularExpression wrapped(QStringLiteral("\\{\\s*\"summary\":\\s*\"[^\"]*\",\\s*\"value\":\\s*(\\{\\s*\"\\$ref\":\\s*\"[^\"]*\"\\s*\\})\\s*\\}"));
    return text.replace(wrapped, QStringLiteral("\\1")).toUtf8();
}

} // namespace

class TrackerPullsTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    test::ContractMock m_mock;

private Q_SLOTS:
    void initTestCase()
    {
        const QString program = test::prismProgram();
        QVERIFY2(!program.isEmpty(), "npm gives no @stoplight/prism-cli");
        const QString document = test::fromNpm(QStringLiteral("openapi"), QStringLiteral("@octokit/openapi@23.0.2"), QStringLiteral("@octokit/openapi/generated/api.github.com.json"));
        QVERIFY2(!document.isEmpty(), "npm gives no @octokit/openapi");
        QFile file(document);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray part = subset(file.readAll());
        QVERIFY(part.contains("pull_number"));
        QVERIFY(m_mock.start(program, m_scratch.write(QStringLiteral("github.json"), part), "/rate_limit"));
    }

    void ourRequestsAreAllowed()
    {
        qputenv("COPPICE_TEST_CONTRACT", "key");
        Place place;
        place.kind = QStringLiteral("github");
        place.baseUrl = QString::fromLatin1(m_mock.url());
        place.project = QStringLiteral("acme/weather");
        place.token = QStringLiteral("env:COPPICE_TEST_CONTRACT");
        const auto forge = openPulls(place);
        QVERIFY_RESULT(forge);
        NewPull pull{QStringLiteral("fix: @all of `it`"),
                     {heading(QStringLiteral("What")), item({{QStringLiteral("fix: ```\n@admin #1"), true}}), paragraph({{QStringLiteral("Coppice-Patch: X"), true}})},
                     QStringLiteral("coppice-0123456789ab"), QStringLiteral("coppice/a-12345678"), QStringLiteral("main"), {QStringLiteral("bug")}, true};
        QStringList notes;
        const auto made = (*forge)->create(pull, &notes);
        QVERIFY_RESULT(made);
        QCOMPARE(notes, QStringList());
        QVERIFY(made->number.toInt() > 0);
        QVERIFY(made->url.endsWith(QString(u"/acme/weather/pull/" + made->number)));
        QVERIFY(!made->head.isEmpty() && !made->base.isEmpty() && !made->headId.isNull());
        QVERIFY_RESULT((*forge)->get(made->number));
        QVERIFY_RESULT((*forge)->update(made->number, pull));
        const auto found = (*forge)->find(pull.head, pull.marker); // the document's example is not ours
        QVERIFY_RESULT(found);
        QVERIFY(!found->has_value());
    }

    void whatIsWrongIsRefused()
    {
        const QByteArray pulls = "/repos/acme/weather/pulls";
        QCOMPARE(m_mock.status("POST", pulls, R"({"title":"x","head":"a","base":"main","draft":true})"), 201);
        QCOMPARE(m_mock.status("POST", pulls, R"({"title":"x","head":"a"})"), 422);
        QCOMPARE(m_mock.status("POST", pulls, R"({"title":"x","base":"main"})"), 422);
        QCOMPARE(m_mock.status("POST", pulls, R"({"title":"x","head":"a","base":"main","draft":"yes"})"), 422);
        QCOMPARE(m_mock.status("POST", pulls, R"({"title":7,"head":"a","base":"main"})"), 422);
        QCOMPARE(m_mock.status("PATCH", pulls + "/1", R"({"state":"merged"})"), 422);
        QCOMPARE(m_mock.status("PATCH", pulls + "/1", R"({"body":7})"), 422);
        QCOMPARE(m_mock.status("GET", pulls + "?state=merged"), 422);
        QCOMPARE(m_mock.status("GET", pulls + "?sort=title"), 422);
        QCOMPARE(m_mock.status("GET", pulls + "/one"), 422);
        QCOMPARE(m_mock.status("POST", "/repos/acme/weather/issues/1/labels", R"({"labels":"bug"})"), 422);
        QCOMPARE(m_mock.status("PUT", pulls + "/1", "{}"), 405);
    }
};

COPPICE_TEST(TrackerPullsTest)
#include "tracker_pulls_test.moc"
