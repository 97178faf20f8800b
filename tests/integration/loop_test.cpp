// SPDX-License-Identifier: GPL-3.0-or-later
// The whole way on the demo library: from a crash log to a fix that stands, tested, in the plugin's own repository.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QProcess>
#include <QTest>

using namespace coppice::test;

namespace {

QString text(const QJsonObject &object, QStringView key)
{
    return object[key].toString();
}

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

QList<QJsonObject> incidentsOf(const QJsonObject &demo, bool recipe)
{
    QList<QJsonObject> found;
    for (const auto &item : demo[u"incidents"].toArray()) {
        if (item[u"recipe"].toBool() == recipe)
            found << item.toObject();
    }
    return found;
}

int shell(const QString &folder, const QString &line)
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(QStringLiteral("sh"), {QStringLiteral("-c"), line});
    return process.waitForFinished(60'000) && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
}

} // namespace

class LoopTest : public QObject
{
    Q_OBJECT

    /// Crash log in, group, ticket: answers the ticket's id.
    static QString ticketFor(const Ctl &ctl, const QJsonObject &incident)
    {
        const QString plugin = text(incident, u"plugin");
        const auto ingested = ctl(words("ingest --plugin") << plugin << text(incident, u"log"));
        if (ingested.exit != 0)
            return {};
        QStringList groups;
        for (const auto &item : ctl(words("groups list")).json[u"groups"].toArray()) {
            if (item[u"plugin"].toString() == plugin && item[u"level"].toString() == u"error")
                groups << item[u"id"].toString();
        }
        return groups.size() == 1 ? text(ctl(words("tickets new --group") << groups.first()).json, u"id") : QString();
    }

private Q_SLOTS:
    void fromCrashLogToShippedFix()
    {
        const Scratch scratch;
        const Ctl bare(QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home")));
        const auto made = bare({QStringLiteral("demo"), scratch.path(QStringLiteral("demo"))});
        QCOMPARE_EXIT(made, 0);
        const QJsonObject demo = made.json;
        const QString library = text(demo, u"library");
        QVERIFY(demo[u"upstreams"].toObject().size() >= 6);
        QVERIFY(demo[u"incidents"].toArray().size() >= 4);
        const Ctl ctl = bare.on(library);
        const QJsonObject incident = incidentsOf(demo, true).value(0);
        const QString plugin = text(incident, u"plugin");
        const QString production = text(incident, u"production");
        const QString upstream = demo[u"upstreams"][plugin].toString();
        const QString before = QString::fromLatin1(scratch.git(upstream, words("rev-parse HEAD")));

        const QString ticket = ticketFor(ctl, incident);
        QVERIFY(!ticket.isEmpty());
        const auto run = ctl(words("run start --wait --client recipe --playbook") << text(incident, u"playbook")
                                                                                  << QStringLiteral("--ticket") << ticket);
        QCOMPARE_EXIT(run, 0);
        QCOMPARE(text(run.json, u"state"), QStringLiteral("done"));
        const auto checks = run.json[u"checks"].toObject();
        QCOMPARE(checks[u"before"].toArray().at(0)[u"passed"].toBool(true), false);
        QCOMPARE(checks[u"after"].toArray().at(0)[u"passed"].toBool(false), true);

        const QString review = text(run.json, u"review");
        const auto shown = ctl(words("review show") << review);
        QCOMPARE_EXIT(shown, 0);
        QStringList accepted, rejected;
        for (const auto &file : shown.json[u"files"].toArray()) {
            for (const auto &hunk : file[u"hunks"].toArray())
                (file[u"path"].toString().endsWith(u".md") ? rejected : accepted) << hunk[u"id"].toString();
        }
        QCOMPARE(rejected.size(), 1);
        QVERIFY(!accepted.isEmpty());
        QCOMPARE_EXIT(ctl(words("review accept") << review << accepted), 0);
        QCOMPARE_EXIT(ctl(words("review reject") << review << rejected), 0);
        const auto applied = ctl(words("review apply") << review);
        QCOMPARE_EXIT(applied, 0);
        QCOMPARE(text(applied.json, u"commit").toLatin1(), scratch.git(library, words("rev-parse HEAD")));
        QCOMPARE(scratch.git(library, words("status --porcelain")), QByteArray());

        QCOMPARE_EXIT(ctl(words("ship --dry-run") << plugin), 0);
        QCOMPARE(scratch.git(upstream, words("rev-parse HEAD")), before.toLatin1());
        const auto shipped = ctl(words("ship") << plugin);
        QCOMPARE_EXIT(shipped, 0);
        QVERIFY2(shipped.json[u"deployed"].toBool(), shipped.out.constData());

        // The upstream holds exactly the accepted change, as one commit, and its tests pass.
        const QString sent = before + QStringLiteral("..HEAD");
        QCOMPARE(scratch.git(upstream, words("rev-list --count") << sent), QByteArray("1"));
        const auto files = scratch.git(upstream, words("diff --name-only") << sent).split('\n');
        for (const auto &file : shown.json[u"files"].toArray()) {
            const QByteArray path = file[u"path"].toString().mid(QStringLiteral("plugins/").size() + plugin.size() + 1).toUtf8();
            QCOMPARE(files.contains(path), !path.endsWith(".md"));
        }
        scratch.git(scratch.path(), words("clone -q") << upstream << QStringLiteral("clone"));
        QCOMPARE(shell(scratch.path(QStringLiteral("clone")), QStringLiteral("node --test")), 0);

        // Production serves it, and its ticket is watched.
        const QString served = QFile::symLinkTarget(production + QStringLiteral("/current"));
        QVERIFY2(served.endsWith(u"-2"), qPrintable(served));
        const auto stateOfTicket = [&] { return text(ctl(words("tickets show") << ticket).json, u"state"); };
        QCOMPARE(stateOfTicket(), QStringLiteral("watching"));

        // The requests that crashed are served now: nothing new reaches the inbox.
        const auto readLog = words("ingest --plugin") << plugin << production + QStringLiteral("/plugin.log");
        QCOMPARE(shell(production, QStringLiteral("sh loader.sh")), 0);
        QCOMPARE_EXIT(ctl(readLog), 0);
        QCOMPARE(stateOfTicket(), QStringLiteral("watching"));

        // The old defect comes back in the fixed release: the ticket is open again.
        QCOMPARE(shell(production, QStringLiteral("git -C '%1' archive %2 src | tar -C current/ -xf - && sh loader.sh").arg(upstream, before)), 0);
        QCOMPARE_EXIT(ctl(readLog), 0);
        QVERIFY(stateOfTicket() != u"watching");
        QVERIFY(stateOfTicket() != u"closed");
    }

    void everyIncidentIsOneGroupAndTheDemoStartsInStep()
    {
        const Scratch scratch;
        const Ctl bare(QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home")));
        const auto demo = bare({QStringLiteral("demo"), scratch.path(QStringLiteral("demo"))}).json;
        const Ctl ctl = bare.on(text(demo, u"library"));
        const auto incidents = incidentsOf(demo, true) + incidentsOf(demo, false);
        for (const auto &incident : incidents) {
            for (int twice = 0; twice < 2; ++twice)
                QCOMPARE_EXIT(ctl(words("ingest --plugin") << text(incident, u"plugin") << text(incident, u"log")), 0);
        }
        QMap<QString, int> groups;
        for (const auto &group : ctl(words("groups list")).json[u"groups"].toArray())
            ++groups[group[u"plugin"].toString()];
        QCOMPARE(groups.size(), incidents.size());
        for (auto it = groups.begin(); it != groups.end(); ++it)
            QVERIFY2(it.value() == 1, qPrintable(it.key()));
        const auto states = ctl(words("sync status")).json[u"plugins"].toArray();
        QCOMPARE(states.size(), demo[u"upstreams"].toObject().size());
        for (const auto &plugin : states)
            QCOMPARE(plugin[u"state"].toString(), QStringLiteral("clean"));
        QCOMPARE(scratch.git(text(demo, u"library"), words("status --porcelain")), QByteArray());
    }
};
COPPICE_TEST(LoopTest)
#include "loop_test.moc"
