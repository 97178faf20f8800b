// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_row.h"

#include <review/find.h>

#include <QLocale>
#include <QPainter>

namespace coppice::ui {

namespace {
constexpr qreal Bar = 6;   ///< at the left of the row: the verdict
constexpr qreal Gap = 8;   ///< around the number
constexpr qreal Sign = 16; ///< column of + and −
constexpr qint64 BeforeDifference = 300; ///< bytes of a long line that are shown before it differs, where lines wrap
} // namespace

DiffRow::DiffRow(QQuickItem *parent) : QQuickPaintedItem(parent)
{
    setOpaquePainting(true);
}

void DiffRow::setStyle(DiffStyle *style)
{
    if (m_style == style)
        return;
    if (m_style)
        m_style->disconnect(this);
    m_style = style;
    if (m_style) {
        connect(m_style, &DiffStyle::changed, this, [this] { update(); });
        connect(m_style, &DiffStyle::sidewaysChanged, this, [this] { update(); });
        connect(m_style, &DiffStyle::metricsChanged, this, &DiffRow::measure);
    }
    measure();
    update();
    Q_EMIT changed();
}

void DiffRow::setSource(DiffModel *source)
{
    if (m_source == source)
        return;
    m_source = source;
    measure();
    update();
    Q_EMIT changed();
}

void DiffRow::setLine(int line)
{
    if (m_line == line)
        return;
    m_line = line;
    measure();
    update();
    Q_EMIT changed();
}

void DiffRow::setStamp(int stamp)
{
    if (m_stamp == stamp)
        return;
    m_stamp = stamp;
    measure();
    update();
    Q_EMIT changed();
}

void DiffRow::geometryChange(const QRectF &now, const QRectF &before)
{
    QQuickPaintedItem::geometryChange(now, before);
    if (now.width() != before.width())
        measure();
}

/// Of a line that is too long to be laid out: what is in sight and a little before it, or where lines wrap what differs.
std::optional<DiffModel::Line> DiffRow::shownLine() const
{
    qint64 from = std::max<qint64>(0, qint64(m_style->sideways() / m_style->charWidth()) - 64);
    auto line = m_source->line(m_line, from);
    if (!line || line->kind != DiffModel::Kind::Code)
        return std::nullopt;
    if (m_style->wrap() && (line->row.oldCut || line->row.newCut) && line->row.oldLine > 0) {
        from = std::max<qint64>(0, m_source->aligned()->firstDifference(line->row.oldLine) - BeforeDifference);
        line = m_source->line(m_line, from);
    }
    return line;
}

std::vector<DiffRow::Side> DiffRow::sidesOf(const DiffModel::Line &line) const
{
    using K = review::AlignedRow::Kind;
    const auto &row = line.row;
    const qreal inner = width() - Bar;
    const auto old = [&](const QRectF &place, bool differs) {
        return Side{place, row.oldLine, 0, row.oldAt, row.oldBytes, row.oldCut, &row.oldText, &row.oldWords, false, differs, row.oldNoNewline, &row.oldEnd};
    };
    const auto fresh = [&](const QRectF &place, int other, bool differs) {
        return Side{place, row.newLine, other, row.newAt, row.newBytes, row.newCut, &row.newText, &row.newWords, true, differs, row.newNoNewline, &row.newEnd};
    };
    if (m_source->unified()) {
        const QRectF place(Bar, 0, inner, height());
        return {row.kind == K::Removed ? old(place, true) : fresh(place, row.oldLine, row.kind != K::Context)};
    }
    const qreal half = m_source->onlyOld() ? inner : m_source->onlyNew() ? 0 : qFloor(inner / 2);
    std::vector<Side> sides;
    if (half > 0)
        sides.push_back(old(QRectF(Bar, 0, half, height()), row.kind == K::Changed || row.kind == K::Removed));
    if (half < inner)
        sides.push_back(fresh(QRectF(Bar + half, 0, inner - half, height()), 0, row.kind == K::Changed || row.kind == K::Added));
    return sides;
}

qreal DiffRow::textLeft(const Side &side) const
{
    const qreal numbers = m_source->digits() * m_style->charWidth();
    return side.place.x() + Gap + numbers + Gap + (m_source->unified() ? numbers + Gap : 0) + Sign;
}

int DiffRow::cellsOf(const Side &side) const
{
    return std::max(8, int((side.place.right() - textLeft(side) - Gap / 2) / m_style->charWidth()));
}

/// Only rows that exist are measured, which are those in sight: a file may have a million.
void DiffRow::measure()
{
    int rows = 1;
    if (m_source && m_style && m_style->wrap() && width() > 0) {
        if (const auto line = shownLine()) {
            for (const auto &side : sidesOf(*line)) {
                if (side.number <= 0 || side.text->size() <= cellsOf(side) / 8)
                    continue;
                QString text;
                for (const auto &piece : codePieces(*side.text, nullptr, {}))
                    text += piece.text;
                rows = std::max(rows, 1 + int(codeBreaks(m_style->painter(), text, cellsOf(side)).size()));
            }
        }
    }
    if (rows == m_rows)
        return;
    m_rows = rows;
    Q_EMIT rowsChanged();
}

qreal DiffRow::baseline() const
{
    const auto &code = m_style->painter();
    return (code.lineHeight() - (code.lineHeight() / 1.18)) / 2 + code.ascent();
}

void DiffRow::paint(QPainter *painter)
{
    if (!m_source || !m_style)
        return;
    painter->fillRect(boundingRect(), m_style->ground);
    const auto line = shownLine();
    if (!line)
        return;
    const auto sides = sidesOf(*line);
    for (const auto &side : sides)
        paintSide(*painter, side);
    if (sides.size() > 1)
        painter->fillRect(QRectF(sides[1].place.x(), 0, 1, height()), m_style->border);
    using K = review::AlignedRow::Kind;
    if (line->row.kind == K::Changed || line->row.kind == K::Removed || line->row.kind == K::Added)
        paintVerdict(*painter, line->hunk, line->hunk == m_source->currentHunk());
    if (m_line == m_style->findRow) {
        painter->setPen(m_style->warning);
        painter->drawRect(boundingRect().adjusted(0, 0, -1, -1));
    }
}

void DiffRow::paintVerdict(QPainter &painter, int hunk, bool current) const
{
    using V = review::Decision::Verdict;
    const V verdict = m_source->verdict(hunk);
    if (verdict == V::Accepted) {
        painter.fillRect(QRectF(0, 0, 4, height()), m_style->addedInk);
    } else if (verdict == V::Rejected) {
        // Dashed, so that it differs from an accepted one without colour.
        for (qreal y = 1; y < height(); y += 6)
            painter.fillRect(QRectF(0, y, 4, 3), m_style->removedInk);
    } else if (current) {
        painter.fillRect(QRectF(0, 0, 4, height()), m_style->accent);
    }
}

void DiffRow::paintSide(QPainter &painter, const Side &side) const
{
    const auto &code = m_style->painter();
    if (side.number <= 0) {
        painter.fillRect(side.place, m_style->blank);
        return;
    }
    const QColor ink = side.isNew ? m_style->addedInk : m_style->removedInk;
    const bool moved = side.differs && m_source->movedAt(side.isNew, side.number);
    if (side.differs)
        painter.fillRect(side.place, moved ? m_style->infoGround : side.isNew ? m_style->added : m_style->removed);
    const qreal baseline = this->baseline();
    const qreal left = textLeft(side), signs = left - Sign;
    const auto put = [&](int number, qreal right) {
        if (number <= 0)
            return;
        const QString text = QString::number(number);
        code.draw(painter, right - code.widthOf(text), baseline, text, side.differs ? ink : m_style->muted);
    };
    if (m_source->unified()) {
        put(side.isNew ? side.other : side.number, side.place.x() + Gap + m_source->digits() * code.charWidth());
        put(side.isNew ? side.number : 0, signs - Gap);
    } else {
        put(side.number, signs - Gap);
    }
    if (side.differs)
        code.draw(painter, signs, baseline, side.isNew ? QStringLiteral("+") : QStringLiteral("-"), ink);
    painter.save();
    painter.setClipRect(QRectF(left - 2, 0, side.place.right() - left, height()));
    paintText(painter, side, m_style->wrap() ? left : left - m_style->sideways() + qreal(side.at) * code.charWidth());
    painter.restore();
    paintRest(painter, side, left, baseline);
    if (moved)
        paintMoved(painter, side, baseline);
}

/// How much of a long line is not to be seen.
void DiffRow::paintRest(QPainter &painter, const Side &side, qreal left, qreal baseline) const
{
    if (!side.cut)
        return;
    const auto &code = m_style->painter();
    const auto number = [](qint64 bytes) { return QLocale::c().toString(bytes); };
    QString text;
    if (m_style->wrap()) {
        const qint64 rest = side.bytes - side.at - side.text->toUtf8().size();
        text = tr(" %1 bytes before, %2 after … ").arg(number(side.at), number(std::max<qint64>(0, rest)));
    } else if (const qint64 rest = side.bytes - qint64((m_style->sideways() + side.place.right() - left) / code.charWidth()); rest > 0) {
        text = QStringLiteral(" … %1 ").arg(number(rest));
    }
    const qreal wide = code.widthOf(text);
    painter.fillRect(QRectF(side.place.right() - wide, 1, wide, code.lineHeight() - 2), m_style->warningGround);
    code.draw(painter, side.place.right() - wide, baseline, text, m_style->warning);
}

/// Three classes, told apart without colour too: what turns the order round is filled, what cannot be seen is framed, what
/// looks like something else is underlined by dots. Answers the ink to draw with.
QColor DiffRow::paintSuspicious(QPainter &painter, const QRectF &place, text::HiddenClass kind) const
{
    if (kind == text::HiddenClass::Reordering) {
        painter.fillRect(place, m_style->danger);
        return m_style->ground;
    }
    if (kind == text::HiddenClass::Hidden) {
        painter.fillRect(place, m_style->dangerGround);
        painter.setPen(m_style->danger);
        painter.drawRect(place.adjusted(0, 0, -1, -1));
        return m_style->danger;
    }
    painter.fillRect(place, m_style->warningGround);
    for (qreal x = place.left(); x < place.right(); x += 4)
        painter.fillRect(QRectF(x, place.bottom() - 2, 2, 2), m_style->warning);
    return m_style->warning;
}

/// A block that was moved: its bounds, and at its first line where the other place is.
void DiffRow::paintMoved(QPainter &painter, const Side &side, qreal baseline) const
{
    const auto *moved = m_source->movedAt(side.isNew, side.number);
    if (!moved)
        return;
    const auto &code = m_style->painter();
    const QRectF &place = side.place;
    painter.fillRect(QRectF(place.left(), 0, 3, height()), m_style->info);
    if (side.number == moved->line + moved->lines - 1)
        painter.fillRect(QRectF(place.left(), height() - 1, place.width(), 1), m_style->info);
    if (side.number != moved->line)
        return;
    painter.fillRect(QRectF(place.left(), 0, place.width(), 1), m_style->info);
    const QString text = (side.isNew ? tr(" from %1 ") : tr(" to %1 ")).arg(moved->other);
    const qreal wide = code.widthOf(text);
    painter.fillRect(QRectF(place.right() - wide, 1, wide, height() - 1), m_style->infoGround);
    code.draw(painter, place.right() - wide, baseline, text, m_style->info);
}

/// What of a text that begins at x can be seen at all: the rest of a long line is not drawn.
QStringView DiffRow::inSight(QStringView text, qreal x, qreal right) const
{
    const auto most = qsizetype((right - x) / m_style->charWidth()) + 2; // a sign has a cell at least, but for marks
    const auto part = most > 0 && text.size() > most ? codePartAt(text, 0) : CodePart{};
    return part.kind == CodePart::Kind::Ascii && part.length >= most ? text.first(most) : text;
}

void DiffRow::paintPiece(QPainter &painter, const Side &side, const CodePiece &piece, QStringView text, const QRectF &place) const
{
    QColor ink = m_style->ink(piece.style);
    if (piece.suspicious) {
        ink = paintSuspicious(painter, place, *piece.suspicious);
    } else if (piece.hit) {
        painter.fillRect(place, m_style->warningGround);
        painter.fillRect(QRectF(place.x(), place.bottom() - 1, place.width(), 2), m_style->warning);
    } else if (piece.word) {
        painter.fillRect(place, side.isNew ? m_style->wordAdded : m_style->wordRemoved);
        painter.fillRect(QRectF(place.x(), place.bottom(), place.width(), 1), side.isNew ? m_style->addedInk : m_style->removedInk);
    }
    m_style->painter().draw(painter, place.x(), place.y() - 1 + baseline(), text, ink);
}

void DiffRow::paintText(QPainter &painter, const Side &side, qreal left) const
{
    const auto &code = m_style->painter();
    const int rowHeight = code.lineHeight();
    const auto spans = side.at == 0 ? m_source->spans(side.isNew, side.number) : highlight::LineSpans();
    const auto hits = m_style->find.isEmpty() ? std::vector<review::WordChange>() : review::findInLine(*side.text, m_style->find);
    const auto pieces = codePieces(*side.text, &spans, *side.words, hits);
    std::vector<qsizetype> breaks;
    if (m_rows > 1) {
        QString whole;
        for (const auto &piece : pieces)
            whole += piece.text;
        breaks = codeBreaks(code, whole, cellsOf(side));
    }
    qreal x = left, y = 0;
    qsizetype offset = 0; // of the piece, in the whole line
    size_t next = 0;
    for (const auto &piece : pieces) {
        for (qsizetype from = 0; from < piece.text.size();) {
            qsizetype to = piece.text.size();
            if (next < breaks.size() && breaks[next] < offset + to)
                to = breaks[next] - offset;
            const auto text = QStringView(piece.text).mid(from, to - from);
            const qreal wide = code.widthOf(text);
            if (x + wide >= side.place.left() && x < side.place.right())
                paintPiece(painter, side, piece, inSight(text, x, side.place.right()), QRectF(x, y + 1, wide, rowHeight - 2));
            x += wide;
            from = to;
            if (next < breaks.size() && breaks[next] == offset + to) {
                ++next;
                x = left;
                y += rowHeight;
            }
        }
        offset += piece.text.size();
    }
    if (side.noNewline)
        code.draw(painter, x + code.charWidth(), y + baseline(), tr("(no newline at the end)"), m_style->muted);
    else if (!side.end->isEmpty())
        code.draw(painter, x + code.charWidth(), y + baseline(), *side.end, side.isNew ? m_style->addedInk : m_style->removedInk);
}

} // namespace coppice::ui
