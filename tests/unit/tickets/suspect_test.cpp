// SPDX-License-Identifier: GPL-3.0-or-later
// Which commit brought an error, and which earlier tickets tell of something alike.
#include "support/scratch.h"
#include "support/test_main.h"
#include "tickets/similar.h"
#include "tickets/suspect.h"

#include <QJsonArray>
#include <QTest>

using namespace coppice;
using namespace coppice::tickets;

namespace {

const QByteArray first = "export function send(list) {\n    return list.map(deliver);\n}\n";
const QByteArray worse = "export function send(list) {\n    const head = list[0].address;\n    return list.map(deliver);\n}\n";

/// A library with the plugin mail and another one; commits are a second apart.
struct House {
    test::Scratch scratch;
    QString path = scratch.repository(QStringLiteral("library"), {{QStringLiteral("plugins/mail/src/send.js"), first},
                                                                  {QStringLiteral("plugins/mail/src/list.js"), "export const list = [];\n"},
                                                                  {QStringLiteral("plugins/chat/src/send.js"), "hello\n"}});
    QByteArray good = scratch.git(path, {QStringLiteral("rev-parse"), QStringLiteral("HEAD")});
    QByteArray other = scratch.commit(path, QStringLiteral("plugins/chat/src/send.js"), "hello you\n", QStringLiteral("feat(chat): greet"));
    QByteArray near = scratch.commit(path, QStringLiteral("plugins/mail/src/list.js"), "export const list = [1];\n", QStringLiteral("feat(mail): a list"));
    QByteArray culprit = scratch.commit(path, QStringLiteral("plugins/mail/src/send.js"), worse, QStringLiteral("feat(mail): look at the first"));
    QByteArray later = scratch.commit(path, QStringLiteral("plugins/mail/src/send.js"), worse + "// end\n", QStringLiteral("docs(mail): an end"));

    Result<std::vector<Suspect>> ask(SuspectQuery query)
    {
        auto repository = git::Repository::open(path);
        query.prefix = "plugins/mail";
        const auto head = repository->resolve(QStringLiteral("HEAD"));
        if (query.firstSeen == 0)
            query.firstSeen = repository->commit(*head)->committer.seconds * 1000 + 1000;
        return suspectCommits(*repository, *head, query);
    }
    static std::vector<capture::Frame> frames()
    {
        return {{QStringLiteral("map"), QStringLiteral("node:internal/array.js"), 9, false},
                {QStringLiteral("send"), QStringLiteral("/srv/app/mail/src/send.js"), 2, true},
                {QStringLiteral("main"), QStringLiteral("C:\\app\\src\\list.js"), 1, true}};
    }
};

QJsonObject facts(const char *type, const char *message, const QStringList &functions)
{
    QJsonArray frames;
    for (const QString &name : functions)
        frames.append(QJsonObject{{QStringLiteral("function"), name}, {QStringLiteral("file"), QString(QStringLiteral("/srv/") + name + QStringLiteral(".js"))}, {QStringLiteral("in_app"), true}});
    return {{QStringLiteral("type"), QLatin1String(type)}, {QStringLiteral("message"), QLatin1String(message)}, {QStringLiteral("frames"), frames}};
}

} // namespace

class SuspectTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whoWroteTheLineComesFirst()
    {
        House house;
        const auto found = house.ask({{}, House::frames()});
        QVERIFY_RESULT(found);
        QVERIFY(found->size() >= 3);
        QCOMPARE(found->front().commit.hex(), house.culprit);
        QCOMPARE(found->front().subject, QStringLiteral("feat(mail): look at the first"));
        QVERIFY2(found->front().why.contains(QStringLiteral("It wrote line 2 of src/send.js")), qPrintable(found->front().why));
        for (const auto &each : *found)
            QVERIFY(each.commit.hex() != house.other); // another plugin's file of the same name
    }
    /// The usual library: a plugin has a repository of its own, added and pulled by git subtree.
    void thePluginsOwnHistory()
    {
        const test::Scratch scratch;
        const QString plugin = scratch.repository(QStringLiteral("mail"), {{QStringLiteral("src/send.js"), first}, {QStringLiteral("src/list.js"), "1\n"}});
        const QByteArray before = scratch.commit(plugin, QStringLiteral("src/list.js"), "2\n", QStringLiteral("feat: a list"));
        const QString path = scratch.repository(QStringLiteral("library"), {{QStringLiteral("plugins/chat/src/send.js"), "hello\n"}});
        const auto subtree = [&](const char *verb, const QString &from, const QString &prefix) {
            scratch.git(path, {QStringLiteral("subtree"), QLatin1String(verb), QStringLiteral("--prefix"), prefix, from, QStringLiteral("main")});
        };
        subtree("add", plugin, QStringLiteral("plugins/mail"));
        const QByteArray here = scratch.commit(path, QStringLiteral("plugins/mail/README.md"), "ours\n", QStringLiteral("docs(mail): ours"));
        const QByteArray culprit = scratch.commit(plugin, QStringLiteral("src/send.js"), worse, QStringLiteral("feat: look at the first"));
        subtree("pull", plugin, QStringLiteral("plugins/mail"));
        const QString another = scratch.repository(QStringLiteral("another"), {{QStringLiteral("src/send.js"), worse}});
        subtree("add", another, QStringLiteral("plugins/another"));

        auto repository = git::Repository::open(path);
        const auto head = repository->resolve(QStringLiteral("HEAD"));
        const auto found = suspectCommits(*repository, *head, {"plugins/mail", House::frames(), {}, {}, repository->commit(*head)->committer.seconds * 1000 + 1000});
        QVERIFY_RESULT(found);
        QByteArrayList commits;
        for (const auto &each : *found)
            commits << each.commit.hex();
        QVERIFY(!commits.isEmpty());
        QCOMPARE(commits.front(), culprit);
        QVERIFY2(found->front().why.contains(QStringLiteral("It wrote line 2 of src/send.js")), qPrintable(found->front().why));
        QVERIFY2(commits.contains(before), "the plugin's commits from before it was added are its history, too");
        // Not the merges that brought it, nor what changed other files, nor another plugin's.
        const QByteArray root = scratch.git(plugin, {QStringLiteral("rev-list"), QStringLiteral("--max-parents=0"), QStringLiteral("HEAD")});
        for (const auto &commit : commits)
            QVERIFY2(commit == culprit || commit == before || commit == root, commit.constData());
        QVERIFY(!commits.contains(here));
    }
    void onlyBetweenGoodAndBad()
    {
        House house;
        const auto since = house.ask({{}, House::frames(), git::Oid::fromHex(house.culprit), {}});
        QVERIFY_RESULT(since);
        QCOMPARE(since->size(), size_t(1));
        QCOMPARE(since->front().commit.hex(), house.later);
        const auto until = house.ask({{}, House::frames(), git::Oid::fromHex(house.good), git::Oid::fromHex(house.near)});
        QVERIFY_RESULT(until);
        QCOMPARE(until->size(), size_t(1));
        QCOMPARE(until->front().commit.hex(), house.near);
    }
    void whatCameAfterItIsInnocent()
    {
        House house;
        auto repository = git::Repository::open(house.path);
        SuspectQuery query{{}, House::frames()};
        query.firstSeen = repository->commit(git::Oid::fromHex(house.good))->committer.seconds * 1000 - 7200'000;
        QCOMPARE(house.ask(query)->size(), size_t(0));
    }
    void framesOfElsewhereAccuseNobody()
    {
        House house;
        QCOMPARE(house.ask({{}, {{QStringLiteral("x"), QStringLiteral("/srv/other/thing.js"), 1, true}}})->size(), size_t(0));
        QCOMPARE(house.ask({{}, {{QStringLiteral("x"), QStringLiteral("/srv/src/send.js"), 2, false}}})->size(), size_t(0));
        QCOMPARE(house.ask({{}, {}})->size(), size_t(0));
    }
    void aMergeBringsOnlyItsOwn()
    {
        House house;
        house.scratch.git(house.path, {QStringLiteral("checkout"), QStringLiteral("-qb"), QStringLiteral("side"), QString::fromLatin1(house.good)});
        house.scratch.commit(house.path, QStringLiteral("plugins/chat/src/send.js"), "hello side\n", QStringLiteral("side"));
        house.scratch.git(house.path, {QStringLiteral("checkout"), QStringLiteral("-q"), QStringLiteral("main")});
        house.scratch.git(house.path, {QStringLiteral("merge"), QStringLiteral("-q"), QStringLiteral("-X"), QStringLiteral("ours"), QStringLiteral("-m"), QStringLiteral("merge side"), QStringLiteral("side")});
        const auto found = house.ask({{}, House::frames()});
        QVERIFY_RESULT(found);
        for (const auto &each : *found)
            QVERIFY(each.subject != QStringLiteral("merge side"));
        QCOMPARE(found->front().commit.hex(), house.culprit);
    }
    void releasesByTheirTags()
    {
        House house;
        house.scratch.git(house.path, {QStringLiteral("tag"), QStringLiteral("-a"), QStringLiteral("-m"), QStringLiteral("x"), QStringLiteral("mail-v1.2.3"), QString::fromLatin1(house.near)});
        house.scratch.git(house.path, {QStringLiteral("tag"), QStringLiteral("r2.0"), QString::fromLatin1(house.culprit)});
        const auto repository = git::Repository::open(house.path);
        const auto of = [&](const char *release) { return releaseCommit(*repository, QStringLiteral("mail"), QStringLiteral("r{version}"), QLatin1String(release)).hex(); };
        QCOMPARE(of("mail@1.2.3"), house.near);
        QCOMPARE(of("1.2.3"), house.near);
        QCOMPARE(of("v2.0"), house.culprit);
        QCOMPARE(of(house.later.left(10).constData()), house.later);
        for (const char *none : {"3.0", "", "HEAD", "main", "-x", "../x", "@{1}"})
            QVERIFY2(releaseCommit(*repository, QStringLiteral("mail"), QStringLiteral("r{version}"), QLatin1String(none)).isNull(), none);
        QCOMPARE(lastGoodRelease({QStringLiteral("m@1.10.0"), QStringLiteral("m@1.11")}, {QStringLiteral("m@1.2.0"), QStringLiteral("m@1.9.9"), QStringLiteral("m@1.10.0"), QStringLiteral("m@2.0"), QStringLiteral("nightly")}),
                 QStringLiteral("m@1.9.9"));
        QCOMPARE(lastGoodRelease({QStringLiteral("nightly")}, {QStringLiteral("1.0")}), QString());
    }

    void alikeIsExplained()
    {
        const auto here = facts("TypeError", "Cannot read properties of undefined (reading 'month')", {QStringLiteral("parseDate"), QStringLiteral("report"), QStringLiteral("main")});
        const auto twin = facts("TypeError", "Cannot read properties of undefined (reading 'month') at 17", {QStringLiteral("parseDate"), QStringLiteral("report"), QStringLiteral("serve")});
        const auto cousin = facts("RangeError", "invalid month", {QStringLiteral("parseDate"), QStringLiteral("main")});
        const auto stranger = facts("TypeError", "socket hang up", {QStringLiteral("connect"), QStringLiteral("retry")});
        QVERIFY(compare(here, here).score > 0.95);
        const auto best = compare(here, twin);
        QVERIFY2(best.score > 0.7, qPrintable(QString::number(best.score)));
        QVERIFY2(best.why.startsWith(QStringLiteral("The same exception (TypeError); 2 of 3 frames in common (parseDate in parseDate.js; report in report.js); words in common:")), qPrintable(best.why));
        QVERIFY(best.score > compare(here, cousin).score);
        QVERIFY(compare(here, cousin).score > compare(here, stranger).score);
        QCOMPARE(compare(here, stranger).score, 0.0); // a common exception alone says nothing
        QCOMPARE(compare({}, {}).score, 0.0);
        QCOMPARE(compare(facts("A", "disk 7 full", {}), facts("B", "disk 9 full", {})).score > 0.7, true); // plain messages
    }
};

COPPICE_TEST(SuspectTest)
#include "suspect_test.moc"
