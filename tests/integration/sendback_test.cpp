// SPDX-License-Identifier: GPL-3.0-or-later
// A patch of a scripted client, read, decided on by lines, sent back and answered, by coppicectl; with a kill of the engine
// between. The client does what the reviewer's words in its prompt say, so that it answers nothing that it was not told.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QJsonArray>
#include <QTest>

#include <csignal>
#include <sys/wait.h>

using namespace coppice::test;

namespace {

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

QByteArray numbered(int from, int to)
{
    QByteArray all;
    for (int i = from; i <= to; ++i)
        all += "line " + QByteArray::number(i) + '\n';
    return all;
}

/// The first time it changes two places; told "use WORD", it writes that in the second place. Counts its starts.
const QString client = QStringLiteral("if grep -q 'What the reviewer wants changed' \"$COPPICE_PROMPT_FILE\"; then "
                                      "w=$(grep -oE 'use [A-Z]{2,}' \"$COPPICE_PROMPT_FILE\" | head -1 | cut -d' ' -f2); "
                                      "sleep \"${SLOW:-0}\"; sed -i \"s/^second$/$w/\" text.txt; "
                                      "else sed -i -e 's/^line 10$/first/' -e 's/^line 40$/second/' text.txt; fi");

} // namespace

class SendBackTest final : public QObject
{
    Q_OBJECT

    struct House {
        House() : bare(QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home"))), ctl(bare)
        {
            const auto library = scratch.repository(QStringLiteral("library"), {{QStringLiteral("plugins/a/text.txt"), numbered(1, 60)}});
            ctl = bare.on(library);
            const auto adopted = bare({QStringLiteral("init"), QStringLiteral("--adopt"), library});
            if (adopted.exit != 0)
                qFatal("init --adopt: %s", adopted.err.constData());
            folder = library;
            const QString ticket = ctl(words("tickets new --plugin a --title Change")).json[u"id"].toString();
            const auto run = ctl(QStringList{QStringLiteral("run"), QStringLiteral("start"), QStringLiteral("--ticket"), ticket, QStringLiteral("--wait")}
                                 + words("--playbook fix --client exec --command") + QStringList{client});
            if (run.exit != 0)
                qFatal("run start: %s %s", run.out.constData(), run.err.constData());
            patch = run.json[u"review"].toString();
            first = run.json[u"id"].toString();
        }
        QJsonObject show(const QStringList &more = {}) const { return ctl(QStringList{QStringLiteral("review"), QStringLiteral("show"), patch} + more).json; }
        QJsonArray hunks() const { return show()[u"files"][0][u"hunks"].toArray(); }
        Ctl::Answer say(const char *what, const QStringList &more) const
        {
            return ctl(QStringList{QStringLiteral("review"), QString::fromLatin1(what), patch} + more);
        }
        QByteArray landed() const { return scratch.git(folder, {QStringLiteral("show"), QStringLiteral("HEAD:plugins/a/text.txt")}) + '\n'; }
        QStringList runs() const
        {
            QStringList ids;
            for (const auto &run : ctl(words("run list")).json[u"runs"].toArray())
                ids << run[u"id"].toString();
            return ids;
        }

        Scratch scratch;
        Ctl bare, ctl;
        QString folder, patch, first;
    };

private Q_SLOTS:
    void theAnswerIsTheNextRevision()
    {
        const House house;
        QCOMPARE_EXIT(house.say("send-back", {}), 1); // nothing to say yet
        auto hunks = house.hunks();
        QCOMPARE(hunks.size(), 2);
        const QString good = hunks[0][u"id"].toString(), bad = hunks[1][u"id"].toString();
        QCOMPARE_EXIT(house.say("accept", {good}), 0);
        QCOMPARE_EXIT(house.say("reject", {bad, QStringLiteral("--reason"), QStringLiteral("use THIRD here")}), 0);
        QCOMPARE_EXIT(house.say("comment", {QStringLiteral("Please mind the tone."), QStringLiteral("--hunk"), bad}), 0);
        const auto sent = house.say("send-back", {QStringLiteral("--message"), QStringLiteral("Nearly there."), QStringLiteral("--wait")});
        QCOMPARE_EXIT(sent, 0);
        QVERIFY(sent.json[u"id"].toString() != house.first);
        QCOMPARE(sent.json[u"review"].toString(), house.patch);
        QCOMPARE(sent.json[u"client"].toString(), QStringLiteral("exec"));

        const auto shown = house.show({QStringLiteral("--since-revision"), QStringLiteral("1")});
        QCOMPARE(shown[u"revision"].toInt(), 2);
        QCOMPARE(shown[u"revisions"].toArray().size(), 2);
        hunks = shown[u"files"][0][u"hunks"].toArray();
        QCOMPARE(hunks[0][u"id"].toString(), good);
        QCOMPARE(hunks[0][u"verdict"].toString(), QStringLiteral("accepted"));
        QCOMPARE(hunks[1][u"verdict"].toString(), QStringLiteral("undecided"));
        const auto since = shown[u"since"].toObject();
        QVERIFY(!since[u"nothing_new"].toBool());
        QCOMPARE(since[u"hunks"][0][u"kind"].toString(), QStringLiteral("same"));
        QCOMPARE(since[u"hunks"][1][u"kind"].toString(), QStringLiteral("changed"));
        QCOMPARE(since[u"hunks"][1][u"before"].toArray(), QJsonArray{bad});
        QVERIFY(shown[u"comments"][0][u"outdated"].toBool()); // on a text that is gone, and shown with it
        QVERIFY(shown[u"comments"][0][u"quote"].toString().contains(u"+second"));

        // By lines: the line that goes, and not the one that comes.
        QCOMPARE_EXIT(house.say("accept", {hunks[1][u"id"].toString(), QStringLiteral("--lines"), QStringLiteral("1")}), 0);
        const auto applied = house.say("apply", {});
        QCOMPARE_EXIT(applied, 0);
        QCOMPARE(house.landed(), numbered(1, 9) + "first\n" + numbered(11, 39) + numbered(41, 60));
    }

    void aPersonsOwnText()
    {
        const House house;
        const QString good = house.hunks()[0][u"id"].toString();
        QCOMPARE_EXIT(house.say("accept", {good}), 0);
        const QString file = house.scratch.write(QStringLiteral("mine"), numbered(1, 9) + "first\n" + numbered(11, 39) + "mine\r\n" + numbered(41, 60));
        QCOMPARE_EXIT(house.say("edit", {QStringLiteral("plugins/a/none.txt"), QStringLiteral("--with"), file}), 3);
        const auto edited = house.say("edit", {QStringLiteral("plugins/a/text.txt"), QStringLiteral("--with"), file});
        QCOMPARE_EXIT(edited, 0);
        auto shown = house.show();
        QCOMPARE(shown[u"revision"].toInt(), 2);
        QVERIFY(shown[u"revisions"][1][u"by"].toString().startsWith(u"person:"));
        QCOMPARE(shown[u"files"][0][u"hunks"][0][u"verdict"].toString(), QStringLiteral("accepted"));
        QCOMPARE(shown[u"files"][0][u"hunks"][1][u"verdict"].toString(), QStringLiteral("undecided"));
        QCOMPARE_EXIT(house.ctl({QStringLiteral("undo"), edited.json[u"operation"].toString()}), 0);
        QCOMPARE(house.show()[u"revision"].toInt(), 1);
        QCOMPARE_EXIT(house.say("edit", {QStringLiteral("plugins/a/text.txt"), QStringLiteral("--with"), file}), 0);
        QCOMPARE_EXIT(house.say("accept", {QStringLiteral("--all")}), 0);
        QCOMPARE_EXIT(house.say("apply", {}), 0);
        QCOMPARE(house.landed(), house.scratch.read(QStringLiteral("mine")));
    }

    /// The engine dies when it has been asked, and again while the client works: one run, one revision, right text.
    void anEngineThatDiesSendsBackOnce()
    {
        const House house;
        QCOMPARE_EXIT(house.say("reject", {house.hunks()[1][u"id"].toString(), QStringLiteral("--reason"), QStringLiteral("use LATER")}), 0);
        const auto engine = [&] { return pid_t(house.ctl.start(words("serve"), house.scratch.path(QStringLiteral("engine.log")))); };
        const auto kill = [](pid_t pid) {
            ::kill(pid, SIGKILL);
            int status = 0;
            ::waitpid(pid, &status, 0);
        };
        pid_t serving = engine();
        const pid_t asking = pid_t(house.ctl.start({QStringLiteral("review"), QStringLiteral("send-back"), house.patch, QStringLiteral("--command"),
                                                    QStringLiteral("SLOW=1; ") + client}));
        QTRY_VERIFY_WITH_TIMEOUT(house.runs().size() == 2, 60'000);
        kill(serving);
        int status = 0;
        ::waitpid(asking, &status, 0);
        const auto again = house.say("send-back", {}); // while it is still to be done: refused, and said why
        QCOMPARE_EXIT(again, 4);
        QCOMPARE(again.json[u"error"][u"code"].toString(), QStringLiteral("review.run-writes"));
        const QString run = house.runs().first() == house.first ? house.runs().last() : house.runs().first();
        serving = engine();
        const auto state = [&] { return house.ctl({QStringLiteral("run"), QStringLiteral("show"), run}).json[u"state"].toString(); };
        QTRY_VERIFY_WITH_TIMEOUT(state() == u"running" || state() == u"done", 60'000);
        kill(serving);
        serving = engine();
        if (state() == u"interrupted")
            (void)house.ctl({QStringLiteral("run"), QStringLiteral("resume"), run});
        QTRY_COMPARE_WITH_TIMEOUT(state(), QStringLiteral("done"), 90'000);
        kill(serving);
        QCOMPARE(house.runs().size(), 2);
        const auto shown = house.show();
        QCOMPARE(shown[u"revisions"].toArray().size(), 2);
        QCOMPARE_EXIT(house.say("accept", {QStringLiteral("--all")}), 0);
        QCOMPARE_EXIT(house.say("apply", {}), 0);
        const auto lines = house.landed().split('\n');
        QCOMPARE(lines.value(39), QByteArray("LATER"));
        QCOMPARE(house.landed(), QByteArray(numbered(1, 9) + "first\n" + numbered(11, 39) + "LATER\n" + numbered(41, 60)));
    }
};

COPPICE_TEST(SendBackTest)
#include "sendback_test.moc"
