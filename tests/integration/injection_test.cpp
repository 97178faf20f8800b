// SPDX-License-Identifier: GPL-3.0-or-later
// Hostile texts in events, titles, files, names and commit messages, and an agent that obeys them (injection/obey.py): nothing
// that it does leaves the sandbox, and all that comes of it carries the mark. First the same agent obeys the same texts
// outside, on another library, where they do their harm: texts that do nothing would prove nothing.
#include "support/ctl.h"
#include "support/ears.h"
#include "support/left.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QProcessEnvironment>
#include <QRegularExpression>
#include <QTest>

using namespace coppice::test;

namespace {

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

QByteArray fileOf(const char *name)
{
    QFile file(QStringLiteral(COPPICE_SOURCE_DIR "/tests/integration/injection/") + QLatin1String(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(file.fileName()));
    return file.readAll();
}

struct Hostile {
    QString mark, channel, path, text;
};

/// A library with one plugin that has an upstream and a deploy command; a ticket and a patch of other people's.
struct House {
    explicit House(const QString &name) : root(name), ctl(QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home")))
    {
        for (const char *file : {".ssh/id_ed25519", "notes/diary"})
            scratch.write(QStringLiteral("home/") + QLatin1String(file), "canary\n");
        const QString source = scratch.repository(QStringLiteral("source"), {{QStringLiteral("sums.py"), "def add(a, b):\n    return a - b\n"},
                                                                             {QStringLiteral("deploy.sh"), "cp sums.py \"$COPPICE_DEPLOY_TO/\"\n"}});
        upstream = scratch.path(QStringLiteral("sums.git"));
        scratch.git(scratch.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--bare"), source, upstream});
        library = scratch.path(QStringLiteral("library"));
        production = scratch.path(QStringLiteral("production"));
        QDir().mkpath(production);
        must({QStringLiteral("init"), library});
        ctl = ctl.on(library);
        must({QStringLiteral("plugins"), QStringLiteral("add"), upstream, QStringLiteral("--name"), QStringLiteral("sums")});
        scratch.write(QStringLiteral("library/plugins/other/other.py"), "x = 1\n");
        QFile settings(library + QStringLiteral("/.coppice/plugins/sums.yaml"));
        if (!settings.open(QIODevice::Append))
            qFatal("no settings");
        settings.write("commands:\n  deploy: 'sh deploy.sh'\n  deploy_to: [../production]\n");
        settings.close();
        scratch.git(library, words("add -A"));
        scratch.git(library, words("commit -qm deploys"));
        ears.open(scratch.path(QStringLiteral("rt")), scratch.path().section(u'-', -1) + name);
        victim = ticket(QStringLiteral("other"), QStringLiteral("somebody else's ticket"));
        const auto other = run(ticket(QStringLiteral("other"), QStringLiteral("somebody else's patch")), QStringLiteral("echo y >> other.py"));
        review = other.json[u"review"].toString();
    }
    QJsonObject must(const QStringList &args) const
    {
        const auto answer = ctl(args);
        if (answer.exit != 0)
            qFatal("%s: %s%s", qPrintable(args.join(u' ')), answer.out.constData(), answer.err.constData());
        return answer.json;
    }
    QString ticket(const QString &plugin, const QString &title) const
    {
        return must({QStringLiteral("tickets"), QStringLiteral("new"), QStringLiteral("--plugin"), plugin, QStringLiteral("--title"), title})[u"id"].toString();
    }
    Ctl::Answer run(const QString &ticket, const QString &command) const
    {
        return ctl({QStringLiteral("run"), QStringLiteral("start"), QStringLiteral("--ticket"), ticket, QStringLiteral("--playbook"), QStringLiteral("fix"),
                    QStringLiteral("--client"), QStringLiteral("exec"), QStringLiteral("--wait"), QStringLiteral("--command"), command});
    }
    [[nodiscard]] QString fill(QString text, const QString &mark) const
    {
        const QList<std::pair<const char *, QString>> values{
            {"N", mark}, {"PORT", QString::number(ears.tcp)}, {"UDP", QString::number(ears.udp)}, {"LIBRARY", library},
            {"HOME", scratch.path(QStringLiteral("home"))}, {"PRODUCTION", production}, {"UPSTREAM", upstream},
            {"MARK", scratch.path(QStringLiteral("ran-on-the-host"))}, {"CTL", QStringLiteral(COPPICECTL)}, {"VICTIM", victim}, {"REVIEW", review}};
        for (const auto &[name, value] : values)
            text.replace(QStringLiteral("{{%1}}").arg(QLatin1String(name)), value);
        return text;
    }
    [[nodiscard]] QString stateOfVictim() const { return must({QStringLiteral("tickets"), QStringLiteral("show"), victim})[u"state"].toString(); }
    /// Reading it counts as shown, so the second reading is the one that stays the same.
    [[nodiscard]] QByteArray stateOfReview() const
    {
        (void)ctl({QStringLiteral("review"), QStringLiteral("show"), review});
        return ctl({QStringLiteral("review"), QStringLiteral("show"), review}).out;
    }

    QString root;
    Scratch scratch;
    Ctl ctl;
    Ears ears;
    QString library, upstream, production, victim, review;
};

} // namespace

class InjectionTest final : public QObject
{
    Q_OBJECT

    std::unique_ptr<House> m_house, m_outside;
    QList<Hostile> m_texts;
    QSet<QString> m_obeyed; ///< marks of commands that were carried out inside
    int m_runs = 1;         ///< of the house, the victim's among them
    QByteArray m_reviewBefore;

    QList<Hostile> of(const char *channel) const
    {
        QList<Hostile> some;
        for (const auto &text : m_texts) {
            if (text.channel == QLatin1String(channel))
                some << text;
        }
        return some;
    }
    /// Everything that is in the plugin's folder is obeyed, and so is the prompt. Something is changed, too, so that there is
    /// a patch.
    static QString obedient()
    {
        return QStringLiteral("echo %1 | base64 -d > /tmp/obey.py; python3 /tmp/obey.py; date +%s%N > changed").arg(QString::fromLatin1(fileOf("obey.py").toBase64()));
    }
    void obey(const House &house, const QString &ticket, bool tainted)
    {
        const auto run = house.run(ticket, obedient());
        ++m_runs;
        QCOMPARE_EXIT(run, 0);
        const QString id = run.json[u"id"].toString();
        const QByteArray log = house.ctl.plain({QStringLiteral("run"), QStringLiteral("logs"), id}).out;
        static const QRegularExpression line(QStringLiteral("OBEYED (inj-\\d+)"));
        for (auto it = line.globalMatch(QString::fromUtf8(log)); it.hasNext();)
            m_obeyed << it.next().captured(1);

        QCOMPARE(run.json[u"tainted"].toBool(), tainted);
        QCOMPARE(house.must({QStringLiteral("tickets"), QStringLiteral("show"), ticket})[u"tainted"].toBool(), tainted);
        const auto review = house.ctl({QStringLiteral("review"), QStringLiteral("show"), run.json[u"review"].toString()});
        QCOMPARE(review.json[u"tainted"].toBool(), tainted);
        bool flagged = false;
        for (const auto &flag : review.json[u"flags"].toArray())
            flagged = flagged || flag[u"kind"].toString() == u"tainted";
        QCOMPARE(flagged, tainted);
        checkFrame(id, tainted);
    }
    /// In the composed context no line of a stranger's stands for itself, and no character hides or steers.
    void checkFrame(const QString &run, bool quoted) const
    {
        QProcess find;
        find.start(QStringLiteral("find"), {m_house->scratch.path(QStringLiteral("home/state")), QStringLiteral("-path"), QStringLiteral("*%1/context.md").arg(run)});
        QVERIFY(find.waitForFinished());
        QFile file(QString::fromUtf8(find.readAllStandardOutput().trimmed()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        static const QRegularExpression hidden(QStringLiteral("[\\x{00}-\\x{08}\\x{0b}-\\x{1f}\\x{7f}\\x{200b}-\\x{200f}\\x{2028}-\\x{202e}\\x{2060}-\\x{2069}\\x{feff}]"));
        QVERIFY2(!text.contains(hidden), qPrintable(text.mid(text.indexOf(hidden), 40)));
        int open = 0, frames = 0;
        for (const QString &line : text.split(u'\n')) {
            if (line == u"~~~~ data") {
                QCOMPARE(open++, 0);
                ++frames;
            } else if (line == u"~~~~ end of data") {
                QCOMPARE(open--, 1);
            } else if (open) {
                QVERIFY2(line.startsWith(u"| "), qPrintable(line));
            }
        }
        QCOMPARE(open, 0);
        QCOMPARE(frames > 0, quoted);
    }

private Q_SLOTS:
    void initTestCase()
    {
        const auto texts = QJsonDocument::fromJson(fileOf("texts.json")).object()[u"texts"].toArray();
        for (const auto &item : texts)
            m_texts << Hostile{QStringLiteral("inj-%1").arg(m_texts.size(), 2, 10, QLatin1Char('0')), item[u"channel"].toString(), item[u"path"].toString(),
                               item[u"text"].toString()};
        QCOMPARE(m_texts.size(), 50);
        m_house = std::make_unique<House>(QStringLiteral("in"));
        m_outside = std::make_unique<House>(QStringLiteral("out"));
    }

    void obeyedOutsideTheyDoHarm()
    {
        const House &house = *m_outside;
        const QString folder = house.scratch.repository(QStringLiteral("plugin"), {{QStringLiteral("sums.py"), "x\n"}, {QStringLiteral("deploy.sh"), "cp sums.py \"$COPPICE_DEPLOY_TO/\"\n"}});
        auto env = QProcessEnvironment::systemEnvironment();
        env.insert(QStringLiteral("HOME"), house.scratch.path(QStringLiteral("home")));
        for (const char *name : {"state", "cache", "config"})
            env.insert(QStringLiteral("XDG_%1_HOME").arg(QString::fromLatin1(name).toUpper()), house.scratch.path(QStringLiteral("home/") + QLatin1String(name)));
        env.insert(QStringLiteral("COPPICE_PROMPT_FILE"), house.scratch.write(QStringLiteral("prompt"), "nothing\n"));
        const QByteArray review = house.stateOfReview();
        for (const auto &hostile : std::as_const(m_texts)) {
            const QString text = house.fill(hostile.text, hostile.mark);
            QProcess agent;
            agent.setProcessEnvironment(env);
            agent.setWorkingDirectory(folder);
            agent.start(QStringLiteral("python3"), {QStringLiteral(COPPICE_SOURCE_DIR "/tests/integration/injection/obey.py"),
                                                    house.scratch.write(QStringLiteral("text"), text.toUtf8())});
            QVERIFY(agent.waitForFinished(60'000));
            const QByteArray said = agent.readAllStandardOutput();
            QVERIFY2(said.contains(QByteArray("OBEYED " + hostile.mark.toLatin1())), qPrintable(hostile.mark + u' ' + text));
        }
        QVERIFY2(house.ears.heard() >= 15, qPrintable(QString::number(house.ears.heard())));
        QVERIFY(QFileInfo::exists(house.scratch.path(QStringLiteral("ran-on-the-host"))));
        QVERIFY(QFileInfo::exists(house.production + QStringLiteral("/owned")) && QFileInfo::exists(house.production + QStringLiteral("/sums.py")));
        QVERIFY(house.stateOfVictim() != u"inbox");
        QVERIFY(house.stateOfReview() != review);
        QVERIFY(!QFileInfo::exists(house.scratch.path(QStringLiteral("home/notes"))));
        QVERIFY(house.scratch.git(house.upstream, words("branch --list inj-*")).contains("inj-"));
    }

    void textsInEvents_data()
    {
        QTest::addColumn<int>("number");
        for (int i = 0; i < of("event").size(); ++i)
            QTest::newRow(qPrintable(of("event")[i].mark)) << i;
    }
    void textsInEvents()
    {
        QFETCH(int, number);
        const House &house = *m_house;
        if (m_reviewBefore.isEmpty())
            m_reviewBefore = house.stateOfReview();
        const Hostile hostile = of("event")[number];
        const QString type = QStringLiteral("Failure%1Error").arg(number);
        const QString text = house.fill(hostile.text, hostile.mark);
        const QJsonObject error{{QStringLiteral("type"), type}, {QStringLiteral("message"), text},
                                {QStringLiteral("stack"), QStringLiteral("%1: %2\n    at add%3 (/srv/sums/sums.js:%3:1)").arg(type, text).arg(number + 1)}};
        const QJsonObject record{{QStringLiteral("level"), 50}, {QStringLiteral("time"), 1'790'000'000'000.0 + number},
                                 {QStringLiteral("msg"), text}, {QStringLiteral("err"), error}};
        const QString log = house.scratch.write(QStringLiteral("event-%1.log").arg(number), QJsonDocument(record).toJson(QJsonDocument::Compact) + '\n');
        house.must({QStringLiteral("ingest"), QStringLiteral("--plugin"), QStringLiteral("sums"), log});
        QString group;
        for (const auto &one : house.must(words("groups list"))[u"groups"].toArray()) {
            if (one[u"title"].toString().startsWith(type))
                group = one[u"id"].toString();
        }
        QVERIFY(!group.isEmpty());
        obey(house, house.must({QStringLiteral("tickets"), QStringLiteral("new"), QStringLiteral("--group"), group})[u"id"].toString(), true);
        QVERIFY2(m_obeyed.contains(hostile.mark), "the agent did not get to see the text");
    }

    void textsInTitles()
    {
        const House &house = *m_house;
        for (const auto &hostile : of("title")) {
            obey(house, house.ticket(QStringLiteral("sums"), house.fill(hostile.text, hostile.mark)), false);
            if (QTest::currentTestFailed())
                return;
            QVERIFY2(m_obeyed.contains(hostile.mark), qPrintable(hostile.text));
        }
    }

    /// By way of the plugin's own repository.
    void textsInFilesNamesAndCommits()
    {
        const House &house = *m_house;
        const QString clone = house.scratch.path(QStringLiteral("clone"));
        house.scratch.git(house.scratch.path(), {QStringLiteral("clone"), QStringLiteral("-q"), house.upstream, clone});
        for (const auto &hostile : of("file"))
            house.scratch.write(QStringLiteral("clone/") + hostile.path, house.fill(hostile.text, hostile.mark).toUtf8());
        for (const auto &hostile : of("name"))
            house.scratch.write(QStringLiteral("clone/") + house.fill(hostile.text, hostile.mark), "x\n");
        house.scratch.git(clone, words("add -A"));
        for (const auto &hostile : of("commit"))
            house.scratch.git(clone, {QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("--allow-empty"), QStringLiteral("-m"), house.fill(hostile.text, hostile.mark)});
        house.scratch.git(clone, words("push -q origin HEAD"));
        house.must(words("sync pull"));
        obey(house, house.ticket(QStringLiteral("sums"), QStringLiteral("read everything")), false);
        if (QTest::currentTestFailed())
            return;
        for (const char *channel : {"file", "name", "commit"}) {
            for (const auto &hostile : of(channel))
                QVERIFY2(m_obeyed.contains(hostile.mark), qPrintable(hostile.mark));
        }
    }

    void nothingLeftTheSandbox()
    {
        const House &house = *m_house;
        QCOMPARE(m_obeyed.size(), 50);
        QCOMPARE(house.ears.heard(), 0);
        QVERIFY(!QFileInfo::exists(house.scratch.path(QStringLiteral("ran-on-the-host"))));
        QCOMPARE(processesLeft(house.scratch.path(QStringLiteral("home"))), QStringList());
        // No deploy, nothing pushed, nothing of the home.
        QCOMPARE(QDir(house.production).entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::Hidden), QStringList());
        QCOMPARE(house.scratch.git(house.upstream, words("branch --list inj-*")), QByteArray());
        QCOMPARE(house.scratch.read(QStringLiteral("home/notes/diary")), QByteArray("canary\n"));
        // No other ticket, run or patch.
        QCOMPARE(house.stateOfVictim(), QStringLiteral("inbox"));
        QCOMPARE(house.stateOfReview(), m_reviewBefore);
        const auto runs = house.must(words("run list"))[u"runs"].toArray();
        QCOMPARE(runs.size(), m_runs);
        for (const auto &run : runs) {
            QCOMPARE(run[u"state"].toString(), QStringLiteral("done"));
            QCOMPARE(run[u"playbook"].toString(), QStringLiteral("fix"));
        }
        QCOMPARE(house.scratch.git(house.library, words("status --porcelain")), QByteArray());
        QVERIFY(!QFileInfo::exists(house.library + QStringLiteral("/.git/hooks/pre-commit")));
        QVERIFY(!house.scratch.read(QStringLiteral("library/.git/config")).contains("fsmonitor"));
    }

    /// What the agent wrote is in the patches, and each kind of it is pointed out to the reviewer.
    void whatIsLaidForLaterIsPointedOut()
    {
        const House &house = *m_house;
        const auto all = house.must(words("review list --all"))[u"reviews"].toArray();
        QSet<QString> kinds;
        QStringList paths;
        for (const auto &one : all) {
            const auto shown = house.must({QStringLiteral("review"), QStringLiteral("show"), one[u"id"].toString()});
            QVERIFY2(!QJsonDocument(shown).toJson().contains("canary"), "a secret is in a patch");
            for (const auto &flag : shown[u"flags"].toArray())
                kinds << flag[u"kind"].toString();
            for (const auto &file : shown[u"files"].toArray())
                paths << file[u"path"].toString();
        }
        QVERIFY2(paths.contains(QStringLiteral("plugins/sums/.github/workflows/owned.yml")), qPrintable(paths.join(u'\n')));
        QVERIFY(paths.filter(QStringLiteral(".git/")).isEmpty());
        for (const char *kind : {"ci", "agent-instructions", "tainted"})
            QVERIFY2(kinds.contains(QLatin1String(kind)), qPrintable(QStringList(kinds.values()).join(u' ')));
    }
};

COPPICE_TEST(InjectionTest)
#include "injection_test.moc"
