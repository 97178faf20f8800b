// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages.h"

#include <QAbstractTextDocumentLayout>
#include <QBuffer>
#include <QGlyphRun>
#include <QGuiApplication>
#include <QPainter>
#include <QHash>
#include <QPdfWriter>
#include <QSet>
#include <QSvgRenderer>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextLayout>
#include <QTextObjectInterface>
#include <QTextTable>

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
        QHash<QByteArray, qsizetype> numbers; // the same mark stands in each row of a table
        qsizetype at = 0;
        while (true) {
            const qsizetype begin = html.indexOf(QLatin1String("<svg"), at);
            const qsizetype end = begin < 0 ? -1 : html.indexOf(QLatin1String("</svg>"), begin);
            if (end < 0)
                return out + QStringView(html).mid(at);
            QByteArray svg = html.mid(begin, end + 6 - begin).toUtf8();
            if (!svg.left(svg.indexOf('>')).contains("xmlns"))
                svg.insert(4, " xmlns=\"http://www.w3.org/2000/svg\"");
            const qsizetype number = numbers.value(svg, qsizetype(m_drawings.size()));
            if (size_t(number) == m_drawings.size()) {
                numbers.insert(svg, number);
                m_drawings.push_back(std::make_unique<QSvgRenderer>(svg));
            }
            const auto &drawing = *m_drawings[size_t(number)];
            const QSize size = drawing.isValid() ? drawing.defaultSize() : QSize(1, 1);
            out += QStringView(html).mid(at, begin - at);
            out += QStringLiteral("<img src=\"%1%2\" width=\"%3\" height=\"%4\">").arg(prefix).arg(number).arg(size.width()).arg(size.height());
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
    std::vector<std::unique_ptr<QSvgRenderer>> m_drawings;
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

struct Place {
    double top, bottom; ///< px from the first page's top
};
Place placeOf(const QTextTable &table, int row)
{
    const auto *layout = table.document()->documentLayout();
    Place place{0, 0};
    for (int column = 0; column < table.columns(); ++column) {
        const auto cell = table.cellAt(row, column);
        const QRectF first = layout->blockBoundingRect(cell.firstCursorPosition().block()), last = layout->blockBoundingRect(cell.lastCursorPosition().block());
        place.top = column == 0 ? first.top() : qMin(place.top, first.top());
        place.bottom = qMax(place.bottom, last.bottom());
    }
    return place;
}

/// Moves rows of tables that go over the end of a page to the next one, and headings that would stand alone at the end.
void keepTogether(QTextDocument &document, double pageHeight)
{
    const auto pageOf = [pageHeight](double y) { return int(std::floor(y / pageHeight)); };
    const auto begin = [](const QTextBlock &block) {
        QTextCursor cursor(block);
        QTextBlockFormat format;
        format.setPageBreakPolicy(QTextFormat::PageBreak_AlwaysBefore);
        cursor.mergeBlockFormat(format);
    };
    for (auto *frame : document.rootFrame()->childFrames()) {
        auto *table = qobject_cast<QTextTable *>(frame);
        if (!table)
            continue;
        const int heads = table->format().headerRowCount();
        const auto before = document.findBlock(table->firstPosition() - 1);
        if (before.isValid() && before.blockFormat().headingLevel() > 0 && table->rows() > heads
            && pageOf(document.documentLayout()->blockBoundingRect(before).top()) != pageOf(placeOf(*table, heads).bottom - 1))
            begin(before);
        for (int row = heads; row < table->rows(); ++row) {
            const auto place = placeOf(*table, row);
            if (pageOf(place.top) != pageOf(place.bottom - 1) && place.bottom - place.top < pageHeight / 2)
                begin(table->cellAt(row, 0).firstCursorPosition().block());
        }
    }
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
    keepTogether(document, page.height());

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
