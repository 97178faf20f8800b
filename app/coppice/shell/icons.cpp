// SPDX-License-Identifier: GPL-3.0-or-later
#include "icons.h"

#include <QFile>
#include <QPainter>
#include <QSvgRenderer>

namespace coppice::ui {

QImage IconProvider::requestImage(const QString &id, QSize *size, const QSize &requestedSize)
{
    const qsizetype slash = id.indexOf(u'/');
    QFile file(QStringLiteral(":/coppice/icons/%1.svg").arg(id.left(slash)));
    if (!file.open(QIODevice::ReadOnly)) {
        qWarning("There is no icon %s.", qPrintable(id));
        return {};
    }
    QByteArray svg = file.readAll();
    svg.replace("currentColor", QByteArray('#' + id.mid(slash + 1).toLatin1()));
    QSvgRenderer renderer(svg);
    QImage image(requestedSize.isEmpty() ? renderer.defaultSize() : requestedSize, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    renderer.render(&painter);
    if (size)
        *size = image.size();
    return image;
}

} // namespace coppice::ui
