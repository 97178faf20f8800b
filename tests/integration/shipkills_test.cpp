// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 at every step of shipping by name (see core/base/fault.h). Each way through shipping is gone once unharmed; the
// points that it passes are written down by the program itself, and at each of them, at its first and second passing, the
// program is killed. Then the same command is given again, and what there is compared: nothing sent, tagged, deployed or
// asked for twice, nothing half done, and the final state reached.
// COPPICE_FAULTS is the number of kills for all ways together (8); 0: all there are. COPPICE_SEED repeats one choice.
#include "ship_desk.h"
#include "support/pull_server.h"
#include "support/test_main.h"

#include <QDir>
#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QSet>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>

#include <memory>

using namespace coppice::test;

namespace {

const QByteArray deploySettings = "commands:\n  deploy: 'echo \"$COPPICE_VERSION\" >> \"$COPPICE_DEPLOY_TO/begun\"; sleep 0.1; echo \"$COPPICE_VERSION\" >> \"$COPPICE_DEPLOY_TO/over\"'\n"
                                  "  rollback: 'echo back >> \"$COPPICE_DEPLOY_TO/begun\"; sleep 0.1; echo back >> \"$COPPICE_DEPLOY_TO/over\"'\n  deploy_to: [../production]\n";

QStringList textsIn(const QJsonObject &object, QStringView key)
{
    return object[key].toVariant().toStringList();
}

/// One way through shipping: what is made ready each time, the command that is killed, and what has to be so in the end.
class Way
{
public:
    explicit Way(bool pulls = false, bool deploys = true)
    {
        QByteArray yaml = "\ngit_policy: {tags: \"v{version}\"}\n";
        QByteArray own = "id: a\nprefix: plugins/a\nupstream:\n  url: " + desk.upstream().toUtf8() + "\n  branch: main\n";
        if (pulls) {
            server = std::make_unique<PullServer>();
            yaml += "trackers:\n  github: {base_url: \"" + server->base().toLatin1() + "\", token: \"env:FORGE_KEY\"}\n";
            own += "  ship: pr\n  forge: github\n  project: acme/weather\n";
            desk.ctl.setEnv("FORGE_KEY", "good");
        }
        desk.scratch.write("production/begun", "");
        desk.scratch.write("production/over", "");
        desk.settings("coppice.yaml", yaml);
        desk.pluginSettings(own + (deploys ? deploySettings : QByteArray()));
    }
    virtual ~Way() = default;
    Way(const Way &) = delete;
    Way &operator=(const Way &) = delete;

    virtual void prepare() = 0;
    [[nodiscard]] virtual QStringList command() const { return {"ship", "a"}; }
    /// `told`: notes before and in the second answer. Empty: all is as it has to be.
    virtual QString wrong(const QJsonObject &answer, const QString &told) = 0;
    /// Passings beyond the second are tried, too: the deploy command is not the first program that is run.
    [[nodiscard]] virtual int mostPassings(const QString &point) const { return point.endsWith("/program.begun") ? 8 : 2; }

    ShipDesk desk;
    std::unique_ptr<PullServer> server;

protected:
    /// A change of its own with a version of its own, landed for a ticket.
    void change(bool land = true)
    {
        ++round;
        before = desk.head(desk.upstream());
        productionBefore = lines("begun", "").size();
        desk.scratch.commit("library", "plugins/a/package.json", "{\n  \"name\": \"a\",\n  \"version\": \"" + version() + "\"\n}\n", QString("chore(a): " + version()));
        ticket = desk.ticket("fix: round " + QString::number(round));
        review = desk.propose("round " + QByteArray::number(round) + '\n', "fix: round " + QString::number(round), "src.txt", ticket);
        desk.must({"review", "accept", review, "--all"});
        if (land)
            desk.must({"review", "apply", review});
    }
    [[nodiscard]] QByteArray version() const { return "2." + QByteArray::number(round) + ".0"; }
    QByteArray git(const QString &where, const QStringList &args) const { return desk.scratch.git(where, args); }
    [[nodiscard]] QString stateOf(const QString &id) const { return textIn(desk.must({"tickets", "show", id}), u"state"); }
    [[nodiscard]] QByteArrayList lines(const char *file, const QByteArray &of) const
    {
        QByteArrayList all = desk.scratch.read(QString("production/") + file).split('\n');
        all.removeAll(QByteArray());
        if (!of.isEmpty())
            all.removeIf([&](const QByteArray &line) { return line != of; });
        return all;
    }
    /// Run once; or once more by the person's second asking, where the first was told to be uncertain.
    [[nodiscard]] QString deployedWrongly(const QByteArray &what, qsizetype begunBefore, qsizetype overBefore, const QString &told) const
    {
        const auto begun = lines("begun", what).size() - begunBefore, over = lines("over", what).size() - overBefore;
        const bool uncertain = told.contains("may have run");
        if (begun == 1 && over == 1)
            return {};
        if (begun == 2 && over >= 1 && uncertain)
            return {};
        return QString("ran %1 times, ended %2 times; told: %3").arg(begun).arg(over).arg(told);
    }
    [[nodiscard]] QString unsound() const
    {
        if (const auto status = git(desk.library, {"status", "--porcelain"}); !status.isEmpty())
            return QString("the work tree is not clean: " + status);
        if (desk.head("remote.git") != desk.head(desk.library))
            return "the library's remote is behind";
        QDir runs(desk.ctl.home());
        const auto all = desk.must({"run", "list"})[u"runs"].toArray();
        for (const auto &run : all) {
            const QString state = run[u"state"].toString();
            if (state != "done" && state != "failed" && state != "cancelled")
                return "a run is left " + state;
        }
        if (!git(desk.upstream(), {"fsck", "--full", "--no-dangling"}).isEmpty() || !git(desk.library, {"fsck", "--full", "--no-dangling"}).isEmpty())
            return "a repository is broken";
        return {};
    }
    /// The upstream has the round's two commits once, on top of what it had, and its tag on `at`.
    [[nodiscard]] QString sentWrongly(const QByteArray &at) const
    {
        const QByteArray subject = "fix: round " + QByteArray::number(round);
        const auto subjects = git(desk.upstream(), {"log", "--format=%s", QString(before + "..HEAD")}).split('\n');
        if (subjects.count(subject) != 1)
            return QString("the upstream has the commit %1 times").arg(subjects.count(subject));
        return taggedWrongly(at);
    }
    [[nodiscard]] QString taggedWrongly(const QByteArray &at) const
    {
        const auto tags = git(desk.upstream(), {"tag", "--list", QString("v" + version())});
        if (tags != "v" + version())
            return "the tag is missing";
        if (git(desk.upstream(), {"rev-parse", QString("v" + version() + "^{commit}")}) != at)
            return "the tag names another commit";
        return {};
    }
    [[nodiscard]] QString watchedWrongly() const
    {
        if (stateOf(ticket) != "watching")
            return "the ticket is " + stateOf(ticket);
        int watches = 0;
        for (const auto &watch : desk.must({"ship", "a", "--state"})[u"watches"].toArray())
            watches += watch[u"ticket"].toString() == ticket ? 1 : 0;
        if (watches != 1)
            return QString("%1 watches").arg(watches);
        const auto patch = desk.must({"review", "show", review});
        return textIn(patch, u"state") == "shipped" ? QString() : QString("the patch is " + textIn(patch, u"state"));
    }

    int round = 0;
    QByteArray before;
    qsizetype productionBefore = 0;
    QString ticket, review;
};

QString firstOf(std::initializer_list<QString> all)
{
    for (const auto &one : all) {
        if (!one.isEmpty())
            return one;
    }
    return {};
}

struct Apply final : Way {
    Apply() : Way(false, false) { }
    void prepare() override
    {
        headBefore = desk.head(desk.library);
        change(false);
    }
    [[nodiscard]] QStringList command() const override { return {"review", "apply", review}; }
    QString wrong(const QJsonObject &answer, const QString &) override
    {
        const QByteArray trailer = "Coppice-Patch: " + review.toLatin1();
        const auto messages = git(desk.library, {"log", "--format=%B", QString(headBefore + "..HEAD")});
        if (messages.count(trailer) != 1)
            return QString("landed %1 times").arg(messages.count(trailer));
        if (desk.scratch.read("library/plugins/a/src.txt") != "round " + QByteArray::number(round) + '\n' || !git(desk.library, {"status", "--porcelain"}).isEmpty())
            return "the work tree does not follow";
        if (textIn(answer, u"commit").toLatin1() != git(desk.library, {"log", "--format=%H", "-1", "--grep", trailer}))
            return "the answer names another commit";
        const auto patch = desk.must({"review", "show", review});
        if (textIn(patch, u"state") != "applied" || stateOf(ticket) != "shipping")
            return "patch " + textIn(patch, u"state") + ", ticket " + stateOf(ticket);
        if (answer[u"proof"].toObject().isEmpty())
            return "there is no proof";
        return {};
    }
    QByteArray headBefore;
};

struct Push final : Way {
    void prepare() override { change(); }
    QString wrong(const QJsonObject &answer, const QString &told) override
    {
        if (!answer[u"tagged"].toBool() || !answer[u"deployed"].toBool())
            return "the answer does not say that it is tagged and deployed";
        return firstOf({sentWrongly(desk.head(desk.upstream())), deployedWrongly(version(), 0, 0, told), watchedWrongly(), unsound()});
    }
};

struct OpenPull final : Way {
    OpenPull() : Way(true) { }
    void prepare() override
    {
        if (round > 0) // the last one is over, without its change: that is found, settled and followed by another
            server->end(int(server->pulls().size()), "closed");
        change();
        expected = server->creations() + 1;
    }
    QString wrong(const QJsonObject &answer, const QString &) override
    {
        if (server->creations() != expected)
            return QString("%1 pull requests, not %2").arg(server->creations()).arg(expected);
        const auto pull = server->pulls().back();
        if (pull.state != "open" || git(desk.upstream(), {"show", pull.head + ":src.txt"}) != "round " + QByteArray::number(round))
            return "its branch does not hold the change";
        if (desk.head(desk.upstream()) != before || !lines("begun", "").isEmpty())
            return "more was done than was asked for";
        if (!textIn(answer, u"next").contains("ship a"))
            return "the answer does not say what to do next";
        return firstOf({stateOf(ticket) == "shipping" ? QString() : "the ticket is " + stateOf(ticket), unsound()});
    }
    int expected = 0;
};

/// After a merge there: settled, tagged, taken in, deployed and watched.
struct Merged final : Way {
    explicit Merged(bool deploying) : Way(true, deploying), deploys(deploying) { }
    void prepare() override
    {
        change();
        desk.must({"ship", "a"});
        const auto pull = server->pulls().back();
        if (!QDir(desk.scratch.path("merger")).exists())
            git(desk.scratch.path(), {"clone", "-q", desk.upstream(), "merger"});
        git("merger", {"fetch", "-q", "origin"});
        git("merger", {"reset", "-q", "--hard", "origin/main"});
        git("merger", {"merge", "-q", "--squash", "origin/" + pull.head});
        git("merger", {"commit", "-q", "-m", "fix: round " + QString::number(round)});
        git("merger", {"push", "-q", "origin", "main"});
        merge = git("merger", {"rev-parse", "HEAD"});
        server->end(int(server->pulls().size()), "merged", merge, true);
        creations = server->creations();
    }
    [[nodiscard]] QStringList command() const override { return deploys ? QStringList{"ship", "a"} : QStringList{"ship", "a", "--poll"}; }
    QString wrong(const QJsonObject &, const QString &told) override
    {
        if (server->creations() != creations || desk.head(desk.upstream()) != merge)
            return "more was sent";
        if (deploys) {
            const auto apart = desk.must({"sync", "status", "a"})[u"plugins"][0][u"behind"].toInt();
            if (apart != 0)
                return "the merge was not taken in";
        }
        return firstOf({taggedWrongly(merge), deploys ? deployedWrongly(version(), 0, 0, told) : QString(), watchedWrongly(), deploys ? unsound() : QString()});
    }
    bool deploys;
    QByteArray merge;
    int creations = 0;
};

struct RollBack final : Way {
    void prepare() override
    {
        change();
        desk.must({"ship", "a"});
        begunBefore = lines("begun", "back").size();
        overBefore = lines("over", "back").size(); // fewer, where a kill fell into the command itself
    }
    [[nodiscard]] QStringList command() const override { return {"ship", "a", "--roll-back"}; }
    QString wrong(const QJsonObject &, const QString &told) override
    {
        if (stateOf(ticket) != "inbox")
            return "the ticket is " + stateOf(ticket);
        for (const auto &release : desk.must({"ship", "a", "--state"})[u"releases"].toArray()) {
            if (release[u"version"].toString().toLatin1() == version())
                return "it counts as out still";
        }
        return firstOf({deployedWrongly("back", begunBefore, overBefore, told), unsound()});
    }
    qsizetype begunBefore = 0, overBefore = 0;
};

struct Propose final : Way {
    Propose() : Way(false, false) { }
    void prepare() override
    {
        ++round;
        desk.scratch.commit("library", "plugins/a/src.txt", "round " + QByteArray::number(round) + '\n', "feat: round " + QString::number(round));
    }
    [[nodiscard]] QStringList command() const override { return {"ship", "a", "--propose-version"}; }
    QString wrong(const QJsonObject &answer, const QString &) override
    {
        int open = 0;
        for (const auto &one : desk.must({"review", "list"})[u"reviews"].toArray())
            open += one[u"title"].toString().startsWith("chore(release)") ? 1 : 0;
        if (open != 1 || textIn(answer, u"review").isEmpty())
            return QString("%1 proposals are open").arg(open);
        const auto who = desk.must({"review", "approvals", textIn(answer, u"review")})[u"requested_by"].toArray();
        return who.size() == 1 ? QString() : QString("nobody is written down as who asked for it");
    }
};

/// The error comes back in the release that was to mend it, or stays away for three days.
struct Watch final : Way {
    explicit Watch(bool back) : Way(false, false), comesBack(back) { }
    void prepare() override
    {
        ++round;
        const auto event = [&](const QByteArray &release, bool take) {
            const QByteArray type = "E" + QByteArray::number(round), now = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toLatin1();
            desk.scratch.write("event.json", "{\"level\":\"error\",\"error\":{\"name\":\"" + type + "\",\"message\":\"it breaks\",\"stack\":\"" + type
                                                 + ": it breaks\\n    at f (src/x" + QByteArray::number(round) + ".js:3:1)\"},\"release\":\"" + release + "\",\"time\":\"" + now + "\"}\n");
            if (take)
                desk.must({"ingest", "--plugin", "a", desk.scratch.path("event.json")});
        };
        event("0.9.0", true);
        const auto groups = desk.must({"groups", "list"})[u"groups"].toArray();
        for (const auto &one : groups) {
            if (one[u"title"].toString().startsWith("E" + QString::number(round) + ":"))
                group = one[u"id"].toString();
        }
        ticket = textIn(desk.must({"tickets", "new", "--group", group}), u"id");
        desk.must({"tickets", "triage", ticket, "accept"});
        desk.scratch.commit("library", "plugins/a/package.json", "{\n  \"name\": \"a\",\n  \"version\": \"" + version() + "\"\n}\n", QString("chore(a): " + version()));
        review = desk.propose("round " + QByteArray::number(round) + '\n', "fix: round " + QString::number(round), "src.txt", ticket);
        desk.land(review);
        desk.must({"ship", "a"});
        if (comesBack)
            event(version(), false);
        else
            age();
    }
    /// Four days go by.
    void age() const
    {
        const QString path = desk.library + "/.git/coppice/state.db";
        {
            auto database = QSqlDatabase::addDatabase("QSQLITE", "age");
            database.setDatabaseName(path);
            if (!database.open() || !QSqlQuery(database).exec(QString("UPDATE shipping_watches SET since = since - 345600000 WHERE ticket = '%1'").arg(ticket)))
                qFatal("the watch cannot be aged");
        }
        QSqlDatabase::removeDatabase("age");
    }
    [[nodiscard]] QStringList command() const override
    {
        return comesBack ? QStringList{"ingest", "--plugin", "a", desk.scratch.path("event.json")} : QStringList{"ship", "a", "--poll"};
    }
    QString wrong(const QJsonObject &, const QString &) override
    {
        const auto now = desk.must({"tickets", "show", ticket});
        if (textIn(now, u"state") != (comesBack ? "inbox" : "closed") || now[u"regressed"].toBool() != comesBack)
            return "the ticket is " + textIn(now, u"state");
        for (const auto &watch : desk.must({"ship", "a", "--state"})[u"watches"].toArray()) {
            if (watch[u"ticket"].toString() == ticket)
                return "it is watched still";
        }
        const QString state = textIn(desk.must({"groups", "show", group}), u"state");
        if (state != (comesBack ? "regressed" : "resolved"))
            return "the group is " + state;
        return {};
    }
    bool comesBack;
    QString group;
};

} // namespace

class ShipKillsTest : public QObject
{
    Q_OBJECT

    int m_faults = 8;
    QRandomGenerator m_random;
    int m_killed = 0, m_passedBy = 0, m_uncertain = 0;
    QSet<QString> m_steps; ///< that some way passes

    static constexpr int ways = 9;
    static std::unique_ptr<Way> make(int number)
    {
        switch (number) {
        case 0: return std::make_unique<Apply>();
        case 1: return std::make_unique<Push>();
        case 2: return std::make_unique<OpenPull>();
        case 3: return std::make_unique<Merged>(true);
        case 4: return std::make_unique<Merged>(false);
        case 5: return std::make_unique<RollBack>();
        case 6: return std::make_unique<Propose>();
        case 7: return std::make_unique<Watch>(true);
        default: return std::make_unique<Watch>(false);
        }
    }
    /// The points that the command passes when nobody harms it, each with the passing at which to kill.
    QStringList pointsOf(Way &way, const QString &log)
    {
        QHash<QString, int> passed;
        QStringList points;
        for (const auto &line : way.desk.scratch.read(log).split('\n')) {
            const QString name = QString::fromUtf8(line);
            if (name.isEmpty())
                continue;
            m_steps << name.section(u'/', 0, 0);
            if (const int n = ++passed[name]; n <= way.mostPassings(name))
                points << name + u':' + QString::number(n);
        }
        return points;
    }
    static QString notesOf(const Ctl::Answer &answer) { return textsIn(answer.json, u"notes").join(u' ') + textIn(answer.json[u"error"].toObject(), u"message"); }

    QString killedAt(Way &way, const QString &point)
    {
        way.prepare();
        Ctl harmed = way.desk.ctl;
        harmed.setEnv("COPPICE_DIE_AT", point);
        const auto died = harmed(way.command());
        died.exit == -1 ? ++m_killed : ++m_passedBy;
        if (died.exit > 0)
            return QString("not killed, and failed: %1").arg(QString::fromUtf8(died.out));
        if (died.exit == 0) // not passed this time: it was done at once
            return way.wrong(died.json, notesOf(died));
        QString told;
        if (way.command().front() == "ship" && !way.command().contains("--propose-version"))
            told += notesOf(way.desk.ctl({"ship", "a", "--dry-run"}));
        const auto again = way.desk.ctl(way.command());
        told += notesOf(again);
        if (again.exit != 0)
            return QString("asked again: exit %1, %2").arg(again.exit).arg(QString::fromUtf8(again.out));
        m_uncertain += told.contains("may have run") ? 1 : 0;
        return way.wrong(again.json, told);
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

    void everyStep_data()
    {
        QTest::addColumn<int>("way");
        int number = 0;
        for (const char *name : {"apply", "push, tag, deploy, watch", "pull request", "merged: deployed", "merged: settled", "roll back", "propose a version", "the error comes back",
                                 "the error stays away"})
            QTest::newRow(name) << number++;
        QCOMPARE(number, ways);
    }
    void everyStep()
    {
        QFETCH(const int, way);
        const auto one = make(way);
        one->prepare();
        Ctl logged = one->desk.ctl;
        logged.setEnv("COPPICE_FAULT_LOG", one->desk.scratch.path("points"));
        const auto unharmed = logged(one->command());
        QCOMPARE_EXIT(unharmed, 0);
        const QString wrong = one->wrong(unharmed.json, notesOf(unharmed));
        QVERIFY2(wrong.isEmpty(), qPrintable("unharmed: " + wrong));
        QStringList points = pointsOf(*one, "points");
        QVERIFY2(points.size() >= 6, qPrintable("hardly any point is passed: are they compiled in? " + points.join(u' ')));
        const auto all = points.size();
        if (m_faults > 0) {
            const int share = qMax(1, (m_faults + way) / ways);
            while (points.size() > share)
                points.removeAt(m_random.bounded(int(points.size())));
        }
        QElapsedTimer timer;
        timer.start();
        QStringList failures;
        for (const auto &point : std::as_const(points)) {
            QTest::qWait(0); // Qt Test's watchdog sees that something happens
            const QString found = killedAt(*one, point);
            if (!found.isEmpty()) {
                failures << point + ": " + found;
                qWarning("%s", qPrintable(failures.back()));
            }
        }
        qInfo("%lld of %lld points, %lld s", qlonglong(points.size()), qlonglong(all), timer.elapsed() / 1000);
        QVERIFY2(failures.isEmpty(), qPrintable(failures.join(u'\n')));
    }

    /// A step that is named in these rooms' sources and that no way passes would never be tried.
    void everyStepIsPassed()
    {
        static const QRegularExpression named(QStringLiteral("FaultStep \\w+\\(\"([^\"]+)\"\\)"));
        // Passed only after a kill, or where something is refused.
        const QSet<QString> other{"ship.give-up", "roll-back.give-up", "sync.recover", "ship.recover", "apply.check", "ship.journal", "ship", "roll-back", "apply", "pull-request.follow"};
        QStringList missing;
        int found = 0;
        for (const char *room : {"shipping", "sync"}) {
            const QDir folder(QStringLiteral(COPPICE_SOURCE_DIR "/core/") + QString::fromLatin1(room));
            for (const auto &name : folder.entryList({"*.cpp"})) {
                QFile file(folder.filePath(name));
                QVERIFY(file.open(QIODevice::ReadOnly));
                auto match = named.globalMatch(QString::fromUtf8(file.readAll()));
                while (match.hasNext()) {
                    const QString step = match.next().captured(1);
                    ++found;
                    if (!m_steps.contains(step) && !other.contains(step))
                        missing << step;
                }
            }
        }
        QVERIFY(found > 15);
        QVERIFY2(missing.isEmpty(), qPrintable("no way through shipping passes: " + missing.join(", ")));
    }

    void cleanupTestCase()
    {
        qInfo("%d killed, %d points not passed that time, %d told that a command may have run", m_killed, m_passedBy, m_uncertain);
        QVERIFY2(m_killed > m_passedBy, "most points were not reached: nothing was tried");
    }
};

COPPICE_TEST(ShipKillsTest)
#include "shipkills_test.moc"
