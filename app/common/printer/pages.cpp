// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages.h"

#include <QAbstractTextDocumentLayout>
#include <QBuffer>
#include <QGlyphRun>
#include <QGuiApplication>
#include <QPainter>
#include <QPdfWriter>
#include <QSet>
#include <QSvgRenderer>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextLayout>
#include <QTextObjectInterface>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

namespace coppice::printer {

namespace {

constexpr double px = 25.4 / 96; ///< mm
constexpr double side = 15, top = 14, bottom = 20; ///< mm
constexpr int resolution = 1200;

/// Pictures that stood in the HTML as SVG, drawn as lines and areas rather than as points.
class Drawings : public QObject, public QTextObjectInterface
{
    Q_OBJECT
    Q_INTERFACES(QTextObjectInterface)

public:
    /// Puts an image in the place of each <svg>.
    QString take(const QString &html)
    {
        static const QString prefix = QStringLiteral("drawing:");
        QString out;
        qsizetype at = 0;
        while (true) {
            const qsizetype begin = html.indexOf(QLatin1String("<svg"), at);
            const qsizetype end = begin < 0 ? -1 : html.indexOf(QLatin1String("</svg>"), begin);
            if (end < 0)
                return out + QStringView(html).mid(at);
            QByteArray svg = html.mid(begin, end + 6 - begin).toUtf8();
            if (!svg.left(svg.indexOf('>')).contains("xmlns"))
                svg.insert(4, " xmlns=\"http://www.w3.org/2000/svg\"");
            auto drawing = std::make_shared<QSvgRenderer>(svg);
            const QSizeF size = drawing->isValid() ? QSizeF(drawing->defaultSize()) : QSizeF(1, 1);
            out += QStringView(html).mid(at, begin - at);
            out += QStringLiteral("<img src=\"%1%2\" width=\"%3\" height=\"%4\">").arg(prefix).arg(m_drawings.size()).arg(size.width()).arg(size.height());
            m_drawings.push_back(std::move(drawing));
            at = end + 6;
        }
    }

    QSizeF intrinsicSize(QTextDocument *, int, const QTextFormat &format) override
    {
        const auto image = format.toImageFormat();
        return drawingOf(image) ? QSizeF(image.width(), image.height()) : QSizeF();
    }
    void drawObject(QPainter *painter, const QRectF &place, QTextDocument *, int, const QTextFormat &format) override
    {
        if (auto *drawing = drawingOf(format.toImageFormat()))
            drawing->render(painter, place);
    }

private:
    QSvgRenderer *drawingOf(const QTextImageFormat &format) const
    {
        bool good = false;
        const auto number = size_t(QStringView(format.name()).mid(8).toUInt(&good));
        return good && format.name().startsWith(QLatin1String("drawing:")) && number < m_drawings.size() ? m_drawings[number].get() : nullptr;
    }
    std::vector<std::shared_ptr<QSvgRenderer>> m_drawings;
};

/// Nothing is loaded: the pages consist of what was handed over.
class Text : public QTextDocument
{
protected:
    QVariant loadResource(int, const QUrl &) override { return {}; }
};

QFont bodyFont()
{
    QFont font;
    font.setFamilies({QStringLiteral("Inter"), QStringLiteral("Cantarell"), QStringLiteral("Noto Sans"), QStringLiteral("Ubuntu"), QStringLiteral("DejaVu Sans"), QStringLiteral("sans-serif")});
    font.setPointSizeF(9);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

/// Characters that are drawn as boxes, since no font here has them.
QString missingCharacters(const QTextDocument &document)
{
    QString missing;
    QSet<uint> seen;
    for (auto block = document.begin(); block.isValid(); block = block.next()) {
        const QString text = block.text();
        for (qsizetype i = 0; i < text.size(); ++i) {
            const qsizetype at = i;
            uint code = text[i].unicode();
            if (text[i].isHighSurrogate() && i + 1 < text.size()) {
                code = QChar::surrogateToUcs4(text[i], text[i + 1]);
                ++i;
            }
            if (code <= 0x24f || code == QChar::ObjectReplacementCharacter || QChar::isSpace(code) || (!QChar::isPrint(code) && QChar::category(code) != QChar::Other_PrivateUse) || seen.contains(code))
                continue;
            seen.insert(code);
            const auto runs = block.layout()->glyphRuns(int(at), int(i - at + 1));
            if (std::ranges::any_of(runs, [](const QGlyphRun &run) { return run.glyphIndexes().contains(0u); }))
                missing += text.mid(at, i - at + 1);
        }
    }
    return missing;
}

} // namespace

Pages pagesOf(QString html)
{
    Drawings drawings;
    Text document;
    const QFont font = bodyFont();
    document.setDefaultFont(font);
    document.setDocumentMargin(0);
    document.setUseDesignMetrics(true);
    document.documentLayout()->registerHandler(QTextFormat::ImageObject, &drawings);
    const QSizeF paper = QPageSize::size(QPageSize::A4, QPageSize::Millimeter);
    const QSizeF page((paper.width() - 2 * side) / px, std::floor((paper.height() - top - bottom) / px));
    html = drawings.take(html);
    document.setPageSize(page);
    document.setHtml(html);

    Pages pages;
    QBuffer buffer(&pages.pdf);
    buffer.open(QIODevice::WriteOnly);
    const QString title = document.metaInformation(QTextDocument::DocumentTitle);
    {
        QPdfWriter writer(&buffer);
        writer.setResolution(resolution);
        writer.setPageSize(QPageSize(QPageSize::A4));
        writer.setPageMargins(QMarginsF(0, 0, 0, 0));
        writer.setTitle(title);
        writer.setCreator(QStringLiteral("Coppice"));
        pages.count = qMax(1, document.pageCount());
        QPainter painter(&writer);
        painter.scale(resolution / 96.0, resolution / 96.0);
        QFont small(font);
        small.setPixelSize(10); // the painter is scaled to px
        for (int number = 0; number < pages.count; ++number) {
            if (number > 0)
                writer.newPage();
            painter.save();
            painter.translate(side / px, top / px - number * page.height());
            const QRectF view(0, number * page.height(), page.width(), page.height());
            painter.setClipRect(view);
            QAbstractTextDocumentLayout::PaintContext context;
            context.clip = view;
            context.palette.setColor(QPalette::Text, Qt::black);
            document.documentLayout()->draw(&painter, context);
            painter.restore();
            painter.setFont(small);
            painter.setPen(QColor(0x57, 0x60, 0x70));
            const QRectF foot(side / px, (paper.height() - bottom + 5) / px, page.width(), 16);
            const QString place = QStringLiteral("page %1 of %2").arg(number + 1).arg(pages.count);
            painter.drawText(foot, Qt::AlignRight | Qt::AlignVCenter, place);
            const QFontMetricsF metrics(small);
            painter.drawText(foot, Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(title, Qt::ElideRight, foot.width() - metrics.horizontalAdvance(place) - 20));
        }
    }
    const QString missing = missingCharacters(document);
    if (!missing.isEmpty())
        pages.notes << QStringLiteral("No font here has these characters, they are drawn as boxes: %1. Install fonts that have them, for example fonts-noto-core and fonts-noto-cjk.")
                           .arg(missing.left(40));
    return pages;
}

} // namespace coppice::printer

#include "pages.moc"
