// SPDX-License-Identifier: GPL-3.0-or-later
// From an applied patch to the plugin's own repository and the library's remote, by coppicectl.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QJsonArray>
#include <QTest>

#include <csignal>

using namespace coppice::test;

namespace {

QString text(const QJsonObject &object, QStringView key)
{
    return object[key].toString();
}

/// A library with a remote, and one plugin that came from an upstream by git subtree.
class Desk
{
public:
    Desk() : ctl(QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home")))
    {
        scratch.repository("plugin", {{"src.txt", "one\ntwo\nthree\n"}, {"package.json", "{\"name\": \"a\", \"version\": \"1.2.0\"}\n"}});
        scratch.git(scratch.path(), {"clone", "-q", "--bare", "plugin", "upstreams/a.git"});
        library = scratch.repository("library", {{"README.md", "a library\n"}});
        ctl = ctl.on(library);
        must({"init", "--adopt", library});
        must({"plugins", "add", upstream(), "--name", "a"});
        scratch.git(scratch.path(), {"clone", "-q", "--bare", "library", "remote.git"});
        scratch.git(library, {"remote", "add", "origin", scratch.path("remote.git")});
    }
    QJsonObject must(const QStringList &args) const
    {
        const auto answer = ctl(args);
        if (answer.exit != 0)
            qFatal("%s: %s", qPrintable(args.join(u' ')), answer.err.constData());
        return answer.json;
    }
    [[nodiscard]] QString upstream() const { return scratch.path("upstreams/a.git"); }
    [[nodiscard]] QByteArray head(const QString &repository) const { return scratch.git(repository, {"rev-parse", "HEAD"}); }
    [[nodiscard]] QByteArray upstreamFile() const { return scratch.git(upstream(), {"show", "HEAD:src.txt"}); }
    /// Opens, accepts and applies a change of the plugin's file; answers the commit.
    QString apply(const QByteArray &bytes) const
    {
        const QByteArray now = scratch.read("library/plugins/a/src.txt");
        scratch.write("library/plugins/a/src.txt", bytes);
        scratch.git(library, {"diff", "--output=" + scratch.path("patch")});
        scratch.write("library/plugins/a/src.txt", now);
        scratch.git(library, {"status", "--porcelain"}); // freshens the index
        const QString id = text(must({"review", "open", "--plugin", "a", "--patch", scratch.path("patch"), "--title", "fix: count right"}), u"id");
        must({"review", "accept", id, "--all"});
        return text(must({"review", "apply", id}), u"commit");
    }

    Scratch scratch;
    Ctl ctl;
    QString library;
};

} // namespace

class ShipTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sendsToUpstreamAndLibraryRemote()
    {
        const Desk desk;
        const QByteArray before = desk.head(desk.upstream());
        const QString commit = desk.apply("one\nTWO\nthree\n");
        const auto dry = desk.ctl({"ship", "a", "--dry-run"});
        QCOMPARE_EXIT(dry, 0);
        QCOMPARE(text(dry.json, u"version"), QStringLiteral("1.2.0"));
        QCOMPARE(dry.json[u"commits"].toArray(), QJsonArray{"fix: count right"});
        QCOMPARE(dry.json[u"pushed"].toBool(true), false);
        QCOMPARE(desk.head(desk.upstream()), before);

        const auto shipped = desk.ctl({"ship", "a"});
        QCOMPARE_EXIT(shipped, 0);
        QCOMPARE(desk.upstreamFile(), QByteArray("one\nTWO\nthree"));
        QCOMPARE(desk.head(desk.upstream()), text(shipped.json, u"commit").toLatin1());
        QCOMPARE(text(dry.json, u"commit"), text(shipped.json, u"commit"));
        QCOMPARE(desk.scratch.git(desk.upstream(), {"rev-parse", "HEAD^"}), before);
        QCOMPARE(desk.head("remote.git"), commit.toLatin1());
        QCOMPARE(desk.must({"review", "list", "--all"})[u"reviews"][0][u"state"].toString(), QStringLiteral("shipped"));

        // Again: nothing is sent, nothing breaks.
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
        QCOMPARE(desk.head(desk.upstream()), text(shipped.json, u"commit").toLatin1());
        QCOMPARE(desk.head(desk.library), commit.toLatin1());
    }

    void aMovedUpstreamIsNotOverwritten()
    {
        const Desk desk;
        desk.apply("one\nTWO\nthree\n");
        desk.scratch.commit("plugin", "other.txt", "x\n", "feat: elsewhere");
        desk.scratch.git("plugin", {"push", "-q", desk.upstream(), "main"});
        const QByteArray theirs = desk.head(desk.upstream());
        const auto refused = desk.ctl({"ship", "a"});
        QVERIFY(refused.exit == 1 || refused.exit == 4);
        QVERIFY(!text(refused.json[u"error"].toObject(), u"message").isEmpty());
        QCOMPARE(desk.head(desk.upstream()), theirs);
        const auto dry = desk.ctl({"ship", "a", "--dry-run"});
        QCOMPARE_EXIT(dry, 0);
        QStringList notes;
        for (const auto &note : dry.json[u"notes"].toArray())
            notes << note.toString();
        QCOMPARE(notes.filter("last ship").size(), 1);
    }

    void othersWorkOnTheLibraryIsTakenIn()
    {
        const Desk desk;
        desk.scratch.git(desk.scratch.path(), {"clone", "-q", "remote.git", "colleague"});
        desk.scratch.commit("colleague", "README.md", "their words\n", "docs: words");
        desk.scratch.git("colleague", {"push", "-q"});
        desk.apply("one\nTWO\nthree\n"); // fetches first
        QCOMPARE(desk.scratch.read("library/README.md"), QByteArray("their words\n"));
        desk.scratch.commit("colleague", "NOTES.md", "more\n", "docs: more");
        desk.scratch.git("colleague", {"push", "-q"});
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0); // its first push of the library is too late
        QCOMPARE(desk.head("remote.git"), desk.head(desk.library));
        QCOMPARE(desk.scratch.git("remote.git", {"show", "HEAD:NOTES.md"}), QByteArray("more"));
        QCOMPARE(desk.upstreamFile(), QByteArray("one\nTWO\nthree"));
    }

    /// Killed at any moment and asked again: everything is where it belongs, once.
    void killedShipEndsWell()
    {
        const int rounds = qMax(1, qEnvironmentVariableIntValue("COPPICE_FAULTS") / 4);
        for (int round = 0; round < rounds; ++round) {
            const Desk desk;
            const QByteArray before = desk.head(desk.upstream());
            const QString commit = desk.apply("one\nTWO\nthree\n");
            const qint64 pid = desk.ctl.start({"ship", "a"});
            QTest::qWait(30 + (round * 97) % 900); // the moment is the point of the test
            ::kill(pid_t(-pid), SIGKILL);
            QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
            QCOMPARE(desk.upstreamFile(), QByteArray("one\nTWO\nthree"));
            QCOMPARE(desk.scratch.git(desk.upstream(), {"rev-parse", "HEAD^"}), before);
            QCOMPARE(desk.head("remote.git"), commit.toLatin1());
            QCOMPARE(desk.head(desk.library), commit.toLatin1());
            QCOMPARE(desk.scratch.git(desk.library, {"status", "--porcelain"}), QByteArray());
        }
    }
};

COPPICE_TEST(ShipTest)
#include "ship_test.moc"
