// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <review/diff_model.h>

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace coppice;
using coppice::ui::DiffModel;
using Row = review::AlignedRow;

/// A file of forty lines with two changed ones, 10 and 30, folded as the core folds it.
static std::vector<Row> rowsOf(bool folded)
{
    std::vector<Row> rows;
    const auto context = [&](int line) {
        rows.push_back({Row::Kind::Context, line, line, QStringLiteral("line %1").arg(line), QStringLiteral("line %1").arg(line)});
    };
    const auto fold = [&](int lines) {
        Row row;
        row.kind = Row::Kind::Fold;
        row.foldedLines = lines;
        rows.push_back(row);
    };
    for (int line = 1; line <= 40; ++line) {
        if (line == 10 || line == 30) {
            Row row{Row::Kind::Changed, line, line, QStringLiteral("was"), QStringLiteral("is")};
            row.hunk = line == 10 ? 0 : 1;
            rows.push_back(row);
        } else if (folded && (line == 1 || line == 14 || line == 34)) {
            const int lines = line == 1 ? 6 : line == 14 ? 13 : 7;
            fold(lines);
            line += lines - 1;
        } else {
            context(line);
        }
    }
    return rows;
}

static review::FilePatch file()
{
    review::FilePatch patch;
    patch.path = "plugins/weather/src/index.js";
    patch.oldPath = patch.path;
    patch.hunks = {{QStringLiteral("aa"), 10, 1, 10, 1}, {QStringLiteral("bb"), 30, 1, 30, 1}};
    return patch;
}

class DiffModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyHunkHasItsHead()
    {
        DiffModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.show(file(), rowsOf(true));
        QCOMPARE(model.hunks(), 2);
        for (int hunk = 0; hunk < 2; ++hunk) {
            const int head = model.headOf(hunk);
            QVERIFY(head >= 0);
            QCOMPARE(model.data(model.index(head), DiffModel::KindRole).toString(), QStringLiteral("head"));
            QCOMPARE(model.hunkAt(head), hunk);
            QCOMPARE(model.data(model.index(head + 1), DiffModel::HunkRole).toInt(), hunk);
        }
        QVERIFY(model.data(model.index(model.headOf(1)), DiffModel::TextRole).toString().contains(QStringLiteral("30")));
    }
    void hunkWithoutLinesCanBeDecidedToo()
    {
        DiffModel model;
        auto binary = file();
        binary.binary = true;
        binary.hunks.resize(1);
        model.show(binary, {});
        QCOMPARE(model.count(), 1);
        QCOMPARE(model.headOf(0), 0);
    }
    void verdictsAreTold()
    {
        DiffModel model;
        model.show(file(), rowsOf(true));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setVerdicts({{QStringLiteral("bb"), review::Decision::Verdict::Rejected, {}, QStringLiteral("no")}});
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
        model.show(file(), rowsOf(true));
        for (int line = model.count() - 1; line >= 0; --line)
            model.openFold(line, rowsOf(false));
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
    void foldThatDoesNotFitStays()
    {
        DiffModel model;
        model.show(file(), rowsOf(true));
        const int before = model.count();
        model.openFold(0, {});
        model.openFold(-4, rowsOf(false));
        model.openFold(1, rowsOf(false)); // not a fold
        QCOMPARE(model.count(), before);
    }
    void commentsStandUnderTheirHead()
    {
        DiffModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.show(file(), rowsOf(true));
        review::Comment comment{Id::make(), QStringLiteral("bb"), 30, {Actor::Kind::Person, QStringLiteral("ann")},
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
        model.show(file(), rowsOf(true));
        QCOMPARE(model.hunksBetween(0, model.headOf(0) - 1), QStringList());
        QCOMPARE(model.hunksBetween(0, model.headOf(0)), QStringList{QStringLiteral("aa")});
        QCOMPARE(model.hunksBetween(0, 10'000), (QStringList{QStringLiteral("aa"), QStringLiteral("bb")}));
    }
    void hunkIsCopiedWithSigns()
    {
        DiffModel model;
        model.show(file(), rowsOf(true));
        QCOMPARE(model.hunkText(0), QStringLiteral("plugins/weather/src/index.js\n-was\n+is\n"));
    }
};

COPPICE_TEST(DiffModelTest)
#include "diff_model_test.moc"
