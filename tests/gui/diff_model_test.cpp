// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <review/diff_model.h>

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <random>

using namespace coppice;
using coppice::ui::DiffModel;

/// A file of forty lines of which 10 and 30 are changed.
static QByteArray text(bool after)
{
    QByteArray all;
    for (int line = 1; line <= 40; ++line)
        all += line == 10 || line == 30 ? QByteArray(after ? "is\n" : "was\n") : "line " + QByteArray::number(line) + '\n';
    return all;
}

struct Shown {
    Shown() : Shown(text(false), text(true)) { }
    Shown(const QByteArray &before, const QByteArray &after)
    {
        file.path = file.oldPath = "plugins/weather/src/index.js";
        aligned = review::AlignedFile::of(file, before, after).value();
    }
    review::FilePatch file;
    DiffModel::Aligned aligned;
    [[nodiscard]] QString id(int hunk) const { return file.hunks[size_t(hunk)].id; }
    /// One letter for each row.
    static QString shape(const DiffModel &model)
    {
        QString all;
        for (int i = 0; i < model.count(); ++i) {
            const auto line = *model.line(i);
            all += line.kind == DiffModel::Kind::Code ? QStringLiteral(" ~-+")[int(line.row.kind)] : QStringLiteral("@cx.n")[int(line.kind)];
        }
        return all;
    }
};

class DiffModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyHunkHasItsHead()
    {
        DiffModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const Shown shown;
        model.show(shown.file, shown.aligned);
        QCOMPARE(model.hunks(), 2);
        for (int hunk = 0; hunk < 2; ++hunk) {
            const int head = model.headOf(hunk);
            QVERIFY(head >= 0);
            QCOMPARE(model.data(model.index(head), DiffModel::KindRole).toString(), QStringLiteral("head"));
            QCOMPARE(model.hunkAt(head), hunk);
            QCOMPARE(model.data(model.index(head + 1), DiffModel::HunkRole).toInt(), hunk);
        }
        QVERIFY(model.data(model.index(model.headOf(1)), DiffModel::TextRole).toString().contains(QStringLiteral("27")));
    }
    void hunkWithoutLinesCanBeDecidedToo()
    {
        DiffModel model;
        Shown shown;
        shown.file.binary = true;
        shown.file.hunks.resize(1);
        model.show(shown.file, {});
        QCOMPARE(model.count(), 1);
        QCOMPARE(model.headOf(0), 0);
    }
    void verdictsAreTold()
    {
        DiffModel model;
        const Shown shown;
        model.show(shown.file, shown.aligned);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setVerdicts({{shown.id(1), review::Decision::Verdict::Rejected, {}, QStringLiteral("no")}});
        QCOMPARE(changed.count(), 1);
        const auto head = model.index(model.headOf(1));
        QCOMPARE(model.data(head, DiffModel::VerdictRole).toString(), QStringLiteral("rejected"));
        QCOMPARE(model.data(head, DiffModel::ReasonRole).toString(), QStringLiteral("no"));
        QCOMPARE(model.data(model.index(model.headOf(0)), DiffModel::VerdictRole).toString(), QStringLiteral("undecided"));
        QVERIFY(model.data(head, DiffModel::SpokenRole).toString().endsWith(QStringLiteral("rejected")));
    }
    void foldsOpenToTheirLines()
    {
        DiffModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const Shown shown;
        model.show(shown.file, shown.aligned);
        for (int line = model.count() - 1; line >= 0; --line)
            model.openFold(line);
        std::vector<int> numbers;
        for (int line = 0; line < model.count(); ++line) {
            QVERIFY(model.line(line)->kind != DiffModel::Kind::Fold);
            if (model.line(line)->kind == DiffModel::Kind::Code)
                numbers.push_back(model.line(line)->row.newLine);
        }
        QCOMPARE(numbers.size(), size_t(40));
        QVERIFY(std::is_sorted(numbers.begin(), numbers.end()));
        QCOMPARE(numbers.front(), 1);
        QCOMPARE(numbers.back(), 40);
    }
    void whatIsNoFoldStays()
    {
        DiffModel model;
        const Shown shown;
        model.show(shown.file, shown.aligned);
        const int before = model.count();
        model.openFold(model.count());
        model.openFold(-4);
        model.openFold(1); // not a fold
        QCOMPARE(model.count(), before);
    }
    void commentsStandUnderTheirHead()
    {
        DiffModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const Shown shown;
        model.show(shown.file, shown.aligned);
        review::Comment comment{Id::make(), shown.id(1), 30, {Actor::Kind::Person, QStringLiteral("ann")},
                                QStringLiteral("why?"), 5};
        model.setComments({comment});
        const auto row = model.index(model.headOf(1) + 1);
        QCOMPARE(model.data(row, DiffModel::KindRole).toString(), QStringLiteral("comment"));
        QCOMPARE(model.data(row, DiffModel::TextRole).toString(), QStringLiteral("why?"));
        QCOMPARE(model.data(row, DiffModel::AuthorRole).toString(), QStringLiteral("ann"));
    }
    void onlyChangesCountAsSeen()
    {
        DiffModel model;
        const Shown shown;
        model.show(shown.file, shown.aligned);
        QCOMPARE(model.hunksBetween(0, model.headOf(0) - 1), QStringList());
        QCOMPARE(model.hunksBetween(0, model.headOf(0)), QStringList{shown.id(0)});
        QCOMPARE(model.hunksBetween(0, 10'000), (QStringList{shown.id(0), shown.id(1)}));
    }
    void hunkIsCopiedWithSigns()
    {
        DiffModel model;
        const Shown shown;
        model.show(shown.file, shown.aligned);
        QCOMPARE(model.hunkText(0), QStringLiteral("plugins/weather/src/index.js\n line 7\n line 8\n line 9\n-was\n+is\n line 11\n line 12\n line 13\n"));
    }
    void foldsOpenByStepsFromEitherEnd()
    {
        DiffModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const Shown shown;
        model.show(shown.file, shown.aligned);
        QCOMPARE(Shown::shape(model), QStringLiteral(".@   ~   .@   ~   ."));
        model.openFold(9, 5); // of the 13 between, the last five
        QCOMPARE(model.line(9)->row.foldedLines, 8);
        QCOMPARE(model.line(10)->row.newLine, 22);
        model.openFold(9, -2);
        QCOMPARE(model.line(9)->row.newLine, 14);
        QCOMPARE(model.line(11)->row.foldedLines, 6);
        QCOMPARE(model.line(11)->row.newLine, 16);
        model.openFold(11, 100);
        QCOMPARE(model.folds(), 2);
        model.foldAgain();
        QCOMPARE(model.folds(), 3);
        QCOMPARE(model.reach(true, 20), 9 + 20 - 14);
        QCOMPARE(model.folds(), 2);
        QCOMPARE(model.reach(true, 400), -1);
    }
    void unifiedShowsWhatGoesBeforeWhatComes()
    {
        DiffModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const Shown shown("a\nx one\nx two\nb\n", "a\nx 1\nx 2\nb\n");
        model.show(shown.file, shown.aligned);
        QCOMPARE(Shown::shape(model), QStringLiteral("@ ~~ "));
        model.hold(3);
        model.setUnified(true);
        QCOMPARE(Shown::shape(model), QStringLiteral("@ --++ "));
        QCOMPARE(model.heldRow(), 5);
        QCOMPARE(model.line(3)->row.oldLine, 3);
        QCOMPARE(model.line(3)->row.newLine, 0);
        QVERIFY(!model.line(3)->row.oldWords.empty());
        QCOMPARE(model.rowOf(true, 2), 4);
        QCOMPARE(model.rowOf(false, 2), 2);
    }
    void whiteSpaceThatIsNotToldIsCounted()
    {
        DiffModel model;
        const Shown shown("a\n  one\ntwo \nthree four\nb\n", "a\n    one\ntwo\nthree   five\nb\n");
        model.show(shown.file, shown.aligned);
        QCOMPARE(Shown::shape(model), QStringLiteral("@ ~~~ "));
        QCOMPARE(model.whitespaceHidden(), 0);
        model.setWhitespace(int(review::Whitespace::IgnoreAtEnd));
        QCOMPARE(Shown::shape(model), QStringLiteral("@ ~ ~ "));
        QCOMPARE(model.whitespaceHidden(), 1);
        model.setWhitespace(int(review::Whitespace::IgnoreAmount));
        QCOMPARE(Shown::shape(model), QStringLiteral("@   ~ "));
        QCOMPARE(model.whitespaceHidden(), 2);
        QCOMPARE(model.hunksBetween(0, 100), QStringList{shown.id(0)});
    }
    /// Whatever is opened, folded and hidden: each side is the file, in order.
    void nothingIsLeftOut()
    {
        const auto seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? qEnvironmentVariableIntValue("COPPICE_SEED") : 7;
        qInfo("seed %lld", qlonglong(seed));
        std::mt19937 random{quint32(seed)};
        const auto below = [&](int most) { return int(random() % unsigned(most)); };
        for (int round = 0; round < 60; ++round) {
            QList<QByteArray> lines;
            for (int i = below(200); i >= 0; --i)
                lines << QByteArray(size_t(below(3)), ' ') + "word" + QByteArray::number(below(30)) + '\n';
            const QByteArray before = lines.join();
            for (int i = below(12); i >= 0; --i) {
                const int at = below(int(lines.size()) + 1);
                if (below(2) && at < lines.size())
                    lines[at] = (below(2) ? " " : "new ") + lines[at];
                else
                    lines.insert(at, "added" + QByteArray::number(below(9)) + '\n');
            }
            const QByteArray after = lines.join();
            if (before == after)
                continue;
            const Shown shown(before, after);
            DiffModel model;
            model.show(shown.file, shown.aligned);
            for (int step = 0; step < 12; ++step) {
                switch (below(4)) {
                case 0: model.setUnified(below(2) == 1); break;
                case 1: model.setWhitespace(below(4)); break;
                case 2: model.openFold(below(model.count() + 1), below(3) == 0 ? 0 : below(9) - 4); break;
                default: step == 9 ? model.foldAgain() : model.openFold(below(model.count() + 1)); break;
                }
                int oldNext = 1, newNext = 1, headed = 0;
                std::vector<int> oldHeld;
                for (int i = 0; i < model.count(); ++i) {
                    const auto line = *model.line(i);
                    if (line.kind == DiffModel::Kind::Head)
                        QCOMPARE(line.hunk, headed++);
                    if (line.kind == DiffModel::Kind::Fold) {
                        QCOMPARE(line.row.oldLine, oldNext);
                        QCOMPARE(line.row.newLine, newNext);
                        oldNext += line.row.foldedLines;
                        newNext += line.row.foldedLines;
                    }
                    if (line.kind != DiffModel::Kind::Code)
                        continue;
                    if (line.row.oldLine)
                        QCOMPARE(line.row.oldLine, oldNext++);
                    if (line.row.newLine)
                        QCOMPARE(line.row.newLine, newNext++);
                    if (line.row.newLine)
                        QCOMPARE(model.rowOf(true, line.row.newLine), i);
                }
                QCOMPARE(headed, model.hunks());
                QCOMPARE(oldNext, shown.aligned->oldLines() + 1);
                QCOMPARE(newNext, shown.aligned->newLines() + 1);
            }
        }
    }
    void longLinesComeInParts()
    {
        const QByteArray head(100'000, 'x'), tail(200'000, 'y');
        const Shown shown(head + "old" + tail + '\n', head + "new!" + tail + '\n');
        DiffModel model;
        model.show(shown.file, shown.aligned);
        const auto row = model.line(1, 99'990)->row;
        QVERIFY(row.oldText.size() <= review::AlignedFile::longest);
        QCOMPARE(row.oldAt, 99'990);
        QCOMPARE(row.oldBytes, 300'003);
        QCOMPARE(row.oldWords.size(), size_t(1));
        QCOMPARE(row.oldText.mid(row.oldWords[0].offset, row.oldWords[0].length), QStringLiteral("old"));
        QCOMPARE(row.newText.mid(row.newWords[0].offset, row.newWords[0].length), QStringLiteral("new!"));
        QCOMPARE(shown.aligned->firstDifference(1), 100'000);
    }
};

COPPICE_TEST(DiffModelTest)
#include "diff_model_test.moc"
