// SPDX-License-Identifier: GPL-3.0-or-later
#include <review/rows.h>

#include "support/scratch.h"
#include "support/test_main.h"

#include <QRandomGenerator>
#include <QTest>

using namespace coppice;
using namespace coppice::review;

namespace {

/// The rows of one text changed into another.
class Rows
{
public:
    Rows(const QByteArray &before, const QByteArray &after, int context = 3)
        : m_repository(std::move(*git::Repository::initBare(m_scratch.path("r.git"))))
    {
        const auto treeOf = [&](const QByteArray &text) {
            return m_repository.writeTree({{"a.txt", git::Mode::File, m_repository.writeBlob(text).value()}}).value();
        };
        Revision revision;
        revision.base = treeOf(before);
        revision.result = treeOf(after);
        files = filesOf(m_repository, revision).value();
        rows = alignedRows(m_repository, files.at(0), context).value();
    }
    std::vector<FilePatch> files;
    std::vector<AlignedRow> rows;

    /// One letter for each row: ' ' unchanged, '~' changed, '-' removed, '+' added, '.' fold, '#' note.
    [[nodiscard]] QString shape() const
    {
        QString text;
        for (const auto &row : rows)
            text += QStringLiteral(" ~-+.#")[int(row.kind)];
        return text;
    }

private:
    test::Scratch m_scratch;
    git::Repository m_repository;
};

QByteArray numbered(int from, int to)
{
    QByteArray text;
    for (int i = from; i <= to; ++i)
        text += "line " + QByteArray::number(i) + '\n';
    return text;
}

QStringList pieces(const QString &line, const std::vector<WordChange> &words)
{
    QStringList all;
    for (const auto &word : words)
        all << line.mid(word.offset, word.length);
    return all;
}

} // namespace

class RowsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void wordsThatChanged_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QStringList>("old");
        QTest::addColumn<QStringList>("fresh");
        QTest::newRow("one word") << "return total / count;" << "return total / items;" << QStringList{"count"} << QStringList{"items"};
        QTest::newRow("inserted") << "f(a, b)" << "f(a, b, c)" << QStringList() << QStringList{", c"};
        QTest::newRow("removed") << "if (a && b) go();" << "if (a) go();" << QStringList{"&& b"} << QStringList();
        QTest::newRow("two places") << "let x = 1; use(x)" << "let y = 1; use(y)" << QStringList{"x", "x"} << QStringList{"y", "y"};
        QTest::newRow("nothing in common") << "alpha beta" << "gamma(delta)" << QStringList{"alpha beta"} << QStringList{"gamma(delta)"};
        QTest::newRow("same") << "x" << "x" << QStringList() << QStringList();
        QTest::newRow("from nothing") << "" << "x" << QStringList() << QStringList{"x"};
        QTest::newRow("pair of surrogates") << QString::fromUtf8("say 😀 now") << QString::fromUtf8("say 😁 now")
                                            << QStringList{QString::fromUtf8("😀")} << QStringList{QString::fromUtf8("😁")};
    }
    void wordsThatChanged()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QFETCH(QStringList, old);
        QFETCH(QStringList, fresh);
        const auto [a, b] = wordChanges(before, after);
        if (QByteArray(QTest::currentDataTag()) != "removed")
            QCOMPARE(pieces(before, a), old);
        else
            QVERIFY(pieces(before, a).join(QString()).contains("b"));
        QCOMPARE(pieces(after, b), fresh);
    }

    /// What is not marked on one side is not marked on the other, whatever the lines.
    void unmarkedTextIsEqual()
    {
        QRandomGenerator random(3);
        const QStringList words{"a", "foo", " ", "  ", "(", ")", "x1", QString::fromUtf8("ä"), QString::fromUtf8("漢字"), "\t", "+"};
        for (int i = 0; i < 500; ++i) {
            QString before, after;
            for (int j = random.bounded(30); j > 0; --j)
                before += words[random.bounded(int(words.size()))];
            after = before;
            for (int j = 0; j < 3; ++j)
                after.insert(random.bounded(int(after.size()) + 1), words[random.bounded(int(words.size()))]);
            const auto [a, b] = wordChanges(before, after);
            const auto rest = [](QString line, const std::vector<WordChange> &changes) {
                for (auto it = changes.rbegin(); it != changes.rend(); ++it)
                    line.remove(it->offset, it->length);
                return line.remove(u' ').remove(u'\t'); // a blank between two changes counts as changed
            };
            QCOMPARE(rest(before, a), rest(after, b));
        }
    }

    void longLinesAreMarkedWhole()
    {
        const QString before = QString(100'000, u'x'), after = before + u'y';
        const auto [a, b] = wordChanges(before, after);
        QCOMPARE(a.size(), size_t(1));
        QCOMPARE(b[0].length, int(after.size()));
    }

    void foldsWhatIsUnchanged()
    {
        const Rows rows(numbered(1, 100), numbered(1, 49) + "fifty\n" + numbered(51, 100));
        QCOMPARE(rows.shape(), QStringLiteral(".   ~   ."));
        QCOMPARE(rows.rows[0].foldedLines, 46);
        QCOMPARE(rows.rows[8].foldedLines, 47);
        QCOMPARE(rows.rows[4].oldLine, 50);
        QCOMPARE(rows.rows[4].newText, QStringLiteral("fifty"));
        QCOMPARE(rows.rows[4].hunk, 0);
        QCOMPARE(rows.rows[1].hunk, 0);
        QCOMPARE(rows.rows[0].hunk, -1);
        const Rows open(numbered(1, 100), numbered(1, 49) + "fifty\n" + numbered(51, 100), -1);
        QCOMPARE(open.rows.size(), size_t(100));
    }

    /// Laid under each other, each side of the unfolded rows is the file.
    void rowsAreTheFiles()
    {
        QRandomGenerator random(11);
        for (int round = 0; round < 30; ++round) {
            QList<QByteArray> lines;
            for (int i = 0; i < 40; ++i)
                lines << "word" + QByteArray::number(random.bounded(9)) + " tail\n";
            const QByteArray before = lines.join();
            for (int i = 0; i < 9; ++i) {
                const int at = random.bounded(int(lines.size()));
                if (random.bounded(2))
                    lines.removeAt(at);
                else
                    lines.insert(at, "word" + QByteArray::number(random.bounded(9)) + " other\n");
            }
            const QByteArray after = lines.join();
            if (before == after)
                continue;
            const Rows rows(before, after, -1);
            QByteArray left, right;
            int oldNext = 1, newNext = 1;
            for (const auto &row : rows.rows) {
                if (row.oldLine) {
                    QCOMPARE(row.oldLine, oldNext++);
                    left += row.oldText.toUtf8() + '\n';
                }
                if (row.newLine) {
                    QCOMPARE(row.newLine, newNext++);
                    right += row.newText.toUtf8() + '\n';
                }
            }
            QCOMPARE(left, before);
            QCOMPARE(right, after);
        }
    }

    void pairsLinesThatAreAlike()
    {
        const Rows rows("start\nconst total = sum(items);\nend\n",
                        "start\n// adds up\n// carefully\nconst total = sum(items, 0);\nend\n");
        QCOMPARE(rows.shape(), QStringLiteral(" ++~ "));
        QCOMPARE(rows.rows[3].oldLine, 2);
        QCOMPARE(rows.rows[3].newLine, 4);
        QCOMPARE(pieces(rows.rows[3].newText, rows.rows[3].newWords), QStringList{", 0"});
    }

    void marksMissingLineEnds()
    {
        const Rows rows("a\nb", "a\nb\n");
        QCOMPARE(rows.shape(), QStringLiteral(" ~"));
        QVERIFY(rows.rows[1].oldNoNewline);
        QVERIFY(!rows.rows[1].newNoNewline);
    }

    void binaryIsANote()
    {
        const Rows rows(QByteArray("a\0b", 3), QByteArray("a\0bcd", 5));
        QCOMPARE(rows.shape(), QStringLiteral("#"));
        QVERIFY(rows.rows[0].newText.contains("3 bytes, then 5 bytes"));
    }
};

COPPICE_TEST(RowsTest)
#include "rows_test.moc"
