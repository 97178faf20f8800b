// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are too large to be looked at whole: what is found all the same, and that what is left out is told.
#include "review_house.h"
#include "support/test_main.h"

#include <QTest>

using namespace coppice;
using namespace coppice::review;
using test::ReviewHouse;

namespace {

QStringList flagsOfChange(const test::Texts &before, const test::Texts &after)
{
    ReviewHouse house;
    Patch patch;
    patch.revisions = {house.revision(before, after)};
    QStringList all;
    const auto flags = flagsOf(house.repository, patch, "plugins/a", house.files(patch.last())).value();
    for (const auto &flag : flags)
        all << QStringLiteral("%1:%2 %3").arg(flag.kind).arg(flag.line).arg(flag.detail);
    return all;
}

/// Lines of source, 42 bytes each.
QByteArray source(int lines, int marked, const QByteArray &mark)
{
    QByteArray text;
    for (int i = 1; i <= lines; ++i) {
        if (i == marked)
            text += mark;
        text += "export const value" + QByteArray::number(i).rightJustified(9, '0') + " = compute(x);\n";
    }
    return text;
}

bool holds(const QStringList &flags, const QString &beginning, const QString &words = {})
{
    return std::any_of(flags.begin(), flags.end(), [&](const QString &flag) { return flag.startsWith(beginning) && flag.contains(words); });
}

} // namespace

class FlagsLargeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void changesInALargeFileAreStillRead()
    {
        const auto before = source(80'000, 0, {}), after = source(80'000, 70'000, "eval(process.argv[2]);\n");
        QVERIFY(before.size() > 3 << 20);
        const auto flags = flagsOfChange({{"plugins/a/x.js", before}}, {{"plugins/a/x.js", after}});
        QVERIFY2(holds(flags, QStringLiteral("process:70000 ")), qPrintable(flags.join(u'\n')));
        QVERIFY2(holds(flags, QStringLiteral("size:0 "), QStringLiteral("too large to look at whole")), qPrintable(flags.join(u'\n')));
        QCOMPARE(flags.size(), 2);
    }

    void aCommentAboveAChangeIsStillAComment()
    {
        const auto mark = [](const char *what) -> QByteArray { return QByteArray("/*\n * it says\n") + what + " */\n"; };
        const auto flags = flagsOfChange({{"plugins/a/x.js", source(80'000, 70'000, mark(" * nothing\n"))}},
                                         {{"plugins/a/x.js", source(80'000, 70'000, mark(" * nothing\n * but eval(x) would be bad\n"))}});
        QVERIFY2(!holds(flags, QStringLiteral("process")), qPrintable(flags.join(u'\n')));
    }

    void whereReadingEndedIsTold()
    {
        const auto flags = flagsOfChange({}, {{"plugins/a/x.js", source(80'000, 70'000, "eval(process.argv[2]);\n")}});
        QVERIFY2(holds(flags, QStringLiteral("size:24967 "), QStringLiteral("not from line 24967 on")), qPrintable(flags.join(u'\n')));
        QVERIFY(!holds(flags, QStringLiteral("process")));
        // What needs no code is looked for everywhere.
        const auto hidden = flagsOfChange({}, {{"plugins/a/x.js", source(80'000, 70'000, "// \xe2\x80\xae\n")}});
        QVERIFY2(holds(hidden, QStringLiteral("hidden-characters:70000 ")), qPrintable(hidden.join(u'\n')));
    }

    void nothingIsLookedForOverTenMegabytesAndThatIsTold()
    {
        const auto flags = flagsOfChange({{"plugins/a/x.js", "x\n"}}, {{"plugins/a/x.js", source(250'000, 3, "eval(x);\n")}});
        QCOMPARE(flags.size(), 1);
        QVERIFY2(holds(flags, QStringLiteral("size:0 "), QStringLiteral("too large to look at whole")), qPrintable(flags.join(u'\n')));
    }

    void anOrdinaryFileIsReadWhole()
    {
        const auto flags = flagsOfChange({{"plugins/a/x.js", source(2000, 0, {})}}, {{"plugins/a/x.js", source(2000, 1000, "eval(x);\n")}});
        QCOMPARE(flags.size(), 1);
        QVERIFY(holds(flags, QStringLiteral("process:1000 ")));
    }
};

COPPICE_TEST(FlagsLargeTest)
#include "flags_large_test.moc"
