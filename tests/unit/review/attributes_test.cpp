// SPDX-License-Identifier: GPL-3.0-or-later
#include <review/aligned.h>
#include <review/attributes.h>

#include "support/test_main.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace coppice;
using review::Attributes;

class AttributesTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_dir;
    std::optional<git::Repository> m_repository;

    git::Oid tree(const std::vector<std::pair<QByteArray, QByteArray>> &files)
    {
        // Folders one level deep are enough here.
        std::map<QByteArray, std::vector<git::TreeEntry>> folders;
        std::vector<git::TreeEntry> root;
        for (const auto &[path, text] : files) {
            const auto blob = m_repository->writeBlob(text).value();
            const qsizetype slash = path.indexOf('/');
            if (slash < 0)
                root.push_back({path, git::Mode::File, blob});
            else
                folders[path.first(slash)].push_back({path.sliced(slash + 1), git::Mode::File, blob});
        }
        for (auto &[name, entries] : folders)
            root.push_back({name, git::Mode::Tree, m_repository->writeTree(entries).value()});
        return m_repository->writeTree(root).value();
    }

private Q_SLOTS:
    void initTestCase() { m_repository = git::Repository::initBare(m_dir.filePath(QStringLiteral("r.git"))).value(); }

    void patterns_data()
    {
        QTest::addColumn<QByteArray>("pattern");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<bool>("fits");
        const auto row = [](const char *pattern, const char *path, bool fits) {
            QTest::addRow("%s on %s", pattern, path) << QByteArray(pattern) << QByteArray(path) << fits;
        };
        row("*.js", "a/b/c.js", true);
        row("*.js", "a/b/c.jsx", false);
        row("/*.js", "c.js", true);
        row("/*.js", "a/c.js", false);
        row("a/*.js", "a/c.js", true);
        row("a/*.js", "a/b/c.js", false);
        row("a/**", "a/b/c.js", true);
        row("a/**", "a", false);
        row("**/x.c", "x.c", true);
        row("**/x.c", "a/b/x.c", true);
        row("a/**/x.c", "a/x.c", true);
        row("a/**/x.c", "a/b/d/x.c", true);
        row("a/**/x.c", "ab/x.c", false);
        row("a**c", "abbc", true);
        row("dist/", "dist/x.js", false);
        row("[a-c]?.t[!x]t", "b1.tyt", true);
        row("[a-c]?.t[!x]t", "b1.txt", false);
        row("[[:digit:]]*", "7up", true);
        row("\\*.js", "*.js", true);
        row("\\*.js", "a.js", false);
        row("!*.js", "a.js", false);
        row("*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false);
    }
    void patterns()
    {
        QFETCH(QByteArray, pattern);
        QFETCH(QByteArray, path);
        QTEST(Attributes::matches(pattern, path), "fits");
    }

    void deeperFilesAndLaterLinesWin()
    {
        const auto base = tree({{".gitattributes", "*.js linguist-generated diff=java\n*.dat binary\n\"a b.x\" -diff\n"},
                                {"a/.gitattributes", "# comment\n*.js -linguist-generated\nlib.js linguist-vendored=true linguist-language=TypeScript\nkept.dat diff\n"}});
        Attributes attributes(*m_repository, {base});
        const auto outside = attributes.of("x.js").value();
        QVERIFY(outside.generated && !outside.vendored && !outside.binary);
        QCOMPARE(outside.language, QStringLiteral("java"));
        const auto inside = attributes.of("a/lib.js").value();
        QVERIFY(!inside.generated && inside.vendored);
        QCOMPARE(inside.language, QStringLiteral("TypeScript"));
        const auto binary = attributes.of("a/x.dat").value();
        QVERIFY(binary.binary);
        QCOMPARE(binary.binaryBy, QByteArray(".gitattributes:2"));
        QVERIFY(!attributes.of("a/kept.dat").value().binary);
        QVERIFY(attributes.of("a/a b.x").value().binary);
        QVERIFY(attributes.of("none.txt").value().language.isEmpty());
    }
    void macrosAreOfTheRoot()
    {
        const auto base = tree({{".gitattributes", "[attr]made linguist-generated -diff\nout.* made\nout.txt !diff\n"},
                                {"a/.gitattributes", "[attr]hide -diff\n* hide\n"}});
        Attributes attributes(*m_repository, {base});
        QVERIFY(attributes.of("out.bin").value().binary && attributes.of("out.bin").value().generated);
        QVERIFY(!attributes.of("out.txt").value().binary && attributes.of("out.txt").value().generated);
        QVERIFY(!attributes.of("a/x").value().binary);
    }
    void theFirstTreeThatHasTheFolderCounts()
    {
        const auto base = tree({{"a/.gitattributes", "*.x -diff\n"}});
        const auto head = tree({{".gitattributes", "*.y -diff\n"}, {"a/.gitattributes", "*.z -diff\n"}});
        Attributes attributes(*m_repository, {base, {}, head});
        QVERIFY(attributes.of("a/1.x").value().binary);
        QVERIFY(attributes.of("a/1.y").value().binary);
        QVERIFY(!attributes.of("a/1.z").value().binary);
    }
    /// git's own answers for the same files.
    void agreesWithGit()
    {
        QTemporaryDir work;
        const auto git = [&](const QStringList &arguments) {
            QProcess process;
            process.setWorkingDirectory(work.path());
            process.start(QStringLiteral("git"), arguments);
            return process.waitForFinished(10'000) && process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
        };
        git({QStringLiteral("init"), QStringLiteral("-q")});
        const QByteArray root = "*.a x\n/top.* x=1\nsub/** y\n**/deep.q -x\n[a-f]*.z y=2\n*.bin binary\ns?b/*.w x=3 y\n\"quo ted.*\" x=4\nsub/*.a !x\n",
                         sub = "*.a y=sub\nin/*.b x\n/only.a -y\n**/n.c x=5\n";
        QVERIFY(QDir(work.path()).mkpath(QStringLiteral("sub/in/deeper")));
        const auto write = [&](const QString &name, const QByteArray &text) {
            QFile file(work.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        write(QStringLiteral(".gitattributes"), root);
        write(QStringLiteral("sub/.gitattributes"), sub);
        Attributes attributes(*m_repository, {tree({{".gitattributes", root}, {"sub/.gitattributes", sub}})});
        int told = 0;
        for (const char *path : {"1.a", "top.q", "sub/top.q", "sub/1.a", "sub/in/1.a", "sub/in/1.b", "sub/in/deeper/1.b", "sub/only.a", "sub/in/only.a",
                                 "deep.q", "sub/in/deep.q", "apple.z", "zebra.z", "sub/cat.z", "1.bin", "sub/x.w", "sab/x.w", "sab/in/x.w", "quo ted.1",
                                 "sub/in/deeper/n.c", "sub/n.c"}) {
            for (const char *name : {"x", "y", "diff"}) {
                const auto lines = git({QStringLiteral("check-attr"), QLatin1String(name), QStringLiteral("--"), QLatin1String(path)});
                if (lines.isEmpty())
                    QSKIP("git is not here");
                const QByteArray theirs = lines.sliced(lines.lastIndexOf(": ") + 2).trimmed();
                const QByteArray ours = attributes.value(path, name).value().first;
                QVERIFY2((ours.isEmpty() ? QByteArray("unspecified") : ours) == theirs, QByteArray(QByteArray(path) + ' ' + name + ": " + ours + " is not " + theirs));
                told += theirs == "unspecified" ? 0 : 1;
            }
        }
        QVERIFY(told > 20);
    }
    /// `text` and `eol` are about work trees: a line whose end changed is a changed line.
    void lineEndsAreNotHidden()
    {
        review::FilePatch file;
        file.path = file.oldPath = "a/x.txt";
        file.oldBlob = m_repository->writeBlob("one\ntwo\n").value();
        file.newBlob = m_repository->writeBlob("one\r\ntwo\n").value();
        const auto aligned = review::AlignedFile::read(*m_repository, file).value();
        QCOMPARE(aligned->blocks().size(), size_t(1));
        const auto row = aligned->row(1, 1, review::AlignedRow::Kind::Changed, 0);
        QCOMPARE(row.oldEnd + row.newEnd, QStringLiteral("LFCRLF"));
    }
};

COPPICE_TEST(AttributesTest)
#include "attributes_test.moc"
