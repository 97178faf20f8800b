// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "code_text.h"

#include <QObject>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// How rows of a difference are drawn: colours from the theme, the font, and how far the lines are scrolled sideways.
/// One for all rows of a view.
class DiffStyle : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(bool dark MEMBER dark WRITE setDark NOTIFY changed)
    Q_PROPERTY(QColor ground MEMBER ground NOTIFY changed)
    Q_PROPERTY(QColor text MEMBER text NOTIFY changed)
    Q_PROPERTY(QColor muted MEMBER muted NOTIFY changed)
    Q_PROPERTY(QColor border MEMBER border NOTIFY changed)
    Q_PROPERTY(QColor blank MEMBER blank NOTIFY changed)
    Q_PROPERTY(QColor added MEMBER added NOTIFY changed)
    Q_PROPERTY(QColor wordAdded MEMBER wordAdded NOTIFY changed)
    Q_PROPERTY(QColor addedInk MEMBER addedInk NOTIFY changed)
    Q_PROPERTY(QColor removed MEMBER removed NOTIFY changed)
    Q_PROPERTY(QColor wordRemoved MEMBER wordRemoved NOTIFY changed)
    Q_PROPERTY(QColor removedInk MEMBER removedInk NOTIFY changed)
    Q_PROPERTY(QColor accent MEMBER accent NOTIFY changed)
    Q_PROPERTY(QColor warning MEMBER warning NOTIFY changed)
    Q_PROPERTY(QColor warningGround MEMBER warningGround NOTIFY changed)
    Q_PROPERTY(QColor danger MEMBER danger NOTIFY changed)
    Q_PROPERTY(QColor dangerGround MEMBER dangerGround NOTIFY changed)
    Q_PROPERTY(QString family READ family WRITE setFamily NOTIFY metricsChanged)
    Q_PROPERTY(int pixelSize READ pixelSize WRITE setPixelSize NOTIFY metricsChanged)
    Q_PROPERTY(int lineHeight READ lineHeight NOTIFY metricsChanged)
    Q_PROPERTY(double charWidth READ charWidth NOTIFY metricsChanged)
    Q_PROPERTY(bool wrap READ wrap WRITE setWrap NOTIFY metricsChanged) ///< long lines go on in rows below, and nothing is scrolled sideways
    Q_PROPERTY(double sideways READ sideways WRITE setSideways NOTIFY sidewaysChanged) ///< px that the lines are scrolled to the left
    Q_PROPERTY(QColor info MEMBER info NOTIFY changed)
    Q_PROPERTY(QColor infoGround MEMBER infoGround NOTIFY changed)
    Q_PROPERTY(QString find MEMBER find NOTIFY changed) ///< text that is marked where it stands
    Q_PROPERTY(int findRow MEMBER findRow NOTIFY changed) ///< row of the current place
public:
    explicit DiffStyle(QObject *parent = nullptr);

    [[nodiscard]] QColor ink(highlight::Style style) const;
    /// The inks of all styles in a theme: for the contrast test.
    [[nodiscard]] static QColor inkOf(highlight::Style style, bool dark, const QColor &normal);
    [[nodiscard]] const CodePainter &painter() const { return m_painter; }
    [[nodiscard]] QString family() const { return m_family; }
    void setFamily(const QString &family);
    [[nodiscard]] int pixelSize() const { return m_pixelSize; }
    void setPixelSize(int size);
    void setDark(bool isDark);
    [[nodiscard]] int lineHeight() const { return m_painter.lineHeight(); }
    [[nodiscard]] double charWidth() const { return m_painter.charWidth(); }
    [[nodiscard]] bool wrap() const { return m_wrap; }
    void setWrap(bool wrap);
    [[nodiscard]] double sideways() const { return m_wrap ? 0 : m_sideways; }
    void setSideways(double sideways);

    QColor ground, text, muted, border, blank, added, wordAdded, addedInk, removed, wordRemoved, removedInk, accent, warning,
        warningGround, danger, dangerGround, info, infoGround;
    QString find;
    int findRow = -1;
    bool dark = false;

Q_SIGNALS:
    void changed();
    void metricsChanged(); ///< how large letters and rows are; apart from the others, which bindings on sizes must not hear of
    void sidewaysChanged();
    void coloursChanged(); ///< light became dark, or the other way round

private:
    void setUp();
    CodePainter m_painter;
    QString m_family = QStringLiteral("monospace");
    int m_pixelSize = 13;
    double m_sideways = 0;
    bool m_wrap = false;
};

} // namespace coppice::ui
