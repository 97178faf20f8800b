// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QQuickImageProvider>

namespace coppice::ui {

/// Draws resources/icons/<name>.svg in a colour: "image://icon/<name>/<rrggbb>". The icons are strokes in
/// `currentColor`, so that one file serves both themes.
class IconProvider : public QQuickImageProvider
{
public:
    IconProvider() : QQuickImageProvider(QQuickImageProvider::Image) { }
    QImage requestImage(const QString &id, QSize *size, const QSize &requestedSize) override;
};

} // namespace coppice::ui
