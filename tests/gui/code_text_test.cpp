// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <review/code_text.h>

#include <QImage>
#include <QPainter>
#include <QTest>

using namespace coppice;
using coppice::ui::codePieces;
using coppice::ui::writtenOut;

class CodeTextTest : public QObject
{
    Q_OBJECT
    static QString joined(const std::vector<ui::CodePiece> &pieces)
    {
        QString text;
        for (const auto &piece : pieces)
            text += piece.text;
        return text;
    }

private Q_SLOTS:
    void plainLineIsOnePiece()
    {
        const auto pieces = codePieces(QStringLiteral("return a + b;"), nullptr, {});
        QCOMPARE(pieces.size(), size_t(1));
        QCOMPARE(pieces[0].text, QStringLiteral("return a + b;"));
        QVERIFY(!pieces[0].suspicious);
    }
    void emptyLineHasNone() { QVERIFY(codePieces({}, nullptr, {}).empty()); }
    void tabsGoToTheNextStop()
    {
        QCOMPARE(joined(codePieces(QStringLiteral("\tx\ty"), nullptr, {})), QStringLiteral("    x   y"));
    }
    void stylesAndWordsCutTheLine()
    {
        const highlight::LineSpans spans{{0, 3, highlight::Style::Keyword}};
        const auto pieces = codePieces(QStringLiteral("let x = 1"), &spans, {{4, 1}});
        QCOMPARE(pieces.size(), size_t(4));
        QCOMPARE(pieces[0].text, QStringLiteral("let"));
        QCOMPARE(pieces[0].style, highlight::Style::Keyword);
        QVERIFY(pieces[2].word);
        QCOMPARE(pieces[2].text, QStringLiteral("x"));
        QCOMPARE(pieces[3].column, 5);
    }
    void nothingCanHide()
    {
        const QString line = QStringLiteral("if (admin\u202e\u2066) // ok\u200b");
        const auto pieces = codePieces(line, nullptr, {});
        const QString drawn = joined(pieces);
        QVERIFY2(drawn.contains(QStringLiteral("‹U+202E›")), qPrintable(drawn));
        QVERIFY(drawn.contains(QStringLiteral("‹U+2066›")));
        QVERIFY(drawn.contains(QStringLiteral("‹U+200B›")));
        QVERIFY(!drawn.contains(QChar(0x202e)));
        int marked = 0;
        for (const auto &piece : pieces)
            marked += piece.suspicious ? 1 : 0;
        QCOMPARE(marked, 3);
    }
    void whatIsWrittenOutHidesNothing()
    {
        const QString text = writtenOut(QStringLiteral("a\tb\nx\u202Ey\u200Bz"));
        QCOMPARE(text.count(u'\n'), 1);
        QVERIFY(text.startsWith(QStringLiteral("a   b\n")));
        QVERIFY(text.contains(QStringLiteral("202E")) && text.contains(QStringLiteral("200B")));
        QVERIFY(!text.contains(QChar(0x202E)) && !text.contains(QChar(0x200B)));
        QVERIFY(writtenOut(QString(30, u'a'), 10).contains(QStringLiteral("20 more")));
    }
    void lettersThatLookAlikeAreMarkedAndDrawn()
    {
        const auto pieces = codePieces(QStringLiteral("p\u0430ssword"), nullptr, {}); // a Cyrillic a
        bool found = false;
        for (const auto &piece : pieces) {
            if (piece.suspicious) {
                QCOMPARE(*piece.suspicious, text::HiddenClass::Ambiguous);
                QCOMPARE(piece.text, QString(QChar(0x430)));
                found = true;
            }
        }
        QVERIFY(found);
    }
    void longLineIsCutWithAMark()
    {
        const QString drawn = joined(codePieces(QString(50'000, u'x'), nullptr, {}));
        QVERIFY(drawn.size() < 9'000);
        QVERIFY2(drawn.endsWith(QStringLiteral("42000 more characters")), qPrintable(drawn.right(60)));
    }
    void spansBeyondTheLineAreIgnored()
    {
        const highlight::LineSpans spans{{2, 400, highlight::Style::String}, {900, 3, highlight::Style::Comment}};
        QCOMPARE(joined(codePieces(QStringLiteral("abcd"), &spans, {{3, 90}})), QStringLiteral("abcd"));
    }
    void operatorsStayApart()
    {
        // JetBrains Mono draws != as one sign when it may: the width of two characters and ink in both cells.
        ui::CodePainter painter;
        QFont font(QStringLiteral("JetBrains Mono"));
        font.setPixelSize(20);
        painter.setFont(font);
        const auto cell = [&](const QString &text, int column) {
            QImage image(200, 40, QImage::Format_RGB32);
            image.fill(Qt::white);
            QPainter on(&image);
            painter.draw(on, 0, 30, text, Qt::black);
            on.end();
            return image.copy(int(column * painter.charWidth()), 0, int(painter.charWidth()), 40);
        };
        QCOMPARE(cell(QStringLiteral("!="), 0), cell(QStringLiteral("! "), 0));
        QCOMPARE(painter.widthOf(QStringLiteral("!=")), 2 * painter.charWidth());
    }
};

COPPICE_TEST(CodeTextTest)
#include "code_text_test.moc"
