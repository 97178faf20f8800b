// SPDX-License-Identifier: GPL-3.0-or-later
// Runs by coppicectl, as the terminal contract has them: a library of two small plugins, clients exec, recipe and hand.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDeadlineTimer>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QTest>
#include <QThread>

#include <csignal>
#include <sys/wait.h>

using namespace coppice::test;

namespace {

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

const QByteArray add = "def add(a, b):\n    return a - b\n";
const QByteArray tests = "import unittest\nfrom sums import add\n\nclass Add(unittest.TestCase):\n"
                         "    def test_nothing(self):\n        self.assertEqual(add(1, 0), 1)\n";

/// A library with the plugins sums (whose add is wrong, unseen by its test) and other, and a recipe.
class House
{
public:
    House() : bare(QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home"))), ctl(bare)
    {
        library = scratch.repository(QStringLiteral("library"),
                                     {{QStringLiteral("plugins/sums/sums.py"), add},
                                      {QStringLiteral("plugins/sums/tests/__init__.py"), ""},
                                      {QStringLiteral("plugins/sums/tests/test_sums.py"), tests},
                                      {QStringLiteral("plugins/other/other.py"), "x = 1\n"},
                                      {QStringLiteral("templates/recipes/plus/recipe.yaml"), "run: sh \"$RECIPE/plus.sh\"\n"},
                                      {QStringLiteral("templates/recipes/plus/plus.sh"), "sed -i 's/a - b/a + b/' *.py\n"},
                                      {QStringLiteral("templates/recipes/quiet/recipe.yaml"), "run: 'true'\n"}});
        ctl = bare.on(library);
        const auto adopted = bare({QStringLiteral("init"), QStringLiteral("--adopt"), library});
        if (adopted.exit != 0)
            qFatal("init --adopt: %s", adopted.err.constData());
    }
    QString ticket(const QString &plugin = QStringLiteral("sums")) const
    {
        const auto made = ctl({QStringLiteral("tickets"), QStringLiteral("new"), QStringLiteral("--plugin"), plugin,
                               QStringLiteral("--title"), QStringLiteral("add(2, 2) answers 0")});
        return made.json[u"id"].toString();
    }
    Ctl::Answer run(const QString &client, const QStringList &more = {}, const QString &playbook = QStringLiteral("fix")) const
    {
        return ctl(QStringList{QStringLiteral("run"), QStringLiteral("start"), QStringLiteral("--ticket"), ticket(),
                               QStringLiteral("--playbook"), playbook, QStringLiteral("--client"), client, QStringLiteral("--wait")}
                   + more);
    }
    Ctl::Answer exec(const QString &command, const QStringList &more = {}, const QString &playbook = QStringLiteral("fix")) const
    {
        return run(QStringLiteral("exec"), QStringList{QStringLiteral("--command"), command} + more, playbook);
    }
    [[nodiscard]] QString state(const QString &run) const
    {
        return ctl({QStringLiteral("run"), QStringLiteral("show"), run}).json[u"state"].toString();
    }
    [[nodiscard]] QString newest() const
    {
        return ctl(words("run list")).json[u"runs"].toArray().at(0)[u"id"].toString();
    }

    Scratch scratch;
    Ctl bare;
    Ctl ctl;
    QString library;
};

const QString goodFix = QStringLiteral("sed -i 's/a - b/a + b/' sums.py && printf '\\n    def test_sum(self):\\n        "
                                       "self.assertEqual(add(2, 2), 4)\\n' >> tests/test_sums.py");

} // namespace

class RunTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anExecRunMakesAPatchWithItsChecks()
    {
        const House house;
        const auto run = house.exec(QStringLiteral("echo looking at $(pwd); ") + goodFix);
        QCOMPARE_EXIT(run, 0);
        QCOMPARE(run.json[u"v"].toInt(), 1);
        QCOMPARE(run.json[u"state"].toString(), QStringLiteral("done"));
        QCOMPARE(run.json[u"outcome"].toString(), QStringLiteral("completed"));
        const auto before = run.json[u"checks"][u"before"].toArray();
        const auto after = run.json[u"checks"][u"after"].toArray();
        QCOMPARE(before.size(), 1);
        QCOMPARE(before[0][u"command"].toString(), QStringLiteral("python3 -m unittest"));
        QCOMPARE(before[0][u"passed"], QJsonValue(false)); // the base with the patch's test
        QCOMPARE(after[0][u"passed"], QJsonValue(true));
        const QString review = run.json[u"review"].toString();
        QVERIFY(!review.isEmpty());
        const QString id = run.json[u"id"].toString();
        const auto shown = house.ctl({QStringLiteral("run"), QStringLiteral("show"), id});
        QCOMPARE_EXIT(shown, 0);
        QCOMPARE(shown.json[u"review"].toString(), review);
        const auto logs = house.ctl.plain({QStringLiteral("run"), QStringLiteral("logs"), id});
        QCOMPARE_EXIT(logs, 0);
        QCOMPARE(logs.out, QByteArray("looking at /src/sums\n"));
        const auto ticket = house.ctl({QStringLiteral("tickets"), QStringLiteral("show"), run.json[u"ticket"].toString()});
        QCOMPARE(ticket.json[u"state"].toString(), QStringLiteral("review"));
        // The library's branch and files are as they were.
        QCOMPARE(house.scratch.read(QStringLiteral("library/plugins/sums/sums.py")), add);
        QCOMPARE(house.scratch.git(house.library, words("status --porcelain")), QByteArray());
    }

    void recipesByNameAndAllOfThem()
    {
        const House house;
        const auto one = house.run(QStringLiteral("recipe:plus"));
        QCOMPARE_EXIT(one, 0);
        QVERIFY(!one.json[u"review"].toString().isEmpty());
        QCOMPARE_EXIT(house.run(QStringLiteral("recipe")), 0);
        const auto none = house.run(QStringLiteral("recipe:quiet"));
        QCOMPARE_EXIT(none, 1);
        QCOMPARE(none.json[u"state"].toString(), QStringLiteral("failed"));
        QVERIFY(none.json[u"reason"].toString().contains(QStringLiteral("no change")));
        QVERIFY(none.json[u"review"].isNull());
        QCOMPARE_EXIT(house.run(QStringLiteral("recipe:nothing")), 3);
    }

    void aChangeThatBreaksTheTestsFailsAndIsStillThere()
    {
        const House house;
        const auto run = house.exec(QStringLiteral("sed -i 's/a - b/0/' sums.py"));
        QCOMPARE_EXIT(run, 1);
        QCOMPARE(run.json[u"state"].toString(), QStringLiteral("failed"));
        QCOMPARE(run.json[u"failure"].toString(), QStringLiteral("check"));
        QVERIFY(run.json[u"reason"].toString().contains(QStringLiteral("python3 -m unittest")));
        QCOMPARE(run.json[u"checks"][u"before"].toArray().at(0)[u"passed"], QJsonValue(true));
        QCOMPARE(run.json[u"checks"][u"after"].toArray().at(0)[u"passed"], QJsonValue(false));
        QVERIFY(!run.json[u"review"].toString().isEmpty());
    }

    void badAgentsAreToldInASentence_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("says");
        QTest::newRow("exit status") << QStringLiteral("touch x; echo no idea >&2; exit 9") << QStringLiteral("exit status 9");
        QTest::newRow("nothing") << QStringLiteral("true") << QStringLiteral("made no change");
        QTest::newRow("hangs") << QStringLiteral("touch x; sleep 900") << QStringLiteral("did not end within");
        QTest::newRow("floods") << QStringLiteral("yes") << QStringLiteral("printed more than");
        QTest::newRow("garbage") << QStringLiteral("head -c 3000 /dev/urandom; exit 1") << QStringLiteral("exit status 1");
        QTest::newRow("no such program") << QStringLiteral("no-such-agent --fix") << QStringLiteral("exit status 127");
        QTest::newRow("outside its plugin") << QStringLiteral("echo x > ../other.py") << QStringLiteral("exit status 1");
        QTest::newRow("the system") << QStringLiteral("echo x > /usr/bin/python3") << QStringLiteral("exit status 1");
        QTest::newRow("ends itself") << QStringLiteral("kill -9 $$") << QStringLiteral("exit status 137");
    }
    void badAgentsAreToldInASentence()
    {
        QFETCH(QString, command);
        QFETCH(QString, says);
        const House house;
        const auto run = house.exec(command, words("--timeout 4"));
        QCOMPARE_EXIT(run, 1);
        QCOMPARE(run.json[u"state"].toString(), QStringLiteral("failed"));
        QCOMPARE(run.json[u"failure"].toString(), QStringLiteral("agent"));
        const QString reason = run.json[u"reason"].toString();
        QVERIFY2(reason.contains(says), qPrintable(reason));
        for (const QChar c : reason)
            QVERIFY2(c.isPrint() || c == u' ', qPrintable(reason));
        QVERIFY(run.json[u"review"].isNull());
        QCOMPARE(house.scratch.git(house.library, words("status --porcelain")), QByteArray());
        QCOMPARE_EXIT(house.ctl({QStringLiteral("run"), QStringLiteral("logs"), run.json[u"id"].toString()}), 0);
    }

    void logsCannotSteerATerminal()
    {
        const House house;
        const auto run = house.exec(QStringLiteral("printf 'a\\033]0;title\\007b\\033[2Jc\\rd password=hunter2hunter2\\n'; touch x"));
        const auto logs = house.ctl.plain({QStringLiteral("run"), QStringLiteral("logs"), run.json[u"id"].toString()});
        QCOMPARE_EXIT(logs, 0);
        QVERIFY(!logs.out.contains('\033') && !logs.out.contains('\007') && !logs.out.contains('\r'));
        QVERIFY(!logs.out.contains("hunter2"));
    }

    void nothingOfTheHostIsSeen()
    {
        const House house;
        const auto run = house.exec(QStringLiteral("ls -a /src ~ / ; env; cat /proc/[0-9]*/cmdline; ls ") + house.library
                                    + QStringLiteral("; cat ~/.ssh/* /root/* /etc/shadow; git log --oneline; git remote -v; touch x; true"));
        QCOMPARE_EXIT(run, 0);
        const QByteArray log = house.ctl.plain({QStringLiteral("run"), QStringLiteral("logs"), run.json[u"id"].toString()}).out;
        QVERIFY(!log.contains("other"));
        QVERIFY(!log.contains("state.db"));
        QVERIFY(log.contains("No such file"));
        QVERIFY(!log.contains("root:"));
    }

    void aSwappedGitFolderRunsNothing()
    {
        const House house;
        const QString mark = house.scratch.path(QStringLiteral("ran-on-the-host"));
        const auto run = house.exec(
            QStringLiteral("rm -rf .git; mkdir -p .git/hooks sub/.git; printf '[core]\\n\\tfsmonitor = touch %1\\n' | tee sub/.git/config > .git/config; "
                           "echo 'ref: refs/heads/main' | tee sub/.git/HEAD > .git/HEAD; mkdir -p sub/.git/objects sub/.git/refs; "
                           "touch sub/a; sed -i 's/a - b/a + b/' sums.py; true")
                .arg(mark));
        QCOMPARE_EXIT(run, 0);
        QVERIFY(!QFileInfo::exists(mark));
        const auto review = house.ctl({QStringLiteral("review"), QStringLiteral("show"), run.json[u"review"].toString()});
        for (const auto &file : review.json[u"files"].toArray())
            QVERIFY2(!file[u"path"].toString().contains(QStringLiteral(".git/")), qPrintable(file[u"path"].toString()));
    }

    void playbooksSayWhatMayChange()
    {
        const House house;
        const auto code = house.exec(goodFix, {}, QStringLiteral("document"));
        QCOMPARE_EXIT(code, 1);
        QVERIFY2(code.json[u"reason"].toString().contains(QStringLiteral("sums.py")), qPrintable(code.json[u"reason"].toString()));
        QCOMPARE_EXIT(house.exec(QStringLiteral("echo '# Sums' > README.md"), {}, QStringLiteral("document")), 0);
        QCOMPARE_EXIT(house.exec(QStringLiteral("echo >> tests/test_sums.py"), {}, QStringLiteral("test")), 0);
        QCOMPARE_EXIT(house.exec(QStringLiteral("echo >> sums.py"), {}, QStringLiteral("test")), 1);
    }

    void aHandRunWaitsAndIsTaken()
    {
        const House house;
        const auto run = house.run(QStringLiteral("hand"));
        QCOMPARE_EXIT(run, 4);
        QCOMPARE(run.json[u"state"].toString(), QStringLiteral("waiting"));
        const auto need = run.json[u"needs"].toArray().at(0).toObject();
        QCOMPARE(need[u"kind"].toString(), QStringLiteral("hand"));
        const QString folder = need[u"paths"].toArray().at(0).toString();
        QVERIFY(QFileInfo(folder + QStringLiteral("/sums.py")).isFile());
        QVERIFY(!QFileInfo::exists(folder + QStringLiteral("/.git")));
        QFile file(folder + QStringLiteral("/sums.py"));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write("def add(a, b):\n    return a + b\n");
        file.close();
        const QString id = run.json[u"id"].toString();
        const auto taken = house.ctl({QStringLiteral("run"), QStringLiteral("take"), id, QStringLiteral("--wait")});
        QCOMPARE_EXIT(taken, 0);
        QCOMPARE(taken.json[u"state"].toString(), QStringLiteral("done"));
        QVERIFY(!taken.json[u"review"].toString().isEmpty());
        QCOMPARE_EXIT(house.ctl({QStringLiteral("run"), QStringLiteral("take"), id}), 2);
    }

    /// A step that declares outputs, done by a person: a form to fill in, and nothing is lost by taking it too early.
    void aPersonLeavesOutputs()
    {
        const House house;
        house.scratch.write(QStringLiteral("library/templates/playbooks/look/SKILL.md"), "---\nname: look\ndescription: Looks.\n---\nLook.\n");
        house.scratch.write(QStringLiteral("library/templates/playbooks/look/workflow.yaml"),
                            "version: 1\nchanges: none\nsteps:\n  - {id: look, kind: agent, outputs: [cause, place]}\n"
                            "  - {id: tell, kind: check, run: 'test \"$COPPICE_OUT_LOOK_CAUSE\" = \"a - b\" || true'}\n");
        house.scratch.git(house.library, words("add -A"));
        house.scratch.git(house.library, words("commit -qm look"));
        const auto run = house.run(QStringLiteral("hand"), {}, QStringLiteral("look"));
        QCOMPARE_EXIT(run, 4);
        const QString id = run.json[u"id"].toString();
        const QString file = run.json[u"folder"].toString() + QStringLiteral("/outputs-look/values");
        QVERIFY2(run.json[u"reason"].toString().contains(file), qPrintable(run.json[u"reason"].toString()));
        QFile form(file);
        QVERIFY(form.open(QIODevice::ReadWrite));
        QVERIFY(form.readAll().contains("cause=\nplace=\n"));

        const auto early = house.ctl({QStringLiteral("run"), QStringLiteral("take"), id, QStringLiteral("--wait")});
        QCOMPARE_EXIT(early, 4);
        QVERIFY2(early.json[u"reason"].toString().contains(QStringLiteral("cause, place")), qPrintable(early.json[u"reason"].toString()));

        form.seek(0);
        form.resize(0);
        form.write("cause=a - b\nplace=sums.py:2\n");
        form.close();
        const auto taken = house.ctl({QStringLiteral("run"), QStringLiteral("take"), id, QStringLiteral("--wait")});
        QCOMPARE_EXIT(taken, 0);
        QCOMPARE(taken.json[u"state"].toString(), QStringLiteral("done"));
        QString place;
        for (const auto &step : taken.json[u"steps"].toArray())
            place = step[u"step"] == QStringLiteral("look") ? step[u"outputs"][u"place"].toString() : place;
        QVERIFY2(place == QStringLiteral("sums.py:2"), taken.out.constData());
    }

    void wrongRequestsHaveTheirOwnStatus()
    {
        const House house;
        const QString ticket = house.ticket();
        const auto start = [&](const QStringList &more) {
            return house.ctl(QStringList{QStringLiteral("run"), QStringLiteral("start"), QStringLiteral("--wait")} + more);
        };
        QCOMPARE_EXIT(start({QStringLiteral("--ticket"), QStringLiteral("zzzzzz"), QStringLiteral("--playbook"), QStringLiteral("fix"),
                             QStringLiteral("--client"), QStringLiteral("recipe")}), 3);
        QCOMPARE_EXIT(start({QStringLiteral("--ticket"), ticket, QStringLiteral("--playbook"), QStringLiteral("nothing"),
                             QStringLiteral("--client"), QStringLiteral("recipe")}), 3);
        QCOMPARE_EXIT(start({QStringLiteral("--ticket"), ticket, QStringLiteral("--playbook"), QStringLiteral("fix"),
                             QStringLiteral("--client"), QStringLiteral("nobody")}), 3);
        QCOMPARE_EXIT(start({QStringLiteral("--ticket"), ticket, QStringLiteral("--playbook"), QStringLiteral("fix"),
                             QStringLiteral("--client"), QStringLiteral("exec")}), 2);
        QCOMPARE_EXIT(start({QStringLiteral("--plugin"), QStringLiteral("sums"), QStringLiteral("--playbook"), QStringLiteral("fix"),
                             QStringLiteral("--client"), QStringLiteral("recipe")}), 2);
        QCOMPARE_EXIT(start({QStringLiteral("--playbook"), QStringLiteral("fix")}), 2);
        const auto error = house.ctl({QStringLiteral("run"), QStringLiteral("show"), QStringLiteral("zzzzzz")});
        QCOMPARE_EXIT(error, 3);
        QVERIFY(!error.json[u"error"][u"code"].toString().isEmpty());
        for (const char *line : {"frobnicate", "run frobnicate"}) {
            const auto unknown = house.ctl(words(line));
            QCOMPARE_EXIT(unknown, 2);
            QVERIFY2(unknown.json[u"error"][u"message"].toString().contains(u"frobnicate"), unknown.err.constData());
        }
        QVERIFY(house.ctl(words("run list")).json[u"runs"].toArray().isEmpty());
    }

    void aQueuedRunStartsWithServe()
    {
        const House house;
        const auto queued = house.ctl({QStringLiteral("run"), QStringLiteral("start"), QStringLiteral("--ticket"), house.ticket(),
                                       QStringLiteral("--playbook"), QStringLiteral("fix"), QStringLiteral("--client"),
                                       QStringLiteral("exec"), QStringLiteral("--command"), goodFix});
        QCOMPARE_EXIT(queued, 0);
        QCOMPARE(queued.json[u"state"].toString(), QStringLiteral("queued"));
        QVERIFY(queued.err.contains("coppicectl serve"));
        const QString id = queued.json[u"id"].toString();
        const pid_t engine = pid_t(house.ctl.start(words("serve")));
        // Another process sees it end; the engine ends cleanly.
        QTRY_COMPARE_WITH_TIMEOUT(house.state(id), QStringLiteral("done"), 60'000);
        const auto second = house.ctl(words("serve"));
        QCOMPARE_EXIT(second, 4);
        QCOMPARE(second.json[u"error"][u"code"].toString(), QStringLiteral("engine.busy"));
        ::kill(engine, SIGTERM);
        int status = 0;
        ::waitpid(engine, &status, 0);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 0);
    }

    void severalRunAtOnceAndEachIsCancelled()
    {
        const House house;
        const auto start = [&](const QString &plugin) {
            return house.ctl({QStringLiteral("run"), QStringLiteral("start"), QStringLiteral("--ticket"), house.ticket(plugin),
                              QStringLiteral("--playbook"), QStringLiteral("fix"), QStringLiteral("--client"), QStringLiteral("exec"),
                              QStringLiteral("--command"), QStringLiteral("sleep 900")})
                .json[u"id"].toString();
        };
        const pid_t engine = pid_t(house.ctl.start(words("serve")));
        const QString one = start(QStringLiteral("sums"));
        const QString two = start(QStringLiteral("other"));
        const QString three = start(QStringLiteral("sums"));
        QTRY_COMPARE_WITH_TIMEOUT(house.state(one), QStringLiteral("running"), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(house.state(two), QStringLiteral("running"), 60'000);
        QCOMPARE(house.state(three), QStringLiteral("queued")); // one of a plugin at a time
        const auto cancelled = house.ctl({QStringLiteral("run"), QStringLiteral("cancel"), two});
        QCOMPARE_EXIT(cancelled, 0);
        QCOMPARE(cancelled.json[u"state"].toString(), QStringLiteral("cancelled"));
        QVERIFY(QFileInfo(cancelled.json[u"folder"].toString()).isDir());
        QCOMPARE(house.state(one), QStringLiteral("running"));
        QCOMPARE_EXIT(house.ctl({QStringLiteral("run"), QStringLiteral("cancel"), three}), 0);
        ::kill(engine, SIGTERM);
        ::waitpid(engine, nullptr, 0);
        QCOMPARE(house.state(one), QStringLiteral("interrupted")); // nobody asked for its end: the next engine goes on
        QCOMPARE_EXIT(house.ctl({QStringLiteral("run"), QStringLiteral("cancel"), one}), 0);
        QCOMPARE_EXIT(house.ctl({QStringLiteral("run"), QStringLiteral("cancel"), one}), 1);
    }

    void aRunGoesOnAfterItsEngineWasKilled()
    {
        const House house;
        // The client waits in its first attempt and works in the next ones: what it left in HOME tells them apart no more,
        // since each attempt begins anew; what the world outside holds does.
        const QString command = QStringLiteral("if [ \"$(date +%s)\" -lt \"%1\" ]; then touch begun; sleep 900; fi; ") + goodFix;
        const qint64 later = QDateTime::currentSecsSinceEpoch() + 12;
        const pid_t engine = pid_t(house.ctl.start({QStringLiteral("run"), QStringLiteral("start"), QStringLiteral("--ticket"), house.ticket(),
                                                    QStringLiteral("--playbook"), QStringLiteral("fix"), QStringLiteral("--client"),
                                                    QStringLiteral("exec"), QStringLiteral("--wait"), QStringLiteral("--command"),
                                                    QString(command).replace(QStringLiteral("%1"), QString::number(later))}));
        QTRY_VERIFY_WITH_TIMEOUT(!house.newest().isEmpty() && house.state(house.newest()) == QStringLiteral("running"), 60'000);
        const QString id = house.newest();
        ::kill(engine, SIGKILL);
        ::waitpid(engine, nullptr, 0);
        QCOMPARE(house.state(id), QStringLiteral("interrupted"));
        while (QDateTime::currentSecsSinceEpoch() < later)
            QThread::msleep(200);
        const auto resumed = house.ctl({QStringLiteral("run"), QStringLiteral("resume"), id, QStringLiteral("--wait")});
        QCOMPARE_EXIT(resumed, 0);
        QCOMPARE(resumed.json[u"attempt"].toInt(), 2);
        QCOMPARE(resumed.json[u"state"].toString(), QStringLiteral("done"));
        const auto review = house.ctl({QStringLiteral("review"), QStringLiteral("show"), resumed.json[u"review"].toString()});
        for (const auto &file : review.json[u"files"].toArray())
            QVERIFY(!file[u"path"].toString().endsWith(QStringLiteral("begun"))); // nothing of the first attempt is in it
        QCOMPARE(house.ctl(words("review list")).json[u"reviews"].toArray().size(), 1);
    }

    /// A playbook of the library's own: neighbours, a command, a check that may fail as before, steps for either end.
    void aPlaybookOfTheLibraryIsCarriedOut()
    {
        const House house;
        house.scratch.write(QStringLiteral("library/templates/playbooks/own/SKILL.md"), "---\nname: own\ndescription: Ours.\n---\nOur way.\n");
        house.scratch.write(QStringLiteral("library/templates/playbooks/own/workflow.yaml"),
                            "version: 1\nneeds_ticket: false\nneighbours: [other]\nsteps:\n"
                            "  - {id: before, kind: command, run: echo from a command > made.txt}\n"
                            "  - {id: change, kind: agent}\n"
                            "  - {id: lint, kind: check, run: \"! grep -rn 'a - b' .\", may_fail: true}\n"
                            "  - {id: none, kind: check, run: \"{{commands.lint}}\"}\n"
                            "  - {id: seen, kind: check, run: test -f made.txt -a -f copied.py -a ! -e /src/other, needs: [change]}\n"
                            "  - {id: mourn, kind: command, run: 'false', if: failed}\n");
        house.scratch.git(house.library, words("add -A"));
        house.scratch.git(house.library, words("commit -qm own"));
        const QStringList start{QStringLiteral("run"),      QStringLiteral("start"),     QStringLiteral("--plugin"), QStringLiteral("sums"),
                                QStringLiteral("--playbook"), QStringLiteral("own"),     QStringLiteral("--client"), QStringLiteral("exec"),
                                QStringLiteral("--wait"),   QStringLiteral("--command"), QStringLiteral("cp ../other/other.py copied.py && ! touch ../other/x")};
        const auto run = house.ctl(start);
        QCOMPARE_EXIT(run, 0);
        const auto before = run.json[u"checks"][u"before"].toArray();
        const auto after = run.json[u"checks"][u"after"].toArray();
        QCOMPARE(after.size(), 2); // the plugin has no lint command: that step is left out
        QCOMPARE(before[0][u"passed"], QJsonValue(false));
        QCOMPARE(after[0][u"passed"], QJsonValue(false)); // it failed before: no fault of the change
        QCOMPARE(before[1][u"passed"], QJsonValue(false));
        QCOMPARE(after[1][u"passed"], QJsonValue(true));
        QStringList paths;
        for (const auto &file : house.ctl({QStringLiteral("review"), QStringLiteral("show"), run.json[u"review"].toString()}).json[u"files"].toArray())
            paths << file[u"path"].toString();
        QCOMPARE(paths, (QStringList{QStringLiteral("plugins/sums/copied.py"), QStringLiteral("plugins/sums/made.txt")}));
    }

    void onePlaybookForSeveralPlugins()
    {
        const House house;
        house.scratch.write(QStringLiteral("library/templates/playbooks/own/SKILL.md"), "---\nname: own\ndescription: Ours.\n---\nOur way.\n");
        house.scratch.write(QStringLiteral("library/templates/playbooks/own/workflow.yaml"),
                            "version: 1\nneeds_ticket: false\nchanges: any\nsteps:\n  - {id: change, kind: agent}\n");
        house.scratch.git(house.library, words("add -A"));
        house.scratch.git(house.library, words("commit -qm own"));
        const QStringList start = words("run start --playbook own --client exec --command") << QStringLiteral("echo > note.txt");

        const auto all = house.ctl(start + words("--all --wait"));
        QCOMPARE_EXIT(all, 0);
        QStringList plugins;
        for (const auto &run : all.json[u"runs"].toArray()) {
            QCOMPARE(run[u"state"].toString(), QStringLiteral("done"));
            plugins << run[u"plugin"].toString();
        }
        plugins.sort();
        QCOMPARE(plugins, (QStringList{QStringLiteral("other"), QStringLiteral("sums")}));

        // One that does not exist keeps the other from nothing, and is told.
        const auto some = house.ctl(start + words("--plugin sums --plugin nobody --wait"));
        QCOMPARE_EXIT(some, 1);
        QCOMPARE(some.json[u"runs"].toArray().size(), 1);
        QCOMPARE(some.json[u"failed"][0][u"plugin"].toString(), QStringLiteral("nobody"));
        QVERIFY(!some.json[u"failed"][0][u"error"][u"message"].toString().isEmpty());

        QCOMPARE(house.ctl(start + words("--all --ticket") + QStringList{house.ticket()}).exit, 2);
    }

    void interruptingWhoWaitsCancelsTheRun()
    {
        const House house;
        const pid_t waiting = pid_t(house.ctl.start({QStringLiteral("run"), QStringLiteral("start"), QStringLiteral("--ticket"), house.ticket(),
                                                     QStringLiteral("--playbook"), QStringLiteral("fix"), QStringLiteral("--client"),
                                                     QStringLiteral("exec"), QStringLiteral("--wait"), QStringLiteral("--command"),
                                                     QStringLiteral("sleep 900")}));
        QTRY_VERIFY_WITH_TIMEOUT(!house.newest().isEmpty() && house.state(house.newest()) == QStringLiteral("running"), 60'000);
        ::kill(waiting, SIGINT);
        int status = 0;
        ::waitpid(waiting, &status, 0);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 130);
        QCOMPARE(house.state(house.newest()), QStringLiteral("cancelled"));
        // It is gone on with when somebody says so, and cancelled again while it waits for nobody.
        const auto resumed = house.ctl({QStringLiteral("run"), QStringLiteral("resume"), house.newest()});
        QCOMPARE_EXIT(resumed, 0);
        QCOMPARE(resumed.json[u"state"].toString(), QStringLiteral("queued"));
        QCOMPARE_EXIT(house.ctl({QStringLiteral("run"), QStringLiteral("cancel"), house.newest()}), 0);
    }

    /// Two terminals wait for a run each: one of them is the engine of both, and neither is held up by the other's end.
    void twoTerminalsWaitAtOnce()
    {
        const House house;
        const auto start = [&](const QString &plugin, const QString &command) {
            return pid_t(house.ctl.start({QStringLiteral("run"), QStringLiteral("start"), QStringLiteral("--ticket"), house.ticket(plugin),
                                          QStringLiteral("--playbook"), QStringLiteral("fix"), QStringLiteral("--client"),
                                          QStringLiteral("exec"), QStringLiteral("--wait"), QStringLiteral("--command"), command}));
        };
        const pid_t one = start(QStringLiteral("sums"), QStringLiteral("sleep 2; echo >> sums.py"));
        const pid_t two = start(QStringLiteral("other"), QStringLiteral("sleep 3; echo >> other.py"));
        for (const pid_t pid : {one, two}) {
            int status = 0;
            ::waitpid(pid, &status, 0);
            QVERIFY(WIFEXITED(status));
            QCOMPARE(WEXITSTATUS(status), 0);
        }
        for (const auto &run : house.ctl(words("run list")).json[u"runs"].toArray()) {
            QCOMPARE(run[u"state"].toString(), QStringLiteral("done"));
            QCOMPARE(run[u"attempt"].toInt(), 1);
        }
    }

    void contextPlaybooksClientsAndStatus()
    {
        const House house;
        const auto context = house.ctl({QStringLiteral("context"), QStringLiteral("show"), QStringLiteral("--ticket"), house.ticket()});
        QCOMPARE_EXIT(context, 0);
        QVERIFY(context.json[u"text"].toString().contains(QStringLiteral("add(2, 2) answers 0")));
        QVERIFY(context.json[u"tokens"].toInt() > 100);
        QCOMPARE_EXIT(house.ctl(words("context show --plugin nothing")), 3);
        QCOMPARE_EXIT(house.ctl(words("playbooks check")), 0);
        house.scratch.write(QStringLiteral("library/templates/playbooks/odd/SKILL.md"), "no frontmatter\n");
        house.scratch.write(QStringLiteral("library/templates/playbooks/odd/workflow.yaml"), "version: 1\n");
        house.scratch.git(house.library, words("add -A"));
        house.scratch.git(house.library, words("commit -qm odd"));
        const auto odd = house.ctl(words("playbooks check"));
        QCOMPARE_EXIT(odd, 1);
        QVERIFY(odd.json[u"problems"].toArray().at(0)[u"where"].toString().endsWith(QStringLiteral("odd/SKILL.md:1")));
        QCOMPARE_EXIT(house.ctl(words("playbooks list")), 0);
        const auto clients = house.ctl(words("clients list"));
        QCOMPARE_EXIT(clients, 0);
        QCOMPARE(clients.json[u"clients"].toArray().at(0)[u"name"].toString(), QStringLiteral("exec"));
        const auto status = house.ctl(words("status"));
        QCOMPARE_EXIT(status, 0);
        QCOMPARE(status.json[u"plugins"].toInt(), 2);
        QCOMPARE(status.json[u"tickets"][u"inbox"].toInt(), 1);
        QVERIFY(status.json[u"engine"].isNull());
        QCOMPARE_EXIT(house.bare.on(house.scratch.path(QStringLiteral("nowhere")))(words("status")), 3);
    }
};

COPPICE_TEST(RunTest)
#include "run_test.moc"
