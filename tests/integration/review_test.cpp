// SPDX-License-Identifier: GPL-3.0-or-later
// Patches made by the installed git, opened, read, decided and applied by coppicectl.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QRegularExpression>
#include <QTest>

#include <csignal>

using namespace coppice::test;

namespace {

QString text(const QJsonObject &object, QStringView key)
{
    return object[key].toString();
}

QByteArray numbered(int from, int to)
{
    QByteArray all;
    for (int i = from; i <= to; ++i)
        all += "line " + QByteArray::number(i) + '\n';
    return all;
}

/// A library with one plugin, and a clone of it in which a test makes its changes.
class Desk
{
public:
    Desk() : ctl(QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home")))
    {
        library = scratch.repository(QStringLiteral("library"),
                                     {{"plugins/a/text.txt", numbered(1, 60)},
                                      {"plugins/a/gone.txt", "bye\n"},
                                      {"plugins/a/old name.txt", numbered(100, 130)},
                                      {"plugins/a/run.sh", "#!/bin/sh\necho\n"},
                                      {"plugins/a/data.bin", QByteArray("\0\1\2\3", 4)},
                                      {"plugins/a/package.json", "{\"name\": \"a\", \"version\": \"1.0.0\"}\n"},
                                      {"plugins/b/text.txt", "other\n"}});
        const auto adopted = ctl({"init", "--adopt", library});
        if (adopted.exit != 0)
            qFatal("init --adopt: %s", adopted.err.constData());
        ctl = ctl.on(library);
        scratch.git(scratch.path(), {"clone", "-q", library, "clone"});
    }
    void write(const QString &file, const QByteArray &bytes) const { scratch.write("clone/plugins/a/" + file, bytes); }
    [[nodiscard]] QString diff(const QStringList &options = {}) const
    {
        const QString file = scratch.path("patch");
        scratch.git("clone", {"add", "-A"});
        scratch.git("clone", QStringList{"diff", "--cached", "--binary", "--output=" + file} + options);
        return file;
    }
    /// Opens the clone's changes; answers the id.
    [[nodiscard]] QString open(const QStringList &options = {}) const
    {
        const auto opened = ctl({"review", "open", "--plugin", "a", "--patch", diff(options)});
        if (opened.exit != 0)
            qFatal("review open: %s", opened.err.constData());
        return text(opened.json, u"id");
    }
    [[nodiscard]] QJsonObject file(const QString &id, const QString &path) const
    {
        const auto files = ctl({"review", "show", id}).json[u"files"].toArray();
        for (const auto &one : files) {
            if (one[u"path"].toString() == path)
                return one.toObject();
        }
        return {};
    }
    [[nodiscard]] QByteArray head() const { return scratch.git(library, {"rev-parse", "HEAD"}); }
    [[nodiscard]] QByteArray treeOf(const QString &folder, const QString &revision) const
    {
        return scratch.git(folder, {"rev-parse", revision + "^{tree}"});
    }

    Scratch scratch;
    Ctl ctl;
    QString library;
};

} // namespace

class ReviewTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void wholePatchLandsAsOneCommit()
    {
        const Desk desk;
        desk.write("text.txt", "first\n" + numbered(2, 40) + numbered(45, 60) + "no end");
        QVERIFY(QFile::remove(desk.scratch.path("clone/plugins/a/gone.txt")));
        desk.scratch.git("clone", {"mv", "plugins/a/old name.txt", QString::fromUtf8("plugins/a/neuer \"Näme\".txt")});
        QVERIFY(QFile::setPermissions(desk.scratch.path("clone/plugins/a/run.sh"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        desk.write("data.bin", QByteArray("\0\1\2\3\4", 5));
        desk.write("new.txt", "new\n");
        QVERIFY(QFile::link("text.txt", desk.scratch.path("clone/plugins/a/link")));
        const QString id = desk.open();
        desk.scratch.git("clone", {"commit", "-qm", "all"});

        const auto shown = desk.ctl({"review", "show", id});
        QCOMPARE_EXIT(shown, 0);
        QCOMPARE(shown.json[u"files"].toArray().size(), 7);
        const auto hunks = desk.file(id, "plugins/a/text.txt")[u"hunks"].toArray();
        QCOMPARE(hunks.size(), 3);
        QCOMPARE(hunks[0][u"old_start"].toInt(), 1);
        QCOMPARE(hunks[0][u"old_lines"].toInt(), 4);
        QCOMPARE(hunks[1][u"old_start"].toInt(), 38);
        QCOMPARE(hunks[1][u"old_lines"].toInt(), 10);
        QCOMPARE(hunks[1][u"new_lines"].toInt(), 6);
        for (const auto *path : {"plugins/a/gone.txt", "plugins/a/neuer \"Näme\".txt", "plugins/a/run.sh", "plugins/a/data.bin",
                                 "plugins/a/new.txt", "plugins/a/link"})
            QCOMPARE(desk.file(id, QString::fromUtf8(path))[u"hunks"].toArray().size(), 1);

        const auto early = desk.ctl({"review", "apply", id});
        QCOMPARE_EXIT(early, 1);
        QVERIFY(text(early.json[u"error"].toObject(), u"message").contains("accepted"));

        const QByteArray before = desk.head();
        QCOMPARE_EXIT(desk.ctl({"review", "accept", id, "--all"}), 0);
        const auto applied = desk.ctl({"review", "apply", id});
        QCOMPARE_EXIT(applied, 0);
        QCOMPARE(text(applied.json, u"commit").toLatin1(), desk.head());
        QCOMPARE(desk.scratch.git(desk.library, {"rev-parse", "HEAD^"}), before);
        QCOMPARE(desk.treeOf(desk.library, "HEAD"), desk.treeOf("clone", "HEAD"));
        QCOMPARE(desk.scratch.git(desk.library, {"status", "--porcelain"}), QByteArray());
        const QByteArray message = desk.scratch.git(desk.library, {"log", "-1", "--format=%B"});
        QVERIFY2(message.contains("Coppice-Reviewer: "), message.constData());
        QVERIFY(QRegularExpression("^[a-z]+(\\([^)]+\\))?: ").match(QString::fromUtf8(message)).hasMatch());

        // Asked again: the same answer, and nothing moves.
        const auto again = desk.ctl({"review", "apply", id});
        QCOMPARE_EXIT(again, 0);
        QCOMPARE(text(again.json, u"commit"), text(applied.json, u"commit"));
        QCOMPARE(desk.head(), text(applied.json, u"commit").toLatin1());
        QCOMPARE_EXIT(desk.ctl({"review", "reject", id, "--all"}), 1);
    }

    void onlyAcceptedHunksLandAndVerdictsAreUndone()
    {
        const Desk desk;
        desk.write("text.txt", "first\n" + numbered(2, 29) + "thirty\n" + numbered(31, 59) + "last\n");
        desk.write("new.txt", "unwanted\n");
        const QString id = desk.open();
        const auto hunks = desk.file(id, "plugins/a/text.txt")[u"hunks"].toArray();
        QCOMPARE(hunks.size(), 3);
        const auto hunk = [&](int i) { return hunks[i][u"id"].toString(); };
        QCOMPARE_EXIT(desk.ctl({"review", "accept", id, "--all"}), 0);
        QCOMPARE_EXIT(desk.ctl({"review", "reject", id.right(6).toLower(), hunk(1), "--reason", "not this"}), 0);
        QCOMPARE_EXIT(desk.ctl({"review", "reject", id, hunk(2)}), 0);
        QCOMPARE_EXIT(desk.ctl({"undo"}), 0); // the third is accepted again
        QCOMPARE_EXIT(desk.ctl({"review", "reject", id, desk.file(id, "plugins/a/new.txt")[u"hunks"][0][u"id"].toString()}), 0);
        QCOMPARE(desk.file(id, "plugins/a/text.txt")[u"hunks"][1][u"reason"].toString(), QStringLiteral("not this"));
        QCOMPARE_EXIT(desk.ctl({"review", "apply", id}), 0);
        QCOMPARE(desk.scratch.read("library/plugins/a/text.txt"), "first\n" + numbered(2, 59) + "last\n");
        QVERIFY(!QFile::exists(desk.library + "/plugins/a/new.txt"));
    }

    void laterChangesMergeOrConflict()
    {
        const Desk desk;
        desk.write("text.txt", numbered(1, 29) + "thirty\n" + numbered(31, 60));
        const QString id = desk.open();
        QCOMPARE_EXIT(desk.ctl({"review", "accept", id, "--all"}), 0);

        desk.scratch.commit("library", "plugins/a/text.txt", "one\n" + numbered(2, 29) + "DREISSIG\n" + numbered(31, 60), "docs: other");
        const QByteArray before = desk.head();
        const auto conflict = desk.ctl({"review", "apply", id});
        QCOMPARE_EXIT(conflict, 4);
        const auto need = conflict.json[u"needs"][0].toObject();
        QCOMPARE(text(need, u"kind"), QStringLiteral("conflict"));
        QCOMPARE(text(need, u"plugin"), QStringLiteral("a"));
        QCOMPARE(need[u"paths"][0].toString(), QStringLiteral("plugins/a/text.txt"));
        QCOMPARE(desk.head(), before);
        QCOMPARE(desk.scratch.git(desk.library, {"status", "--porcelain"}), QByteArray());

        desk.scratch.commit("library", "plugins/a/text.txt", "one\n" + numbered(2, 60), "docs: back");
        QCOMPARE_EXIT(desk.ctl({"review", "apply", id}), 0);
        QCOMPARE(desk.scratch.read("library/plugins/a/text.txt"), "one\n" + numbered(2, 29) + "thirty\n" + numbered(31, 60));
    }

    void aDirtyFileIsNotOverwritten()
    {
        const Desk desk;
        desk.write("text.txt", "x\n" + numbered(2, 60));
        const QString id = desk.open();
        QCOMPARE_EXIT(desk.ctl({"review", "accept", id, "--all"}), 0);
        const QByteArray before = desk.head();
        desk.scratch.write("library/plugins/a/text.txt", "mine\n");
        QCOMPARE_EXIT(desk.ctl({"review", "apply", id}), 4);
        QCOMPARE(desk.head(), before);
        QCOMPARE(desk.scratch.read("library/plugins/a/text.txt"), QByteArray("mine\n"));
    }

    void riskIsFlagged()
    {
        const Desk desk;
        desk.write("code.js", "const a = 1;\nconst admin\xe2\x80\x8b = true;\nif (x) { /*\xe2\x80\xae } */ }\nlet p\xd0\xb0ss;\n");
        desk.scratch.write("clone/plugins/b/text.txt", "changed\n");
        const auto shown = desk.ctl({"review", "show", desk.open()});
        QCOMPARE_EXIT(shown, 0);
        QStringList flags;
        for (const auto &flag : shown.json[u"flags"].toArray())
            flags << QStringLiteral("%1 %2:%3 %4").arg(flag[u"kind"].toString(), flag[u"path"].toString())
                         .arg(flag[u"line"].toInt()).arg(flag[u"class"].toString()).trimmed();
        QVERIFY(flags.contains("hidden-characters plugins/a/code.js:2 hidden"));
        QVERIFY(flags.contains("hidden-characters plugins/a/code.js:3 reordering"));
        QVERIFY(flags.contains("hidden-characters plugins/a/code.js:4 ambiguous"));
        QVERIFY(flags.contains("outside-plugin plugins/b/text.txt:0"));
    }

    void badInputIsSaidPlainly()
    {
        const Desk desk;
        const QByteArray before = desk.head();
        const auto open = [&](const QByteArray &diff, const QString &plugin = "a") {
            return desk.ctl({"review", "open", "--plugin", plugin, "--patch", desk.scratch.write("bad", diff)});
        };
        QCOMPARE_EXIT(open("no diff at all\n"), 1);
        QCOMPARE_EXIT(open("diff --git a/plugins/a/text.txt b/plugins/a/text.txt\n--- a/plugins/a/text.txt\n+++ b/plugins/a/text.txt\n"
                           "@@ -3 +3 @@\n-something else\n+x\n"), 1);
        QCOMPARE_EXIT(open("diff --git a/../x b/../x\nnew file mode 100644\n--- /dev/null\n+++ b/../x\n@@ -0,0 +1 @@\n+x\n"), 1);
        desk.write("text.txt", "x\n" + numbered(2, 60));
        const QString diff = desk.diff();
        QCOMPARE_EXIT(desk.ctl({"review", "open", "--plugin", "nobody", "--patch", diff}), 3);
        QCOMPARE_EXIT(desk.ctl({"review", "open", "--plugin", "a", "--patch", desk.scratch.path("not-there")}), 3);
        QCOMPARE_EXIT(desk.ctl({"review", "show", "ABCDEFGH"}), 3);
        QCOMPARE(desk.ctl({"review", "list"}).json[u"reviews"].toArray().size(), 0);
        const QString id = desk.open();
        QCOMPARE_EXIT(desk.ctl({"review", "accept", id}), 2);
        QCOMPARE_EXIT(desk.ctl({"review", "accept", id, "0123456789abcdef"}), 3);
        QCOMPARE_EXIT(desk.ctl({"ship", "nobody"}), 3);
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 1); // it has no upstream
        QCOMPARE(desk.head(), before);
    }

    /// Killed at any moment, asked again: one commit, clean work tree, the right answer.
    void killedApplyLandsOnce()
    {
        const int rounds = qMax(1, qEnvironmentVariableIntValue("COPPICE_FAULTS") / 4);
        for (int round = 0; round < rounds; ++round) {
            const Desk desk;
            desk.write("text.txt", "x\n" + numbered(2, 60));
            const QString id = desk.open();
            QCOMPARE_EXIT(desk.ctl({"review", "accept", id, "--all"}), 0);
            const QByteArray before = desk.head();
            const qint64 pid = desk.ctl.start({"review", "apply", id});
            QTest::qWait(20 + (round * 37) % 400); // the moment is the point of the test
            ::kill(pid_t(-pid), SIGKILL);
            const auto applied = desk.ctl({"review", "apply", id});
            QCOMPARE_EXIT(applied, 0);
            QCOMPARE(text(applied.json, u"commit").toLatin1(), desk.head());
            QCOMPARE(desk.scratch.git(desk.library, {"rev-parse", "HEAD^"}), before);
            QCOMPARE(desk.scratch.git(desk.library, {"status", "--porcelain"}), QByteArray());
            QCOMPARE(desk.scratch.read("library/plugins/a/text.txt"), "x\n" + numbered(2, 60));
        }
    }
};

COPPICE_TEST(ReviewTest)
#include "review_test.moc"
