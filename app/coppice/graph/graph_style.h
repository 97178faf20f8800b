// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QObject>
#include <QVariantMap>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// The colours and the type that a picture of the graph is drawn with; a value, so that workers can have it.
struct GraphInks {
    QColor ground, box, text, muted, border, borderStrong, accent, focus, selected, info, ok, okGround, warning, warningGround, danger,
        dangerGround, neutralGround;
    QString family;
    int pixelSize = 13;
    bool operator==(const GraphInks &) const = default;
};

/// The same from the theme.
class GraphStyle : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QColor ground READ ground WRITE setGround NOTIFY changed)
    Q_PROPERTY(QVariantMap colours READ colours WRITE setColours NOTIFY changed) ///< by the names of GraphInks
    Q_PROPERTY(QString family READ family WRITE setFamily NOTIFY changed)
    Q_PROPERTY(int pixelSize READ pixelSize WRITE setPixelSize NOTIFY changed)
public:
    using QObject::QObject;
    [[nodiscard]] const GraphInks &inks() const { return m_inks; }
    [[nodiscard]] QColor ground() const { return m_inks.ground; }
    void setGround(const QColor &colour);
    [[nodiscard]] QVariantMap colours() const { return m_colours; }
    void setColours(const QVariantMap &colours);
    [[nodiscard]] QString family() const { return m_inks.family; }
    void setFamily(const QString &family);
    [[nodiscard]] int pixelSize() const { return m_inks.pixelSize; }
    void setPixelSize(int size);

Q_SIGNALS:
    void changed();

private:
    GraphInks m_inks;
    QVariantMap m_colours;
};

} // namespace coppice::ui
