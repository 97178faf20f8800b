// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_style.h"

namespace coppice::ui {

DiffStyle::DiffStyle(QObject *parent) : QObject(parent)
{
    setUp();
}

void DiffStyle::setUp()
{
    QFont font(m_family);
    font.setStyleHint(QFont::Monospace);
    font.setPixelSize(m_pixelSize);
    m_painter.setFont(font);
}

void DiffStyle::setFamily(const QString &family)
{
    if (m_family == family)
        return;
    m_family = family;
    setUp();
    Q_EMIT metricsChanged();
    Q_EMIT changed();
}

void DiffStyle::setWrap(bool wrap)
{
    if (m_wrap == wrap)
        return;
    m_wrap = wrap;
    Q_EMIT metricsChanged();
    Q_EMIT changed();
}

void DiffStyle::setSideways(double sideways)
{
    if (m_sideways == sideways)
        return;
    m_sideways = sideways;
    Q_EMIT sidewaysChanged();
}

void DiffStyle::setPixelSize(int size)
{
    if (m_pixelSize == size || size < 6)
        return;
    m_pixelSize = size;
    setUp();
    Q_EMIT metricsChanged();
    Q_EMIT changed();
}

void DiffStyle::setDark(bool isDark)
{
    if (dark == isDark)
        return;
    dark = isDark;
    Q_EMIT changed();
    QMetaObject::invokeMethod(this, &DiffStyle::coloursChanged, Qt::QueuedConnection); // when the theme has set all of them
}

QColor DiffStyle::ink(highlight::Style style) const
{
    return inkOf(style, dark, text);
}

QColor DiffStyle::inkOf(highlight::Style style, bool dark, const QColor &normal)
{
    using S = highlight::Style;
    switch (style) {
    case S::Keyword:
    case S::ControlFlow:
    case S::Import:
    case S::Preprocessor: return dark ? QColor(0xc9a6ff) : QColor(0x6b2fa5);
    case S::Function:
    case S::BuiltIn:
    case S::Extension: return dark ? QColor(0x8cc4ff) : QColor(0x1b4f94);
    case S::DataType:
    case S::Attribute:
    case S::Annotation: return dark ? QColor(0x7fd6d0) : QColor(0x0d5a60);
    case S::Char:
    case S::SpecialChar:
    case S::String:
    case S::VerbatimString:
    case S::SpecialString: return dark ? QColor(0xe8c07d) : QColor(0x7a4305);
    case S::DecVal:
    case S::BaseN:
    case S::Float:
    case S::Constant: return dark ? QColor(0xf2a98a) : QColor(0x8c3310);
    case S::Comment:
    case S::Documentation:
    case S::CommentVar:
    case S::RegionMarker:
    case S::Information: return dark ? QColor(0xa9b4c0) : QColor(0x4d5867);
    case S::Warning:
    case S::Alert:
    case S::Error: return dark ? QColor(0xffb3ac) : QColor(0x951d16);
    case S::Normal:
    case S::Variable:
    case S::Operator:
    case S::Others: break;
    }
    return normal;
}

} // namespace coppice::ui
