// SPDX-License-Identifier: GPL-3.0-or-later
// The last commits of a repository, each reviewed with random verdicts on hunks and lines: the tree that is composed equals
// what the installed git applies of the same parts. COPPICE_REVIEW_REPOSITORY names a repository (else a small one is made
// of generated commits), COPPICE_REVIEW_COMMITS how many of its commits (200), COPPICE_SEED the verdicts.
#include "subset_diff.h"

#include "support/scratch.h"
#include "support/test_main.h"

#include <QTest>

using namespace coppice;
using namespace coppice::review;
using namespace coppice::test;

class HistoryTest : public QObject
{
    Q_OBJECT

    Scratch m_scratch;

    /// A bare copy, so that nothing is written to what is named.
    QString copied(const QString &repository) const
    {
        m_scratch.git(m_scratch.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--bare"), QStringLiteral("--shared"),
                                         repository, QStringLiteral("history")});
        return m_scratch.path(QStringLiteral("history"));
    }
    QString generated(Random &random) const
    {
        QList<QByteArray> lines;
        for (int i = 0; i < 120; ++i)
            lines << (random.bounded(3) ? "call(" + QByteArray::number(random.bounded(30)) + ");\n" : QByteArray("}\n"));
        const QString dir = m_scratch.repository(QStringLiteral("generated"), {{QStringLiteral("a b.c"), lines.join()},
                                                                               {QString::fromUtf8("\303\244.bin"), QByteArray("\0\1", 2)}});
        for (int commit = 0; commit < 6; ++commit) {
            for (int i = 0; i < 8; ++i) {
                const int at = random.bounded(int(lines.size()));
                if (random.bounded(2))
                    lines.removeAt(at);
                else
                    lines.insert(at, "new " + QByteArray::number(random.bounded(1000)) + '\n');
            }
            m_scratch.write(QStringLiteral("generated/") + QString::fromUtf8("\303\244.bin"), QByteArray("\0", 1) + QByteArray::number(commit));
            if (commit == 3)
                m_scratch.git(dir, {QStringLiteral("mv"), QStringLiteral("a b.c"), QStringLiteral("c d.c")});
            const QString name = commit < 3 ? QStringLiteral("a b.c") : QStringLiteral("c d.c");
            m_scratch.write(QStringLiteral("generated/") + name, lines.join());
            m_scratch.git(dir, {QStringLiteral("add"), QStringLiteral("-A")});
            m_scratch.git(dir, {QStringLiteral("commit"), QStringLiteral("-qm"), QStringLiteral("change")});
        }
        return dir + QStringLiteral("/.git");
    }

private Q_SLOTS:
    void everyCommitAsGitAppliesIt()
    {
        bool given = false;
        quint32 seed = qEnvironmentVariable("COPPICE_SEED").toUInt(&given);
        if (!given)
            seed = QRandomGenerator::global()->generate();
        Random random(seed);
        const QString named = qEnvironmentVariable("COPPICE_REVIEW_REPOSITORY");
        const QString dir = copied(named.isEmpty() ? generated(random) : named);
        const int wanted = qEnvironmentVariableIsSet("COPPICE_REVIEW_COMMITS") ? qEnvironmentVariableIntValue("COPPICE_REVIEW_COMMITS") : 200;
        const auto commits = m_scratch.git(dir, {QStringLiteral("rev-list"), QStringLiteral("--no-merges"), QStringLiteral("--min-parents=1"),
                                                 QStringLiteral("-n"), QString::number(wanted), QStringLiteral("HEAD")}).split('\n');
        QVERIFY(commits.size() >= (named.isEmpty() ? 6 : 1) && !commits.first().isEmpty());
        auto repository = std::move(*git::Repository::open(dir));
        int hunks = 0, inPart = 0, whole = 0;
        for (const auto &commit : commits) {
            const auto id = git::Oid::fromHex(commit);
            const auto parent = repository.commit(id).value().parents.at(0);
            const Revision revision{1, repository.treeOf(parent).value(), repository.treeOf(id).value(), {}, false, 0, {}, {}};
            const auto files = filesOf(repository, revision);
            QVERIFY_RESULT(files);
            std::vector<Decision> decisions;
            QByteArray diff;
            for (const auto &file : *files) {
                hunks += int(file.hunks.size());
                const auto chosen = choose(random, repository, file, decisions);
                inPart += chosen.any && !chosen.all;
                if (lineCount(file, file.hunks.front()) > 0 || (file.status == FilePatch::Status::ModeChanged && hasBlob(file.newMode))) {
                    diff += chosenDiff(chosen);
                } else if (chosen.any) {
                    // What has no lines is git's own to write: binary bytes, links, submodules, empty files.
                    ++whole;
                    m_scratch.git(dir, {QStringLiteral("diff"), QStringLiteral("--binary"), QStringLiteral("--full-index"), QStringLiteral("--no-renames"),
                                        QStringLiteral("--output=") + m_scratch.path(QStringLiteral("part")), revision.base.toString(),
                                        revision.result.toString(), QStringLiteral("--"), QStringLiteral(":(literal)") + QString::fromUtf8(file.oldPath),
                                        QStringLiteral(":(literal)") + QString::fromUtf8(file.path)});
                    diff += m_scratch.read(QStringLiteral("part"));
                }
            }
            const auto composed = composeAccepted(repository, revision, *files, decisions);
            QVERIFY2(composed, composed ? "" : qPrintable(QString::fromLatin1(commit) + u' ' + composed.error().message()));
            m_scratch.git(dir, {QStringLiteral("read-tree"), revision.base.toString()});
            QByteArray said;
            if (!diff.isEmpty())
                QVERIFY2(m_scratch.tryGit(dir, {QStringLiteral("apply"), QStringLiteral("--cached"), QStringLiteral("--whitespace=nowarn"),
                                                m_scratch.write(QStringLiteral("diff"), diff)}, &said) == 0,
                         QByteArray(commit + ": " + said).constData());
            QVERIFY2(composed->hex() == m_scratch.git(dir, {QStringLiteral("write-tree")}), commit.constData());
        }
        qInfo("COPPICE_SEED=%u: %d commits, %d hunks, %d files taken in part, %d without lines taken whole", seed, int(commits.size()), hunks, inPart, whole);
        QVERIFY(inPart > 0);
    }
};

COPPICE_TEST(HistoryTest)
#include "history_test.moc"
