// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_images.h"

#include "shell/app_session.h"

#include <QBuffer>
#include <QImageReader>
#include <QLocale>
#include <QPainter>

#include <optional>

namespace coppice::ui {

namespace {

constexpr qint64 LargestFile = 32 << 20;
constexpr qint64 MostPixels = 64'000'000;
constexpr int LongestSide = 2048;

QByteArray formatOf(const QByteArray &path)
{
    const QByteArray ending = path.mid(path.lastIndexOf('.') + 1).toLower();
    return ending == "jpg" ? QByteArray("jpeg") : ending;
}

/// True when a drawing names something that is neither in it nor data.
bool refersOutside(const QByteArray &svg)
{
    const QByteArray lower = svg.toLower();
    if (lower.contains("<!entity") || lower.contains("@import"))
        return true;
    for (const auto &[word, open] : {std::pair("href", '='), std::pair("url", '(')}) {
        for (qsizetype at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
            qsizetype next = at + qsizetype(qstrlen(word));
            const auto blanks = [&] {
                while (next < lower.size() && QByteArrayView(" \t\r\n'\"").contains(lower[next]))
                    ++next;
            };
            blanks();
            if (next >= lower.size() || lower[next] != open)
                continue;
            ++next;
            blanks();
            const QByteArrayView target = QByteArrayView(lower).sliced(std::min(next, lower.size()));
            if (!target.startsWith('#') && !target.startsWith("data:"))
                return true;
        }
    }
    return false;
}

} // namespace

bool DiffImages::isPicture(const QByteArray &path)
{
    static const QList<QByteArray> formats{"png", "jpeg", "gif", "webp", "svg", "bmp", "ico"};
    return formats.contains(formatOf(path)) && QImageReader::supportedImageFormats().contains(formatOf(path));
}

DiffImages::Side DiffImages::decode(const QByteArray &path, const QByteArray &bytes)
{
    Side side;
    const QString size = tr("%1 bytes").arg(QLocale::c().toString(bytes.size()));
    const QByteArray format = formatOf(path);
    if (format == "svg" && refersOutside(bytes)) {
        side.text = tr("%1; not drawn: it refers to other files").arg(size);
        return side;
    }
    QBuffer buffer;
    buffer.setData(bytes);
    buffer.open(QIODevice::ReadOnly);
    QImageReader reader(&buffer, format);
    reader.setAutoDetectImageFormat(false);
    const QSize pixels = reader.size();
    if (!pixels.isValid() || qint64(pixels.width()) * pixels.height() > MostPixels) {
        side.text = pixels.isValid() ? tr("%1 × %2, %3; not drawn: over 64 million pixels").arg(pixels.width()).arg(pixels.height()).arg(size)
                                     : tr("%1; not drawn: not a picture that can be read").arg(size);
        return side;
    }
    if (std::max(pixels.width(), pixels.height()) > LongestSide)
        reader.setScaledSize(pixels.scaled(LongestSide, LongestSide, Qt::KeepAspectRatio));
    side.image = reader.read();
    side.text = tr("%1 × %2, %3, %4").arg(pixels.width()).arg(pixels.height()).arg(QString::fromLatin1(format), size);
    if (side.image.isNull())
        side.text = tr("%1; not drawn: %2").arg(size, reader.errorString());
    return side;
}

void DiffImages::open(const review::FilePatch &file)
{
    const int turn = ++m_turn;
    m_old = m_new = {};
    Q_EMIT changed();
    if (!isPicture(file.path))
        return;
    using Sides = std::pair<Side, Side>;
    auto *app = AppSession::instance();
    app->worker().read(
        this,
        [session = app->session(), file]() -> Result<Sides> {
            COPPICE_TRY(const auto repository, session->library().repository());
            const auto side = [&](const git::Oid &blob, const QByteArray &path) -> Side {
                if (blob.isNull())
                    return {};
                const auto bytes = repository.blob(blob, LargestFile);
                return bytes ? decode(path, *bytes) : Side{{}, bytes.error().message()};
            };
            return Sides{side(file.oldBlob, file.oldPath), side(file.newBlob, file.path)};
        },
        [this, turn](Result<Sides> sides) {
            if (turn != m_turn)
                return;
            if (!sides) {
                AppSession::instance()->report(sides.error());
                return;
            }
            std::tie(m_old, m_new) = std::move(*sides);
            Q_EMIT changed();
        });
}

void DiffPicture::setSource(DiffImages *source)
{
    if (m_source == source)
        return;
    m_source = source;
    if (m_source)
        connect(m_source, &DiffImages::changed, this, [this] { update(); });
    update();
    Q_EMIT changed();
}

void DiffPicture::paint(QPainter *painter)
{
    if (!m_source || m_source->image(m_new).isNull())
        return;
    const QImage &image = m_source->image(m_new);
    QSizeF size = image.size();
    if (size.width() > width() || size.height() > height())
        size.scale(boundingRect().size(), Qt::KeepAspectRatio);
    const QRectF place(QPointF((width() - size.width()) / 2, (height() - size.height()) / 2), size);
    constexpr int Square = 8;
    painter->setClipRect(place);
    for (int y = 0; y * Square < size.height(); ++y) {
        for (int x = 0; x * Square < size.width(); ++x)
            painter->fillRect(QRectF(place.x() + x * Square, place.y() + y * Square, Square, Square), (x + y) % 2 ? QColor(0xcccccc) : QColor(0xffffff));
    }
    painter->setRenderHint(QPainter::SmoothPixmapTransform);
    painter->drawImage(place, image);
}

} // namespace coppice::ui
