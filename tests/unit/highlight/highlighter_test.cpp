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

    /// Piece by piece a text has the colours that it has as a whole, and no more of it is asked for than somebody looks at.
    void textsAreReadAsFarAsTheyAreLookedAt()
    {
        QStringList lines{QStringLiteral("/* begins")};
        for (int i = 0; i < 2500; ++i)
            lines << QStringLiteral("still inside %1").arg(i);
        lines << QStringLiteral("ends */ int x;");
        int furthest = 0;
        const auto highlighter = std::make_shared<Highlighter>();
        Text text(highlighter, QStringLiteral("a.cpp"), {}, int(lines.size()), [&](int first, int count) {
            furthest = std::max(furthest, first + count - 1);
            return lines.mid(first - 1, count);
        });
        std::vector<LineSpans> all;
        const auto take = [&](int first, std::vector<LineSpans> spans) {
            if (size_t(first) != all.size() + 1)
                return false;
            all.insert(all.end(), spans.begin(), spans.end());
            return true;
        };
        text.reach(40, take);
        QCOMPARE(furthest, 40);
        QCOMPARE(all.size(), size_t(40));
        QVERIFY(!text.ended());
        (void)highlighter->highlight(QStringLiteral("b.py"), {QStringLiteral("x = 1")}); // another text in between
        text.reach(1300, take);
        QCOMPARE(all.size(), size_t(1300));
        std::thread([&] { text.reach(99'999, take); }).join(); // and from a thread that needs a helper of its own later
        QCOMPARE(all.size(), size_t(lines.size()));
        QVERIFY2(text.ended() && text.problem().isEmpty(), qPrintable(text.problem()));
        QCOMPARE(styleAt(all[2000], 3), Style::Comment);
        QCOMPARE(styleAt(all.back(), 8), Style::DataType);
    }
    /// A helper that is gone has to read from the beginning; nothing is given twice.
    void anotherHelperGoesOn()
    {
        QStringList lines(30, QStringLiteral("inside"));
        lines.front() = QStringLiteral("/*");
        std::unique_ptr<Text> text;
        std::vector<LineSpans> all;
        const auto take = [&](int first, std::vector<LineSpans> spans) {
            if (size_t(first) == all.size() + 1)
                all.insert(all.end(), spans.begin(), spans.end());
            return true;
        };
        const auto highlighter = std::make_shared<Highlighter>();
        text = std::make_unique<Text>(highlighter, QStringLiteral("a.c"), QString(), 30, [&](int first, int count) { return lines.mid(first - 1, count); });
        std::thread([&] { text->reach(10, take); }).join(); // the helper dies with it
        text->reach(30, take);
        QCOMPARE(all.size(), size_t(30));
        QCOMPARE(styleAt(all.back(), 2), Style::Comment);
    }
    void languagesAreNamed_data()
    {
        QTest::addColumn<QString>("language");
        for (const char *name : {"Python", "python", "py"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void languagesAreNamed()
    {
        QFETCH(QString, language);
        Text text(std::make_shared<Highlighter>(), QStringLiteral("data.unknown-kind"), language, 1, [](int, int) { return QStringList{QStringLiteral("x = 'text'")}; });
        std::vector<LineSpans> all;
        text.reach(1, [&](int, std::vector<LineSpans> spans) { all = std::move(spans); return true; });
        QCOMPARE(all.size(), size_t(1));
        QCOMPARE(styleAt(all[0], 6), Style::String);
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
