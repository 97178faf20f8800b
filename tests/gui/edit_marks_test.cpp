// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <review/edit_marks.h>

#include <QQmlComponent>
#include <QQmlEngine>
#include <QQuickItem>
#include <QTest>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextLayout>

using namespace coppice;
using coppice::ui::EditMarks;

class EditMarksTest : public QObject
{
    Q_OBJECT
    QQmlEngine m_engine;
    std::unique_ptr<QQuickItem> m_area;
    EditMarks m_marks;

    void make()
    {
        QQmlComponent component(&m_engine);
        component.setData("import QtQuick\nTextEdit { textFormat: TextEdit.PlainText }", QUrl());
        m_area.reset(qobject_cast<QQuickItem *>(component.create()));
        QVERIFY2(m_area, qPrintable(component.errorString()));
        m_marks.setField(m_area->property("textDocument").value<QQuickTextDocument *>());
    }
    [[nodiscard]] QTextDocument *document() const { return m_marks.document(); }

private Q_SLOTS:
    void init() { make(); }
    void cleanup() { m_marks.setField(nullptr); }

    void whatIsShownHidesNothingAndComesBack()
    {
        const QString text = QStringLiteral("if (a\u202E\u2066) {\n\tok\u200B\u00AD = 'p\u0430ss';\u00A0\n}\n") + QString::fromUcs4(U"\U000E0041\U0001D173") + QStringLiteral("\uFEFF end");
        const QString shown = m_marks.shown(text);
        for (const char16_t c : {u'\u202E', u'\u2066', u'\u200B', u'\u00AD', u'\uFEFF'})
            QVERIFY(!shown.contains(c));
        QVERIFY(shown.contains(QChar(0x430)));
        m_area->setProperty("text", shown);
        QCOMPARE(m_marks.text(), text);
        for (const QChar c : shown) // a stand-in turns nothing round
            QVERIFY(c.isSurrogate() || c.direction() != QChar::DirRLO);
    }
    void honestTextIsLeftAlone()
    {
        const QString text = QString::fromUtf8("नमस्ते क्‍ष 👩‍👩‍👧 שלום عربي 你好 e\u0301\n");
        QCOMPARE(m_marks.shown(text), text);
        m_area->setProperty("text", text);
        QCOMPARE(m_marks.text(), text);
        QTest::qWait(120);
        QCOMPARE(m_marks.told(), QString());
    }
    void whatIsPastedIsReplacedToo()
    {
        m_area->setProperty("text", m_marks.shown(QStringLiteral("one\ntwo\n")));
        QTextCursor cursor(document());
        cursor.setPosition(5);
        cursor.insertText(QStringLiteral("x\u202Ey\u200Bz"));
        QCoreApplication::processEvents();
        const QString inField = document()->toRawText();
        QVERIFY(!inField.contains(QChar(0x202E)) && !inField.contains(QChar(0x200B)));
        QCOMPARE(m_marks.text(), QStringLiteral("one\ntx\u202Ey\u200Bzwo\n"));
        for (int i = 0; i < 5 && document()->isUndoAvailable() && m_marks.text() != QStringLiteral("one\ntwo\n"); ++i) {
            document()->undo(); // back to what was before the paste: nothing is put in again on the way
            QCoreApplication::processEvents();
        }
        QCOMPARE(m_marks.text(), QStringLiteral("one\ntwo\n"));
    }
    void theThreeClassesDifferAndAreNamed()
    {
        m_marks.setProperty("danger", QColor(Qt::red));
        m_marks.setProperty("dangerGround", QColor(Qt::yellow));
        m_marks.setProperty("warningGround", QColor(Qt::cyan));
        m_area->setProperty("text", m_marks.shown(QStringLiteral("a\u202Eb\u200Bc p\u0430y")));
        QTRY_VERIFY(!m_marks.told().isEmpty());
        const auto formats = document()->begin().layout()->formats();
        QCOMPARE(formats.size(), 3);
        QCOMPARE(formats[0].format.background().color(), QColor(Qt::red));
        QCOMPARE(formats[1].format.background().color(), QColor(Qt::yellow));
        QCOMPARE(formats[2].format.background().color(), QColor(Qt::cyan));
        for (const char *point : {"U+202E turns", "U+200B is not seen", "U+0430 looks"})
            QVERIFY2(m_marks.told().contains(QLatin1String(point)), qPrintable(m_marks.told()));
    }
    void textOfThePrivatePlanesIsNotTouched()
    {
        const QString text = QString::fromUcs4(U"\U0010202E") + QStringLiteral(" and \u202E");
        m_area->setProperty("text", m_marks.shown(text));
        QCOMPARE(m_marks.text(), text);
        QTRY_VERIFY(m_marks.told().contains(QLatin1String("U+202E")));
    }
};

COPPICE_TEST(EditMarksTest)
#include "edit_marks_test.moc"
