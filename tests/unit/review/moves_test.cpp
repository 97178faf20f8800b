// SPDX-License-Identifier: GPL-3.0-or-later
#include <review/find.h>
#include <review/moves.h>

#include "support/test_main.h"

#include <QTest>

using namespace coppice::review;

class MovesTest : public QObject
{
    Q_OBJECT
    static FileTexts texts(const QByteArray &before, const QByteArray &after) { return {before, after, diffTexts(before, after).value()}; }
    static std::vector<Move> movesOf(std::initializer_list<FileTexts> files)
    {
        MoveFinder finder;
        int number = 0;
        for (const auto &file : files)
            finder.add(number++, file);
        return finder.find();
    }
    static std::shared_ptr<const AlignedFile> aligned(const QByteArray &before, const QByteArray &after)
    {
        FilePatch file;
        file.path = file.oldPath = "a";
        return AlignedFile::of(file, before, after).value();
    }

private Q_SLOTS:
    void blockMovesToAnotherFile()
    {
        const QByteArray block = "int sumOfAll(const Items &items)\n{\n    return total(items);\n}\n";
        const auto moves = movesOf({texts("start\n" + block + "end\n", "start\nend\n"), texts("x\n", "x\n" + block)});
        QCOMPARE(moves.size(), size_t(1));
        QCOMPARE(moves[0].fromFile, 0);
        QCOMPARE(moves[0].fromLine, 2);
        QCOMPARE(moves[0].toFile, 1);
        QCOMPARE(moves[0].toLine, 2);
        QCOMPARE(moves[0].lines, 3); // a lone brace at its end says nothing
    }
    void indentationMayChange()
    {
        const auto moves = movesOf({texts("first part of the work\nsecond part of the work\nkeep\nkeep two\nkeep three\n",
                                          "keep\nkeep two\nkeep three\n    first part of the work\n    second part of the work\n")});
        QCOMPARE(moves.size(), size_t(1));
        QCOMPARE(moves[0].lines, 2);
    }
    void shortBlocksAndBracesDoNotCount()
    {
        QVERIFY(movesOf({texts("}\n\nkeep\nkeep two\n", "keep\nkeep two\n}\n\n")}).empty());
        QVERIFY(movesOf({texts("return x;\nkeep\nkeep two\n", "keep\nkeep two\nreturn x;\n")}).empty());
    }
    void aLineIsUsedOnce()
    {
        const QByteArray line = "a line of more than twenty letters\n";
        const auto moves = movesOf({texts(line + "keep\nkeep two\n", "keep\nkeep two\n" + line + "other\n" + line)});
        QCOMPARE(moves.size(), size_t(1));
    }
    void changeInItsPlaceIsNoMove()
    {
        QVERIFY(movesOf({texts("    call(with, many, arguments);\n", "  call(with, many, arguments);\n")}).empty());
    }
    void findsOnBothSides()
    {
        const auto file = aligned("same Word\nold word\nlast\n", "same Word\nnew one\nlast word\n");
        const auto hits = findIn(*file, QStringLiteral("WORD"));
        QCOMPARE(hits.all.size(), size_t(3));
        QVERIFY(hits.all[0].newSide);
        QCOMPARE(hits.all[0].line, 1);
        QCOMPARE(hits.all[0].at, 5);
        QVERIFY(!hits.all[1].newSide);
        QCOMPARE(hits.all[1].line, 2);
        QCOMPARE(hits.all[2].line, 3);
        QVERIFY(findIn(*file, {}).all.empty());
        QVERIFY(findIn(*file, QStringLiteral("nowhere")).all.empty());
    }
    /// Pieces of text are searched one after another: nothing between them is lost or found twice.
    void findsAcrossPieces()
    {
        QByteArray text((1 << 20) - 2, 'x');
        text += "needle\n" + QByteArray(1 << 20, 'y') + "Needle needle\n";
        const auto file = aligned("", text);
        QCOMPARE(findIn(*file, QStringLiteral("needle")).all.size(), size_t(3));
        QCOMPARE(findIn(*file, QStringLiteral("xx")).all.size(), size_t((1 << 20) - 2) / 2 > mostHits ? mostHits : 0);
        QVERIFY(findIn(*file, QStringLiteral("xx")).more);
    }
    void marksInALine()
    {
        const auto places = findInLine(QStringLiteral("Aa bb aA"), QStringLiteral("aa"));
        QCOMPARE(places.size(), size_t(2));
        QCOMPARE(places[1].offset, 6);
        QVERIFY(findInLine(QStringLiteral("x"), {}).empty());
    }
};

COPPICE_TEST(MovesTest)
#include "moves_test.moc"
