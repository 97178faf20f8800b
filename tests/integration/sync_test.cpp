// SPDX-License-Identifier: GPL-3.0-or-later
// Subtrees from the terminal: adding, pushing, pulling, splitting, on real repositories.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QDirIterator>
#include <QJsonArray>
#include <QTest>

using namespace coppice::test;

namespace {

QStringList words(const char *text)
{
    return QString::fromUtf8(text).split(u' ');
}

/// Every file below a folder with its size and time of change.
QStringList everyFile(const QString &folder)
{
    QStringList all;
    QDirIterator files(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        files.next();
        all << files.filePath() + u' ' + QString::number(files.fileInfo().size()) + u' '
                + files.fileInfo().lastModified().toString(Qt::ISODateWithMs);
    }
    all.sort();
    return all;
}

QJsonObject firstPlugin(const Ctl::Answer &answer)
{
    return answer.json[u"plugins"].toArray().first().toObject();
}

/// A library made by `init`, and an upstream in which others commit.
struct Place {
    Place() : bare(QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home"))), ctl(bare.on(scratch.path(QStringLiteral("library")))) { }
    Scratch scratch;
    Ctl bare;
    Ctl ctl;

    [[nodiscard]] QString upstream(const QString &name) const
    {
        scratch.repository(name, {{QStringLiteral("package.json"), "{\"name\":\"" + name.toUtf8() + "\",\"version\":\"1.0.0\"}"}});
        scratch.git(scratch.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--bare"), name, QString(name + QStringLiteral(".git"))});
        scratch.git(name, {QStringLiteral("remote"), QStringLiteral("add"), QStringLiteral("up"), scratch.path(name + QStringLiteral(".git"))});
        return scratch.path(name + QStringLiteral(".git"));
    }
    void commitUpstream(const QString &name, const QString &file, const QByteArray &content) const
    {
        scratch.git(name, words("pull -q --ff-only up main"));
        scratch.commit(name, file, content, QStringLiteral("upstream"));
        scratch.git(name, words("push -q up main"));
    }
    [[nodiscard]] QByteArray dirt() const { return scratch.git(QStringLiteral("library"), words("status --porcelain")); }
};

} // namespace

class SyncContractTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void wholeWay()
    {
        Place place;
        QCOMPARE_EXIT(place.bare({QStringLiteral("init"), place.scratch.path(QStringLiteral("library"))}), 0);
        const QString url = place.upstream(QStringLiteral("weather"));
        const auto added = place.ctl({QStringLiteral("plugins"), QStringLiteral("add"), url, QStringLiteral("--name"), QStringLiteral("weather")});
        QCOMPARE_EXIT(added, 0);
        QCOMPARE(added.json[u"v"].toInt(), 1);
        QCOMPARE(added.json[u"prefix"].toString(), QStringLiteral("plugins/weather"));
        QCOMPARE(place.dirt(), QByteArray());
        QCOMPARE(firstPlugin(place.ctl(words("plugins list")))[u"version"].toString(), QStringLiteral("1.0.0"));
        const auto inStep = firstPlugin(place.ctl(words("sync status")));
        QCOMPARE(inStep[u"state"].toString(), QStringLiteral("clean"));
        QCOMPARE(inStep[u"split"].toString().toLatin1(), place.scratch.git(QStringLiteral("weather.git"), words("rev-parse HEAD")));

        place.scratch.commit(QStringLiteral("library"), QStringLiteral("plugins/weather/new"), "mine\n", QStringLiteral("mine"));
        QCOMPARE(firstPlugin(place.ctl(words("sync status")))[u"ahead"].toInt(), 1);
        const auto pushed = place.ctl(words("sync push weather"));
        QCOMPARE_EXIT(pushed, 0);
        QCOMPARE(firstPlugin(pushed)[u"commit"].toString().toLatin1(), place.scratch.git(QStringLiteral("weather.git"), words("rev-parse HEAD")));
        QCOMPARE(place.scratch.git(QStringLiteral("weather.git"), words("show HEAD:new")), "mine");

        place.commitUpstream(QStringLiteral("weather"), QStringLiteral("theirs"), "theirs\n");
        QCOMPARE(firstPlugin(place.ctl(words("sync status --fetch")))[u"state"].toString(), QStringLiteral("behind"));
        QCOMPARE_EXIT(place.ctl(words("sync pull")), 0);
        QCOMPARE(place.scratch.read(QStringLiteral("library/plugins/weather/theirs")), "theirs\n");
        QCOMPARE(place.dirt(), QByteArray());

        // a conflict: exit 4, the paths told, nothing changed
        place.commitUpstream(QStringLiteral("weather"), QStringLiteral("new"), "theirs\n");
        place.scratch.commit(QStringLiteral("library"), QStringLiteral("plugins/weather/new"), "ours\n", QStringLiteral("ours"));
        const auto before = place.scratch.git(QStringLiteral("library"), words("rev-parse HEAD"));
        const auto conflict = place.ctl(words("sync pull weather"));
        QCOMPARE_EXIT(conflict, 4);
        QCOMPARE(conflict.json[u"needs"].toArray(),
                 (QJsonArray{QJsonObject{{QStringLiteral("kind"), QStringLiteral("conflict")},
                                         {QStringLiteral("plugin"), QStringLiteral("weather")},
                                         {QStringLiteral("paths"), QJsonArray{QStringLiteral("plugins/weather/new")}}}}));
        QVERIFY(!conflict.json[u"error"][u"message"].toString().isEmpty());
        QCOMPARE(place.scratch.git(QStringLiteral("library"), words("rev-parse HEAD")), before);
        QCOMPARE(place.dirt(), QByteArray());
    }
    void dirtyTreeAndUnreachableUpstream()
    {
        Place place;
        QCOMPARE_EXIT(place.bare({QStringLiteral("init"), place.scratch.path(QStringLiteral("library"))}), 0);
        const QString url = place.upstream(QStringLiteral("a"));
        QCOMPARE_EXIT(place.ctl({QStringLiteral("plugins"), QStringLiteral("add"), url, QStringLiteral("--name"), QStringLiteral("a")}), 0);
        place.commitUpstream(QStringLiteral("a"), QStringLiteral("package.json"), "{}");
        place.scratch.write(QStringLiteral("library/plugins/a/package.json"), "not committed");
        const auto before = place.scratch.git(QStringLiteral("library"), words("rev-parse HEAD"));
        const auto dirty = place.ctl(words("sync pull"));
        QCOMPARE_EXIT(dirty, 4);
        QCOMPARE(place.scratch.read(QStringLiteral("library/plugins/a/package.json")), "not committed");
        QCOMPARE(place.scratch.git(QStringLiteral("library"), words("rev-parse HEAD")), before);
        place.scratch.git(QStringLiteral("library"), words("checkout -q ."));

        QVERIFY(QDir(url).removeRecursively());
        const auto gone = place.ctl(words("sync pull"));
        QCOMPARE_EXIT(gone, 1);
        QVERIFY(gone.json[u"error"][u"message"].toString().contains(QStringLiteral("a.git")));
        QCOMPARE_EXIT(place.ctl(words("sync push nobody")), 3);
        const auto add = place.ctl({QStringLiteral("plugins"), QStringLiteral("add"), url, QStringLiteral("--name"), QStringLiteral("b")});
        QCOMPARE_EXIT(add, 1);
        QVERIFY(!add.json[u"error"][u"hint"].toString().isEmpty());
        const auto taken = place.ctl({QStringLiteral("plugins"), QStringLiteral("add"), url, QStringLiteral("--name"), QStringLiteral("a")});
        QCOMPARE_EXIT(taken, 1);
        QCOMPARE(place.scratch.git(QStringLiteral("library"), words("rev-parse HEAD")), before);
        const auto remote = place.ctl(words("library push"));
        QCOMPARE_EXIT(remote, 1);
        QCOMPARE(remote.json[u"error"][u"code"].toString(), QStringLiteral("library.no-remote"));
    }
    void splitsRejoin()
    {
        Place place;
        const QString repo = place.scratch.repository(QStringLiteral("plain"), {{QStringLiteral("a/x"), "1"}, {QStringLiteral("b/y"), "1"}});
        const QByteArray first = place.scratch.commit(repo, QStringLiteral("a/x"), "2", QStringLiteral("change"));
        const Ctl ctl = place.bare.on(repo);
        QCOMPARE_EXIT(ctl(words("sync split --prefix a --rejoin --dry-run")), 2);
        QCOMPARE_EXIT(ctl(words("sync split --prefix a --rejoin --rev HEAD~1")), 2);
        place.scratch.write(QStringLiteral("plain/b/y"), "a person's work");
        const auto joined = ctl(words("sync split --prefix a --prefix b --rejoin"));
        QCOMPARE_EXIT(joined, 0);
        const QByteArray tip = place.scratch.git(repo, words("rev-parse HEAD"));
        QCOMPARE(joined.json[u"rejoined"].toString().toLatin1(), tip);
        QCOMPARE(place.scratch.git(repo, words("rev-parse HEAD^{tree}")), place.scratch.git(repo, {QStringLiteral("rev-parse"), QString(QString::fromLatin1(first) + QStringLiteral("^{tree}"))}));
        QCOMPARE(place.scratch.git(repo, words("status --porcelain")), "M b/y"); // what stood open stands open
        const QByteArray message = place.scratch.git(repo, words("log -1 --format=%B HEAD^"));
        QVERIFY(message.contains(QByteArray("git-subtree-dir: a\ngit-subtree-mainline: " + first + "\ngit-subtree-split: ")));

        // nothing new: nothing moves; and git goes on from there with the same ids
        QCOMPARE_EXIT(ctl(words("sync split --prefix a --prefix b --rejoin")), 0);
        QCOMPARE(place.scratch.git(repo, words("rev-parse HEAD")), tip);
        place.scratch.git(repo, words("checkout -q b/y"));
        place.scratch.commit(repo, QStringLiteral("a/x"), "3", QStringLiteral("after"));
        for (const char *more : {"", " --ignore-joins", " --annotate=note:", " --onto=HEAD~3"}) {
            const auto ours = ctl(words(qPrintable(QStringLiteral("sync split --prefix a") + QLatin1String(more))));
            QByteArray theirs;
            if (place.scratch.tryGit(repo, words(qPrintable(QStringLiteral("subtree split -q --prefix=a") + QLatin1String(more))), &theirs) == 0)
                QCOMPARE(ours.json[u"splits"][0][u"commit"].toString().toLatin1(), theirs.right(40));
            QCOMPARE_EXIT(ours, 0);
        }
    }
    void splitsAnyRepository()
    {
        Place place;
        const QString repo = place.scratch.repository(QStringLiteral("plain"), {{QStringLiteral("lib/a/x"), "1"}, {QStringLiteral("lib/b/y"), "1"}});
        for (int i = 2; i < 6; ++i)
            place.scratch.commit(repo, i % 2 ? QStringLiteral("lib/a/x") : QStringLiteral("lib/b/y"), QByteArray::number(i), QStringLiteral("change"));
        const Ctl ctl = place.bare.on(repo);
        const auto before = everyFile(repo);
        const auto dry = ctl(words("sync split --prefix lib/a --dry-run"));
        QCOMPARE_EXIT(dry, 0);
        QCOMPARE(everyFile(repo), before);
        const auto real = ctl(words("sync split --prefix lib/a --prefix lib/b/"));
        QCOMPARE_EXIT(real, 0);
        const auto splits = real.json[u"splits"].toArray();
        QCOMPARE(splits.size(), 2);
        QCOMPARE(splits[0][u"commit"], dry.json[u"splits"][0][u"commit"]);
        QVERIFY(splits[0][u"name"].isNull());
        QCOMPARE(splits[0][u"prefix"].toString(), QStringLiteral("lib/a"));
        QCOMPARE(splits[0][u"commits"].toInt(), 3);
        QCOMPARE(splits[0][u"new"].toInt(), 3);
        QCOMPARE(splits[1][u"prefix"].toString(), QStringLiteral("lib/b"));
        QVERIFY(real.json[u"seconds"].isDouble());
        QVERIFY(QFile::exists(repo + QStringLiteral("/.git/coppice/split")));
        QByteArray theirs;
        if (place.scratch.tryGit(repo, words("subtree split -q --prefix=lib/a"), &theirs) == 0)
            QCOMPARE(splits[0][u"commit"].toString().toLatin1(), theirs.right(40));

        place.scratch.git(place.scratch.path(), words("clone -q --bare plain plain.git"));
        place.scratch.write(QStringLiteral("prefixes"), "lib/b\nlib/a\n");
        const auto bare = place.bare.on(place.scratch.path(QStringLiteral("plain.git")))(
            {QStringLiteral("sync"), QStringLiteral("split"), QStringLiteral("--prefixes-from"), place.scratch.path(QStringLiteral("prefixes"))});
        QCOMPARE_EXIT(bare, 0);
        QCOMPARE(bare.json[u"splits"][1][u"commit"], splits[0][u"commit"]);
        QCOMPARE(bare.json[u"splits"][0][u"commit"], splits[1][u"commit"]);
        const auto again = place.bare.on(place.scratch.path(QStringLiteral("plain.git")))(words("sync split --prefix lib/a"));
        QCOMPARE(again.json[u"splits"][0][u"new"].toInt(), 0);

        QCOMPARE_EXIT(ctl(words("sync split --prefix no/such")), 3);
        QCOMPARE_EXIT(ctl(words("sync split --prefix ../up")), 2);
        QCOMPARE_EXIT(ctl(words("sync split")), 2);
        QCOMPARE_EXIT(place.bare.on(place.scratch.path(QStringLiteral("home")))(words("sync split --prefix a")), 3);
    }
};
COPPICE_TEST(SyncContractTest)
#include "sync_test.moc"
