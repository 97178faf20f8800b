// SPDX-License-Identifier: GPL-3.0-or-later
// Libraries as they are found: plugins joined by git subtree in each of its ways, by hand, or not at all. After changes at
// both ends, `sync push` and `sync pull` make what `git subtree push` and `pull` make on an identical clone: the same
// commits upstream, the same trees in the library, the same conflicts. COPPICE_SEED repeats a run,
// COPPICE_ROUNDS is the number of changes and syncs (2).
//
// Each round begins where both ends are the same, so what a pull has to give is known: the two texts merged on that. In
// one thing this is better than git's. `git subtree pull` without a rejoin compares with the upstream commit that was
// pulled last, and does not know what was pushed since: what upstream took back of it comes back, unseen.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QJsonArray>
#include <QTest>

#include <optional>
#include <random>

using namespace coppice::test;
using namespace Qt::StringLiterals;

namespace {

const QByteArray lines = "a\nb\nc\nd\ne\nf\ng\nh\n";

/// What `git subtree` did on its copy, or would not do.
enum class Done { Nothing, Changed, Refused };

class House
{
public:
    House() : bare(QStringLiteral(COPPICECTL), scratch.path(u"home"_s))
    {
        scratch.repository(u"library"_s, {{u"README"_s, "1"}});
        plugin(u"neighbour"_s, u"full"_s); // whose history no other plugin may get into
    }
    /// Puts a plugin into the library in one of the ways that people have.
    void plugin(const QString &name, const QString &way)
    {
        const QString prefix = u"plugins/"_s + name;
        const QString url = scratch.path(name + u".git"_s);
        if (way == u"grown"_s || way == u"rejoined"_s) {
            scratch.commit(u"library"_s, prefix + u"/text"_s, lines, u"begin "_s + name);
            scratch.commit(u"library"_s, prefix + u"/more"_s, "1\n", u"go on"_s);
            scratch.git(scratch.path(), {u"init"_s, u"-q"_s, u"--bare"_s, u"-b"_s, u"main"_s, name + u".git"_s});
            lib({u"subtree"_s, u"push"_s, u"-q"_s, u"--prefix="_s + prefix, url, u"main"_s});
            if (way == u"rejoined"_s)
                lib({u"subtree"_s, u"split"_s, u"-q"_s, u"--rejoin"_s, u"--prefix="_s + prefix});
            scratch.git(scratch.path(), {u"clone"_s, u"-q"_s, url, name});
            return;
        }
        scratch.repository(name + u"-first"_s, {{u"text"_s, lines}});
        scratch.commit(name + u"-first"_s, u"more"_s, "1\n", u"second"_s);
        scratch.git(scratch.path(), {u"clone"_s, u"-q"_s, u"--bare"_s, name + u"-first"_s, name + u".git"_s});
        scratch.git(scratch.path(), {u"clone"_s, u"-q"_s, url, name});
        lib({u"fetch"_s, u"-q"_s, url, u"main"_s});
        const QString tip = QString::fromLatin1(scratch.git(name, {u"rev-parse"_s, u"HEAD"_s}));
        const QString add = u"Add '%1/' from commit '%2'\n\ngit-subtree-dir: %1\n"_s.arg(prefix, tip);
        if (way == u"full"_s)
            lib({u"subtree"_s, u"add"_s, u"-q"_s, u"--prefix="_s + prefix, url, u"main"_s});
        else if (way == u"squash"_s || way == u"moved"_s)
            lib({u"subtree"_s, u"add"_s, u"-q"_s, u"--squash"_s, u"--prefix="_s + (way == u"moved"_s ? u"old"_s : prefix), url, u"main"_s});
        if (way == u"moved"_s) {
            lib({u"mv"_s, u"old"_s, prefix});
            lib({u"commit"_s, u"-qm"_s, u"move"_s});
        } else if (way == u"copied"_s) {
            lib({u"read-tree"_s, u"-u"_s, u"--prefix="_s + prefix, tip});
            lib({u"commit"_s, u"-qm"_s, u"copy"_s});
        } else if (way == u"merged by hand"_s || way == u"added without mainline"_s) {
            lib({u"merge"_s, u"-q"_s, u"-s"_s, u"ours"_s, u"--no-commit"_s, u"--allow-unrelated-histories"_s, tip});
            lib({u"read-tree"_s, u"-u"_s, u"--prefix="_s + prefix, tip});
            lib({u"commit"_s, u"-qm"_s, way == u"merged by hand"_s ? u"merge"_s : add + u"git-subtree-split: "_s + tip});
        } else if (way == u"squashed pull request"_s) {
            lib({u"read-tree"_s, u"-u"_s, u"--prefix="_s + prefix, tip});
            lib({u"commit"_s, u"-qm"_s, u"Add a plugin (#7)\n\n* Squashed content\n\ngit-subtree-dir: %1\ngit-subtree-split: %2\n\n* Merge"_s.arg(prefix, tip)});
        }
    }
    QByteArray lib(const QStringList &args) const { return scratch.git(u"library"_s, args); }
    QByteArray tip(const QString &repository) const { return scratch.git(repository, {u"rev-parse"_s, u"main"_s}); }
    QByteArray tree(const QString &library, const QString &name) const { return scratch.git(library, {u"rev-parse"_s, u"HEAD:plugins/"_s + name}); }
    /// A copy of library and upstream for git to work on.
    void copy(const QString &name) const
    {
        QDir(scratch.path(u"copy"_s)).removeRecursively();
        QDir().mkpath(scratch.path(u"copy"_s));
        scratch.git(scratch.path(), {u"clone"_s, u"-q"_s, u"library"_s, u"copy/library"_s});
        scratch.git(scratch.path(), {u"clone"_s, u"-q"_s, u"--mirror"_s, name + u".git"_s, u"copy/up.git"_s});
        // what a squash names need not be in any branch
        scratch.git(u"copy/library"_s, {u"fetch"_s, u"-q"_s, scratch.path(u"library"_s), u"+refs/coppice/*:refs/coppice/*"_s});
    }
    Done gitPush(const QString &name) const
    {
        const auto before = tip(u"copy/up.git"_s);
        QByteArray said;
        if (scratch.tryGit(u"copy/library"_s, {u"subtree"_s, u"push"_s, u"-q"_s, u"--prefix=plugins/"_s + name, scratch.path(u"copy/up.git"_s), u"main"_s}, &said) != 0)
            return Done::Refused;
        return tip(u"copy/up.git"_s) == before ? Done::Nothing : Done::Changed;
    }
    Done gitPull(const QString &name, bool squash) const
    {
        QStringList args{u"subtree"_s, u"pull"_s, u"-q"_s, u"--prefix=plugins/"_s + name, u"-m"_s, u"pull"_s};
        if (squash)
            args << u"--squash"_s;
        const auto before = scratch.git(u"copy/library"_s, {u"rev-parse"_s, u"HEAD"_s});
        QByteArray said;
        if (scratch.tryGit(u"copy/library"_s, args + QStringList{scratch.path(u"copy/up.git"_s), u"main"_s}, &said) == 0)
            return scratch.git(u"copy/library"_s, {u"rev-parse"_s, u"HEAD"_s}) == before ? Done::Nothing : Done::Changed;
        return Done::Refused;
    }
    [[nodiscard]] QByteArray text(const QString &repository, const QString &of) const { return scratch.git(repository, {u"show"_s, of}); }
    /// Two texts merged by git on a third, all without the last end of line; none with conflicts.
    [[nodiscard]] std::optional<QByteArray> merged(const QByteArray &ours, const QByteArray &base, const QByteArray &theirs) const
    {
        scratch.write(u"merge/ours"_s, ours);
        scratch.write(u"merge/base"_s, base);
        scratch.write(u"merge/theirs"_s, theirs);
        QByteArray out;
        const int conflicts = scratch.tryGit(u"merge"_s, {u"merge-file"_s, u"-p"_s, u"-q"_s, u"ours"_s, u"base"_s, u"theirs"_s}, &out);
        return conflicts == 0 ? std::optional(out) : std::nullopt;
    }
    Scratch scratch;
    Ctl bare;
};

} // namespace

class SubtreeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void asGitSubtree_data()
    {
        QTest::addColumn<QString>("way");
        QTest::addColumn<bool>("squash");
        for (const char *way : {"full", "squash", "grown", "rejoined", "copied", "moved", "merged by hand", "added without mainline", "squashed pull request"}) {
            for (const bool squash : {false, true})
                QTest::addRow("%s, pulled %s", way, squash ? "as squash" : "in full") << QString::fromLatin1(way) << squash;
        }
    }
    void asGitSubtree()
    {
        QFETCH(const QString, way);
        QFETCH(const bool, squash);
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? quint32(qEnvironmentVariableIntValue("COPPICE_SEED")) : std::random_device()() % 1'000'000;
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        House house;
        auto &scratch = house.scratch;
        house.plugin(u"a"_s, way);
        QCOMPARE_EXIT(house.bare({u"init"_s, u"--adopt"_s, scratch.path(u"library"_s), u"--upstreams"_s, scratch.path()}), 0);
        const QByteArray settings = scratch.read(u"library/.coppice/plugins/a.yaml"_s);
        QCOMPARE(settings.contains("mode: squash"), way == u"squash"_s || way == u"squashed pull request"_s);
        if (settings.contains("mode: squash") != squash) {
            QByteArray other = settings;
            other.replace(squash ? "mode: full" : "mode: squash", squash ? "mode: squash" : "mode: full");
            scratch.commit(u"library"_s, u".coppice/plugins/a.yaml"_s, other, u"the other mode"_s);
        }
        const Ctl ctl = house.bare.on(scratch.path(u"library"_s));
        const auto neighbour = ctl({u"sync"_s, u"status"_s, u"neighbour"_s}).json[u"plugins"][0][u"split"].toString();

        QByteArray common = lines.trimmed(); // the text when both ends were the same
        const int rounds = qEnvironmentVariableIsSet("COPPICE_ROUNDS") ? qEnvironmentVariableIntValue("COPPICE_ROUNDS") : 2;
        for (int round = 0; round < rounds; ++round) {
            const QByteArray value = QByteArray::number(round);
            scratch.git(u"a"_s, {u"fetch"_s, u"-q"_s});
            scratch.git(u"a"_s, {u"reset"_s, u"-q"_s, u"--hard"_s, u"origin/main"_s});
            if (round == 0 || random() % 2) {
                scratch.commit(u"library"_s, u"plugins/a/"_s + (random() % 2 ? u"mine"_s : u"text"_s), QByteArray(lines).replace("b", QByteArray("b" + value)), u"library"_s);
                scratch.commit(u"library"_s, u"plugins/neighbour/n"_s, value, u"neighbour"_s);
            }
            if (round == 0 || random() % 2) {
                scratch.commit(u"a"_s, random() % 2 ? u"theirs"_s : u"text"_s, QByteArray(lines).replace(random() % 4 ? "g" : "b", QByteArray("up" + value)), u"upstream"_s);
                scratch.git(u"a"_s, {u"push"_s, u"-q"_s});
            }
            QCOMPARE_EXIT(ctl({u"sync"_s, u"status"_s, u"--fetch"_s}), 0);
            house.copy(u"a"_s);
            const auto wanted = house.merged(house.text(u"library"_s, u"HEAD:plugins/a/text"_s), common, house.text(u"a.git"_s, u"main:text"_s));
            const Done gits = house.gitPull(u"a"_s, squash);
            const auto before = house.tree(u"library"_s, u"a"_s);
            const auto pulled = ctl({u"sync"_s, u"pull"_s, u"a"_s});
            if (wanted) {
                QCOMPARE_EXIT(pulled, 0);
                QCOMPARE(house.text(u"library"_s, u"HEAD:plugins/a/text"_s), *wanted);
                if ((gits == Done::Changed || gits == Done::Nothing) && house.text(u"copy/library"_s, u"HEAD:plugins/a/text"_s) == *wanted)
                    QCOMPARE(house.tree(u"library"_s, u"a"_s), house.tree(u"copy/library"_s, u"a"_s));
            } else {
                QCOMPARE_EXIT(pulled, 4);
                QCOMPARE(house.tree(u"library"_s, u"a"_s), before);
                QCOMPARE_EXIT(ctl({u"sync"_s, u"resolve"_s, u"a"_s}), 0);
                QCOMPARE_EXIT(ctl({u"sync"_s, u"resolve"_s, u"a"_s, u"--theirs"_s, u"text"_s, u"--done"_s}), 0);
            }
            house.copy(u"a"_s);
            const Done gitsPush = house.gitPush(u"a"_s);
            const auto pushed = ctl({u"sync"_s, u"push"_s, u"a"_s});
            QCOMPARE_EXIT(pushed, 0);
            QVERIFY(gitsPush != Done::Refused);
            QCOMPARE(house.tip(u"a.git"_s), house.tip(u"copy/up.git"_s));
            QCOMPARE(scratch.git(u"a.git"_s, {u"rev-parse"_s, u"main^{tree}"_s}), house.tree(u"library"_s, u"a"_s));
            common = house.text(u"a.git"_s, u"main:text"_s);
        }
        const auto status = ctl({u"sync"_s, u"status"_s});
        QCOMPARE(status.json[u"plugins"][0][u"state"].toString(), u"clean"_s);
        // the neighbour got its own commits, and no others
        const auto after = status.json[u"plugins"][1][u"split"].toString();
        const auto sent = house.lib({u"log"_s, u"--format=%s"_s, neighbour + u".."_s + after});
        for (const auto &subject : sent.split('\n'))
            QVERIFY2(subject.isEmpty() || subject == "neighbour", sent.constData());
        QCOMPARE(house.lib({u"status"_s, u"--porcelain"_s}), QByteArray());
    }
};
COPPICE_TEST(SubtreeTest)
#include "subtree_test.moc"
