// SPDX-License-Identifier: GPL-3.0-or-later
// Any subset of hunks and lines of generated patches: what is composed equals what a diff of just these lines makes, by
// our own reader of diffs and by the installed git, and what was left out, put on top, gives the whole patch.
// COPPICE_SEED picks the patches, COPPICE_ROUNDS how many.
#include "subset_diff.h"

#include <git/tree_edit.h>

#include "support/scratch.h"
#include "support/test_main.h"

#include <QRandomGenerator>
#include <QTest>

using namespace coppice;
using namespace coppice::review;
using namespace coppice::test;

namespace {

constexpr int filesInAPatch = 40;

QByteArray anyLine(Random &random)
{
    switch (random.bounded(8)) {
    case 0: return "}";
    case 1: return {};
    case 2: return "caf\xe9 \xff\xfe " + QByteArray::number(random.bounded(9)); // no UTF-8
    case 3: return "\tword " + QByteArray::number(random.bounded(3));
    default: return "    call(" + QByteArray::number(random.bounded(40)) + ");";
    }
}

/// A text with the line ends that its kind has: "\n", "\r\n" or both; a third lack the last one.
QByteArray textOf(Random &random, const QList<QByteArray> &lines, int ends)
{
    QByteArray text;
    for (const auto &line : lines)
        text += line + (ends == 1 || (ends == 2 && random.bounded(2)) ? "\r\n" : "\n");
    if (random.bounded(3) == 0)
        text.chop(text.endsWith("\r\n") ? 2 : 1);
    return text;
}

struct Pair {
    git::Oid before, after;
};

/// Two trees that differ in every way that a patch can show line by line.
Pair anyPair(Random &random, git::Repository &repository)
{
    std::vector<git::TreeChange> before, after;
    const auto put = [&](std::vector<git::TreeChange> &to, const QByteArray &path, const QByteArray &text, bool executable) {
        to.push_back({path, git::TreeEntry{{}, executable ? git::Mode::Executable : git::Mode::File, repository.writeBlob(text).value()}});
    };
    for (int i = 0; i < filesInAPatch; ++i) {
        const QByteArray path = "p/f" + QByteArray::number(i) + ".txt";
        const int ends = random.bounded(3);
        QList<QByteArray> lines;
        for (int n = random.bounded(45); n > 0; --n)
            lines << anyLine(random);
        const auto old = textOf(random, lines, ends);
        for (int n = 1 + random.bounded(9); n > 0; --n) {
            const int at = lines.isEmpty() ? 0 : random.bounded(int(lines.size()));
            const int what = random.bounded(3);
            if (what == 0 && !lines.isEmpty())
                lines.removeAt(at);
            else if (what == 1 && !lines.isEmpty())
                lines[at] = anyLine(random);
            else
                lines.insert(at, anyLine(random));
        }
        const auto text = textOf(random, lines, random.bounded(8) == 0 ? random.bounded(3) : ends);
        const int kind = random.bounded(10);
        if (kind != 0)
            put(before, path, old, random.bounded(6) == 0);
        if (kind != 1)
            put(after, kind == 2 ? QByteArray("p/moved/" + path.mid(2)) : path, text, random.bounded(6) == 0);
    }
    return {git::editTree(repository, {}, before).value(), git::editTree(repository, {}, after).value()};
}

int rounds(int usual)
{
    const int asked = qEnvironmentVariableIntValue("COPPICE_ROUNDS");
    return asked > 0 ? asked : usual;
}

} // namespace

class SubsetTest : public QObject
{
    Q_OBJECT
    quint32 m_seed = 0;

    static QByteArray entry(const git::Repository &repository, const git::Oid &tree, const QByteArray &path)
    {
        const auto found = repository.entryAt(tree, path).value();
        return found ? modeName(found->mode) + ' ' + found->id.hex() : QByteArray("none");
    }

private Q_SLOTS:
    void initTestCase()
    {
        bool given = false;
        m_seed = qEnvironmentVariable("COPPICE_SEED").toUInt(&given);
        if (!given)
            m_seed = QRandomGenerator::global()->generate();
        qInfo("COPPICE_SEED=%u", m_seed);
    }

    void anySubsetAndItsRest()
    {
        Random random(m_seed);
        int pairs = 0, inPart = 0;
        for (int round = 0; round < rounds(10); ++round) {
            test::Scratch scratch;
            auto repository = std::move(*git::Repository::open(scratch.repository(QStringLiteral("r"), {{"a", "a\n"}})));
            const auto pair = anyPair(random, repository);
            const Revision revision{1, pair.before, pair.after, {}, false, 0, {}, {}};
            const auto files = filesOf(repository, revision);
            QVERIFY_RESULT(files);
            for (int pick = 0; pick < 3; ++pick) {
                std::vector<Decision> decisions;
                std::vector<Chosen> all;
                QByteArray diff, rest;
                for (const auto &file : *files) {
                    all.push_back(choose(random, repository, file, decisions));
                    diff += chosenDiff(all.back());
                    rest += restDiff(all.back());
                    ++pairs;
                    inPart += all.back().any && !all.back().all;
                }
                const auto composed = composeAccepted(repository, revision, *files, decisions);
                QVERIFY_RESULT(composed);
                const auto read = revisionFromDiff(repository, pair.before, diff);
                QVERIFY2(read, read ? "" : qPrintable(read.error().message() + u'\n' + QString::fromLatin1(diff)));
                const auto others = revisionFromDiff(repository, *composed, rest);
                QVERIFY2(others, others ? "" : qPrintable(others.error().message() + u'\n' + QString::fromLatin1(rest)));
                for (const auto &chosen : all) {
                    const auto &path = chosen.file.path;
                    const bool touched = !chosenDiff(chosen).isEmpty();
                    QCOMPARE(entry(repository, *composed, path), entry(repository, touched ? read->result : pair.before, path));
                    if (!restDiff(chosen).isEmpty())
                        QCOMPARE(entry(repository, others->result, path), entry(repository, pair.after, path));
                    else
                        QCOMPARE(entry(repository, *composed, path), entry(repository, pair.after, path));
                }
            }
        }
        QVERIFY2(inPart > pairs / 4, "too few patches were taken in part");
    }

    void gitApplyMakesTheSame()
    {
        Random random(m_seed + 1);
        for (int round = 0; round < rounds(3); ++round) {
            test::Scratch scratch;
            const QString dir = scratch.repository(QStringLiteral("r"), {{"a", "a\n"}});
            auto repository = std::move(*git::Repository::open(dir));
            const auto pair = anyPair(random, repository);
            const Revision revision{1, pair.before, pair.after, {}, false, 0, {}, {}};
            const auto files = filesOf(repository, revision);
            QVERIFY_RESULT(files);
            std::vector<Decision> decisions;
            QByteArray diff;
            for (const auto &file : *files)
                diff += chosenDiff(choose(random, repository, file, decisions));
            const auto composed = composeAccepted(repository, revision, *files, decisions);
            QVERIFY_RESULT(composed);
            scratch.git(dir, {"read-tree", pair.before.toString()});
            QByteArray said;
            QVERIFY2(scratch.tryGit(dir, {"apply", "--cached", "--whitespace=nowarn", scratch.write("diff", diff)}, &said) == 0,
                     QByteArray(said + '\n' + diff).constData());
            QCOMPARE(composed->hex(), scratch.git(dir, {"write-tree"}));
        }
    }

    void linesAreReadAndSpelled()
    {
        QCOMPARE(LineSet::parse(QStringLiteral("5, 1-3,2"), 6)->toString(), QStringLiteral("1-3,5"));
        QCOMPARE(LineSet::parse(QStringLiteral("1-6"), 6)->count(), 6);
        for (const char *wrong : {"", "0", "7", "3-2", "1-", "a", "1,,2", "1-2-3", "-1", "99999999999"})
            QVERIFY2(!LineSet::parse(QString::fromLatin1(wrong), 6), wrong);
    }

    void laterVerdictsCountForTheirLines()
    {
        using V = Decision::Verdict;
        const auto some = fold(QStringLiteral("h"), {{V::Accepted, {}, {}, 0}, {V::Rejected, QStringLiteral("2-3"), QStringLiteral("slow"), 4}});
        QCOMPARE(some.verdict, V::Partly);
        QCOMPARE(some.lines, QStringLiteral("1,4"));
        QCOMPARE(some.rejectedLines, QStringLiteral("2-3"));
        QCOMPARE(some.reason, QStringLiteral("lines 2-3: slow"));
        QVERIFY(some.whole());
        const auto open = fold(QStringLiteral("h"), {{V::Accepted, QStringLiteral("2"), {}, 4}});
        QCOMPARE(open.verdict, V::Partly);
        QVERIFY(!open.whole());
        QCOMPARE(fold(QStringLiteral("h"), {{V::Accepted, QStringLiteral("1-2"), {}, 3}, {V::Accepted, QStringLiteral("3"), {}, 3}}).verdict, V::Accepted);
        QCOMPARE(fold(QStringLiteral("h"), {{V::Accepted, QStringLiteral("1"), {}, 3}, {V::Rejected, {}, QStringLiteral("no"), 0}}).reason, QStringLiteral("no"));
        QCOMPARE(fold(QStringLiteral("h"), {{V::Accepted, QStringLiteral("1"), {}, 3}, {V::Undecided, QStringLiteral("1"), {}, 3}}).verdict, V::Undecided);
    }
};

COPPICE_TEST(SubsetTest)
#include "subset_test.moc"
