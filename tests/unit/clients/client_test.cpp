// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <clients/client.h>
#include <clients/last_words.h>

#include <QDir>
#include <QFile>
#include <QTest>

using namespace coppice;
using namespace coppice::clients;

namespace {

/// A work folder and the job of a client in it.
class Fixture
{
public:
    Fixture()
    {
        for (const char *name : {"run/work", "run/home", "run/logs"})
            QDir().mkpath(scratch.path(QString::fromLatin1(name)));
        job.prompt = QStringLiteral("Mend it, please: \"quoted\" $HOME");
        job.logPath = scratch.path(QStringLiteral("run/logs/agent-1.log"));
        job.sandbox.profile = sandbox::Profile::Agent;
        job.sandbox.workFolder = scratch.path(QStringLiteral("run/work"));
        job.sandbox.workInside = QStringLiteral("/src/weather");
        job.sandbox.home = scratch.path(QStringLiteral("run/home"));
        job.sandbox.limits.time = std::chrono::seconds(60);
    }
    Result<AgentEnd> work(const QString &name, std::stop_token stop = {})
    {
        auto client = makeClient(name, settings);
        if (!client)
            return std::unexpected(client.error());
        return (*client)->work(job, stop);
    }
    [[nodiscard]] QByteArray log() const { return scratch.read(QStringLiteral("run/logs/agent-1.log")); }

    test::Scratch scratch;
    Job job;
    library::LibrarySettings settings;
};

} // namespace

class ClientTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(sandbox::probe().works, qPrintable(sandbox::probe().why));
    }

    void execEditsFilesAndItsWordsAreKept()
    {
        Fixture fixture;
        fixture.job.command = QStringLiteral("cat \"$COPPICE_PROMPT_FILE\" > got; pwd; echo to-stderr >&2; cat");
        const auto end = fixture.work(QStringLiteral("exec"));
        QVERIFY_RESULT(end);
        QCOMPARE(end->outcome, AgentEnd::Outcome::Completed);
        QCOMPARE(fixture.scratch.read(QStringLiteral("run/work/got")), fixture.job.prompt.toUtf8());
        QVERIFY2(fixture.log().contains("/src/weather\n"), fixture.log().constData());
        QVERIFY(fixture.log().contains("to-stderr"));
    }

    void execThatFailsSaysHow()
    {
        Fixture fixture;
        fixture.job.command = QStringLiteral("printf 'first\\nlast \\033[31mword\\n' >&2; exit 3");
        const auto end = fixture.work(QStringLiteral("exec"));
        QVERIFY_RESULT(end);
        QCOMPARE(end->outcome, AgentEnd::Outcome::Failed);
        QVERIFY2(end->reason.contains(QStringLiteral("exit status 3")), qPrintable(end->reason));
        QVERIFY2(end->reason.contains(QStringLiteral("last")) && !end->reason.contains(QChar(0x1b)), qPrintable(end->reason));
    }

    void whatIsNoTextIsNotQuoted()
    {
        QCOMPARE(lastWords("one\ntwo\n\n"), QStringLiteral(" It printed last: two"));
        QCOMPARE(lastWords("\n \n"), QString());
        QCOMPARE(lastWords("\xa9 cut at the beginning, caf\xc3\xa9 \xf0\x9f\x98\x80"),
                 QStringLiteral(" It printed last: cut at the beginning, caf\u00e9 \U0001f600"));
        QCOMPARE(lastWords("\x80\x81\xfe junk \xff\xff"), QStringLiteral(" What it printed is no text."));
        QByteArray tail;
        for (int i = 0; i < 100; ++i)
            keepTail(tail, QByteArray(QByteArray(1000, 'x') + "\nline " + QByteArray::number(i)));
        QVERIFY(tail.size() < 20'000);
        QCOMPARE(lastWords(tail), QStringLiteral(" It printed last: line 99"));
    }

    void execThatHangsIsStopped()
    {
        Fixture fixture;
        fixture.job.sandbox.limits.time = std::chrono::milliseconds(1500);
        fixture.job.command = QStringLiteral("echo begun; sleep 600");
        const auto end = fixture.work(QStringLiteral("exec"));
        QVERIFY_RESULT(end);
        QCOMPARE(end->outcome, AgentEnd::Outcome::Failed);
        QVERIFY2(end->reason.contains(QStringLiteral("did not end within")), qPrintable(end->reason));
    }

    void execThatFloodsIsStopped()
    {
        Fixture fixture;
        fixture.job.command = QStringLiteral("yes 'a line of nothing'");
        const auto end = fixture.work(QStringLiteral("exec"));
        QVERIFY_RESULT(end);
        QCOMPARE(end->outcome, AgentEnd::Outcome::Failed);
        QVERIFY2(end->reason.contains(QStringLiteral("printed more than 16 MB")), qPrintable(end->reason));
        QVERIFY(QFile(fixture.job.logPath).size() <= logCap);
    }

    void execIsCancelled()
    {
        Fixture fixture;
        std::stop_source stop;
        fixture.job.command = QStringLiteral("echo begun; sleep 600");
        fixture.job.onUpdate = [&stop](const AgentUpdate &) { stop.request_stop(); };
        const auto end = fixture.work(QStringLiteral("exec"), stop.get_token());
        QVERIFY_RESULT(end);
        QCOMPARE(end->outcome, AgentEnd::Outcome::Cancelled);
    }

    void aClientOfTheLibraryGetsItsArguments()
    {
        Fixture fixture;
        fixture.settings.clients[QStringLiteral("mine")] = {
            QStringLiteral("mine"), QStringLiteral("exec"),
            {QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("printf %s \"$1\" > prompt; cp \"$2\" file; echo $SPECIAL > env"),
             QStringLiteral("sh"), QStringLiteral("{{prompt}}"), QStringLiteral("{{prompt_file}}")},
            {}, {{QStringLiteral("SPECIAL"), QStringLiteral("yes")}}};
        const auto end = fixture.work(QStringLiteral("mine"));
        QVERIFY_RESULT(end);
        QVERIFY2(end->outcome == AgentEnd::Outcome::Completed, qPrintable(end->reason));
        QCOMPARE(fixture.scratch.read(QStringLiteral("run/work/prompt")), fixture.job.prompt.toUtf8());
        QCOMPARE(fixture.scratch.read(QStringLiteral("run/work/file")), fixture.job.prompt.toUtf8());
        QCOMPARE(fixture.scratch.read(QStringLiteral("run/work/env")), QByteArray("yes\n"));
        fixture.job.prompt = QString(200'000, u'x');
        const auto tooLong = fixture.work(QStringLiteral("mine"));
        QVERIFY(!tooLong);
        QCOMPARE(tooLong.error().code, QStringLiteral("client.prompt-too-long"));
    }

    void aRecipeTurnsATreeIntoATree()
    {
        Fixture fixture;
        fixture.scratch.write(QStringLiteral("run/work/a.txt"), "one\n");
        fixture.scratch.write(QStringLiteral("run/recipe/up/recipe.yaml"), "description: x\nrun: sh \"$RECIPE/up.sh\"\n");
        fixture.scratch.write(QStringLiteral("run/recipe/up/up.sh"), "tr a-z A-Z < a.txt > b.txt && mv b.txt a.txt\n");
        fixture.scratch.write(QStringLiteral("run/recipe/vowel/recipe.yaml"), "run: sed -i s/E/3/ a.txt; touch \"$RECIPE/mark\" || true\n");
        fixture.job.recipeFolder = fixture.scratch.path(QStringLiteral("run/recipe/up"));
        QCOMPARE(fixture.work(QStringLiteral("recipe:up"))->outcome, AgentEnd::Outcome::Completed);
        QCOMPARE(fixture.scratch.read(QStringLiteral("run/work/a.txt")), QByteArray("ONE\n"));
        // All of them, in the order of their names.
        fixture.scratch.write(QStringLiteral("run/work/a.txt"), "one\n");
        fixture.job.recipeFolder = fixture.scratch.path(QStringLiteral("run/recipe"));
        QCOMPARE(fixture.work(QStringLiteral("recipe"))->outcome, AgentEnd::Outcome::Completed);
        QCOMPARE(fixture.scratch.read(QStringLiteral("run/work/a.txt")), QByteArray("ON3\n"));
        QVERIFY(!QFile::exists(fixture.scratch.path(QStringLiteral("run/recipe/vowel/mark")))); // it cannot write its own folder
    }

    void aRecipeThatFailsStopsTheRest()
    {
        Fixture fixture;
        fixture.scratch.write(QStringLiteral("run/recipe/a/recipe.yaml"), "run: exit 7\n");
        fixture.scratch.write(QStringLiteral("run/recipe/b/recipe.yaml"), "run: touch ran\n");
        fixture.job.recipeFolder = fixture.scratch.path(QStringLiteral("run/recipe"));
        const auto end = fixture.work(QStringLiteral("recipe"));
        QVERIFY_RESULT(end);
        QCOMPARE(end->outcome, AgentEnd::Outcome::Failed);
        QVERIFY2(end->reason.contains(QStringLiteral("recipe a")) && end->reason.contains(QStringLiteral("7")), qPrintable(end->reason));
        QVERIFY(!QFile::exists(fixture.scratch.path(QStringLiteral("run/work/ran"))));
    }

    void readsRecipes()
    {
        const auto recipe = parseRecipe(QStringLiteral("up"), "description: Shouts\nrun: sh up.sh\n");
        QVERIFY_RESULT(recipe);
        QCOMPARE(recipe->description, QStringLiteral("Shouts"));
        QCOMPARE(recipe->run, QStringLiteral("sh up.sh"));
        for (const char *bad : {"description: x\n", "run: [a]\n", "run: x\nfiles: ['*.js']\n", "run: {x\n", "- run\n", "run: ''\n"}) {
            const auto wrong = parseRecipe(QStringLiteral("up"), bad);
            QVERIFY2(!wrong, bad);
            QVERIFY(wrong.error().where.startsWith(QStringLiteral("templates/recipes/up/recipe.yaml:")));
        }
    }

    void refusesClientsThatItDoesNotKnow()
    {
        library::LibrarySettings settings;
        settings.clients[QStringLiteral("gem")] = {QStringLiteral("gem"), QStringLiteral("acp"), {QStringLiteral("gemini")}, {}, {}};
        settings.clients[QStringLiteral("odd")] = {QStringLiteral("odd"), QStringLiteral("telepathy"), {QStringLiteral("x")}, {}, {}};
        const auto odd = makeClient(QStringLiteral("odd"), settings);
        QVERIFY(!odd);
        QVERIFY(odd.error().what.contains(QStringLiteral("kind telepathy")));
        QCOMPARE((*makeClient(QStringLiteral("gem"), settings))->kind(), QStringLiteral("acp"));
        QVERIFY((*makeClient(QStringLiteral("replay"), settings))->replays());
        QCOMPARE(makeClient(QStringLiteral("nobody"), settings).error().kind, ErrorKind::NotFound);
        QCOMPARE(makeClient(QStringLiteral("recipe:../x"), settings).error().kind, ErrorKind::Usage);
        QVERIFY((*makeClient(QStringLiteral("hand"), settings))->waitsForPerson());
        QVERIFY((*makeClient(QStringLiteral("exec"), settings))->needsCommand());
        QCOMPARE((*makeClient(QStringLiteral("recipe:own-properties"), settings))->recipe(), QStringLiteral("own-properties"));
    }

    void saysWhatAClientIsMissing()
    {
        library::LibrarySettings settings;
        settings.clients[QStringLiteral("gone")] = {QStringLiteral("gone"), QStringLiteral("exec"), {QStringLiteral("no-such-program-x")}, {}, {}};
        settings.clients[QStringLiteral("keyless")] = {QStringLiteral("keyless"), QStringLiteral("exec"), {QStringLiteral("sh")},
                                                       library::ModelEndpoint{QStringLiteral("anthropic"), QStringLiteral("https://x.example"),
                                                                              QStringLiteral("COPPICE_TEST_NO_SUCH_KEY")}, {}};
        settings.clients[QStringLiteral("ready")] = {QStringLiteral("ready"), QStringLiteral("exec"), {QStringLiteral("sh")}, {}, {}};
        QMap<QString, Found> found;
        for (const auto &one : findClients(settings))
            found[one.name] = one;
        QVERIFY(found[QStringLiteral("gone")].missing.contains(QStringLiteral("no-such-program-x")));
        QVERIFY(found[QStringLiteral("keyless")].missing.contains(QStringLiteral("COPPICE_TEST_NO_SUCH_KEY")));
        QCOMPARE(found[QStringLiteral("ready")].missing, QString());
        QVERIFY(found.contains(QStringLiteral("exec")) && found.contains(QStringLiteral("hand")));
    }
};

COPPICE_TEST(ClientTest)
#include "client_test.moc"
