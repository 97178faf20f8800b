// SPDX-License-Identifier: GPL-3.0-or-later
#include <highlight/highlighter.h>

#include "support/test_main.h"

#include <QTest>

#include <thread>

using namespace coppice::highlight;

namespace {

/// The style at an offset of a line.
Style styleAt(const LineSpans &line, int offset)
{
    for (const auto &span : line) {
        if (offset >= span.offset && offset < span.offset + span.length)
            return span.style;
    }
    return Style::Normal;
}

} // namespace

class HighlighterTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void knowsLanguages_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("offset");
        QTest::addColumn<int>("style");
        QTest::newRow("python") << "a/b/tool.py" << "    return 'text'  # why" << 13 << int(Style::String);
        QTest::newRow("python comment") << "tool.py" << "    return 'text'  # why" << 20 << int(Style::Comment);
        QTest::newRow("javascript") << "index.js" << "const a = \"x\"; // c" << 16 << int(Style::Comment);
        QTest::newRow("go") << "main.go" << "func main() { return }" << 0 << int(Style::Keyword);
        QTest::newRow("json") << "package.json" << "{\"a\": 12}" << 6 << int(Style::DecVal);
        QTest::newRow("non-ASCII before") << "tool.py" << QString::fromUtf8("x = 'äöü😀'  # ç") << 14 << int(Style::Comment);
    }
    void knowsLanguages()
    {
        QFETCH(QString, file);
        QFETCH(QString, line);
        QFETCH(int, offset);
        QFETCH(int, style);
        Highlighter highlighter;
        const auto spans = highlighter.highlight(file, {line});
        QVERIFY2(highlighter.problem().isEmpty(), qPrintable(highlighter.problem()));
        QCOMPARE(spans.size(), size_t(1));
        QCOMPARE(int(styleAt(spans[0], offset)), style);
    }

    void carriesStateOverLines()
    {
        Highlighter highlighter;
        QStringList lines{QStringLiteral("/* begins")};
        for (int i = 0; i < 700; ++i) // more than one frame of the answer
            lines << QStringLiteral("still inside");
        lines << QStringLiteral("ends */ int x;");
        const auto spans = highlighter.highlight(QStringLiteral("a.cpp"), lines);
        QCOMPARE(spans.size(), size_t(lines.size()));
        QCOMPARE(styleAt(spans[650], 3), Style::Comment);
        QCOMPARE(styleAt(spans.back(), 8), Style::DataType);
    }

    void choosesScriptsByTheirFirstLine()
    {
        Highlighter highlighter;
        const auto spans = highlighter.highlight(QStringLiteral("bin/run"), {QStringLiteral("#!/usr/bin/env python3"),
                                                                             QStringLiteral("x = 'text'")});
        QCOMPARE(spans.size(), size_t(2));
        QCOMPARE(styleAt(spans[1], 6), Style::String);
    }

    void unknownFilesHaveNoColours()
    {
        Highlighter highlighter;
        QVERIFY(highlighter.highlight(QStringLiteral("data.unknown-kind"), {QStringLiteral("x")}).empty());
        QVERIFY(!highlighter.problem().isEmpty());
        QVERIFY(highlighter.highlight(QStringLiteral("a.py"), {}).empty());
    }

    /// A one-line file of a megabyte never ends in the highlighter; it is not given to it, and the other lines are.
    void longLinesAreLeftOut()
    {
        Highlighter highlighter;
        const auto spans = highlighter.highlight(
            QStringLiteral("min.js"), {QString(1 << 20, u'('), QStringLiteral("const a = 1; // c")});
        QVERIFY2(highlighter.problem().isEmpty(), qPrintable(highlighter.problem()));
        QCOMPARE(spans.size(), size_t(2));
        QVERIFY(spans[0].empty());
        QCOMPARE(styleAt(spans[1], 14), Style::Comment);
    }

    /// Many lines just below the limit are quadratic each: the deadline ends it, and the next file works again.
    void deadlineKillsAndTheNextFileWorks()
    {
        Highlighter highlighter;
        QString line;
        while (line.size() < 10'000)
            line += QStringLiteral("a=b/c(");
        line.truncate(10'000);
        QStringList lines;
        for (int i = 0; i < 3000; ++i)
            lines << line;
        const auto spans = highlighter.highlight(QStringLiteral("hostile.js"), lines);
        QVERIFY2(highlighter.problem().contains(QLatin1String("2 seconds")), qPrintable(highlighter.problem()));
        QVERIFY(spans.empty() || spans.back().empty());
        QCOMPARE(highlighter.highlight(QStringLiteral("a.py"), {QStringLiteral("x = 'text'")}).size(), size_t(1));
        QVERIFY(highlighter.problem().isEmpty());
    }

    /// The helper dies with the thread that started it; another thread gets a new one.
    void worksFromOneThreadAfterTheOther()
    {
        Highlighter highlighter;
        for (int i = 0; i < 3; ++i) {
            size_t lines = 0;
            std::thread([&] {
                lines = highlighter.highlight(QStringLiteral("a.py"), {QStringLiteral("x = 1")}).size();
            }).join();
            QCOMPARE(lines, size_t(1));
        }
    }
};

COPPICE_TEST(HighlighterTest)
#include "highlighter_test.moc"
