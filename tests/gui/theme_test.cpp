// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <review/diff_style.h>

#include <QColor>
#include <QDir>
#include <QQmlComponent>
#include <QQmlEngine>
#include <QSvgRenderer>
#include <QTest>

#include <cmath>

// Source of the formula: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
static double luminance(const QColor &color)
{
    const auto part = [](double value) { return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); };
    return 0.2126 * part(color.redF()) + 0.7152 * part(color.greenF()) + 0.0722 * part(color.blueF());
}

static double contrast(const QColor &a, const QColor &b)
{
    const double high = std::max(luminance(a), luminance(b));
    const double low = std::min(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

class ThemeTest : public QObject
{
    Q_OBJECT
    QQmlEngine m_engine;
    std::unique_ptr<QObject> m_holder;

    QColor color(const char *name) const
    {
        auto *theme = m_holder->property("theme").value<QObject *>();
        return theme->property(name).value<QColor>();
    }
    void setDark(bool dark) const { m_holder->property("theme").value<QObject *>()->setProperty("dark", dark); }
    void hold(const char *ink, const char *ground, double least) const
    {
        const double ratio = contrast(color(ink), color(ground));
        QVERIFY2(ratio >= least, qPrintable(QStringLiteral("%1 on %2: %3, at least %4")
                                                .arg(QLatin1String(ink), QLatin1String(ground))
                                                .arg(ratio, 0, 'f', 2)
                                                .arg(least)));
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_engine.addImportPath(QStringLiteral(":/qt/qml"));
        QQmlComponent component(&m_engine);
        component.setData("import QtQuick\nimport Coppice\nQtObject { property QtObject theme: Theme }", {});
        m_holder.reset(component.create());
        QVERIFY2(m_holder, qPrintable(component.errorString()));
    }
    void theFormulaIsRight()
    {
        QVERIFY(std::abs(contrast(Qt::black, Qt::white) - 21.0) < 0.01);
        QVERIFY(std::abs(contrast(QColor(0x767676), Qt::white) - 4.54) < 0.01);
    }
    void textCanBeRead_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void textCanBeRead()
    {
        QFETCH(bool, dark);
        setDark(dark);
        for (const char *ground : {"surface", "raised", "sunken", "overlay", "hover", "selected"}) {
            for (const char *ink : {"text", "muted", "accent", "ok", "warning", "danger", "info"})
                hold(ink, ground, 4.5);
        }
        hold("accentInk", "accentGround", 4.5);
        hold("accentInk", "accentHover", 4.5);
        hold("accentInk", "dangerFill", 4.5);
        hold("ok", "okGround", 4.5);
        hold("warning", "warningGround", 4.5);
        hold("danger", "dangerGround", 4.5);
        hold("info", "infoGround", 4.5);
        hold("muted", "neutralGround", 4.5);
        hold("muted", "fold", 4.5);
        for (const char *ground : {"warningGround", "dangerGround", "infoGround", "okGround", "neutralGround"})
            hold("text", ground, 4.5);
        // What is not text but must be seen: WCAG 1.4.11
        for (const char *ground : {"surface", "raised", "sunken", "selected"})
            hold("focus", ground, 3.0);
    }
    void codeCanBeRead_data() { textCanBeRead_data(); }
    void codeCanBeRead()
    {
        QFETCH(bool, dark);
        setDark(dark);
        using S = coppice::highlight::Style;
        for (int style = 0; style <= int(S::Error); ++style) {
            const QColor ink = coppice::ui::DiffStyle::inkOf(S(style), dark, color("text"));
            for (const char *ground : {"raised", "added", "removed", "wordAdded", "wordRemoved"}) {
                const double ratio = contrast(ink, color(ground));
                QVERIFY2(ratio >= 4.5, qPrintable(QStringLiteral("style %1 on %2: %3")
                                                      .arg(style)
                                                      .arg(QLatin1String(ground))
                                                      .arg(ratio, 0, 'f', 2)));
            }
        }
        hold("addedInk", "added", 4.5);
        hold("removedInk", "removed", 4.5);
        hold("muted", "blank", 4.5);
        hold("muted", "added", 4.5);
        hold("muted", "removed", 4.5);
    }
    void everyIconDraws()
    {
        const QStringList names = QDir(QStringLiteral(":/coppice/icons")).entryList({QStringLiteral("*.svg")});
        QVERIFY(names.size() > 40);
        for (const auto &name : names) {
            QSvgRenderer renderer(QStringLiteral(":/coppice/icons/") + name);
            QVERIFY2(renderer.isValid(), qPrintable(name));
            QCOMPARE(renderer.defaultSize(), QSize(20, 20));
        }
    }
};

COPPICE_TEST(ThemeTest)
#include "theme_test.moc"
