// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_ruler.h"

#include <QPainter>
#include <QSet>

#include <algorithm>

namespace coppice::ui {

namespace {
constexpr qreal Least = 2;      ///< px of the smallest mark
constexpr size_t MostHits = 2'000; ///< that are drawn; more cannot be told apart
} // namespace

DiffRuler::DiffRuler(QQuickItem *parent) : QQuickPaintedItem(parent)
{
    setOpaquePainting(true);
    setAcceptedMouseButtons(Qt::LeftButton);
}

void DiffRuler::setSource(DiffModel *source)
{
    if (m_source == source)
        return;
    m_source = source;
    if (m_source) {
        connect(m_source, &DiffModel::linesChanged, this, &DiffRuler::drawAgain);
        connect(m_source, &DiffModel::marksChanged, this, &DiffRuler::drawAgain);
        connect(m_source, &DiffModel::currentHunkChanged, this, &DiffRuler::drawAgain);
    }
    drawAgain();
    Q_EMIT changed();
}

void DiffRuler::setSearch(DiffSearch *search)
{
    if (m_search == search)
        return;
    m_search = search;
    if (m_search)
        connect(m_search, &DiffSearch::changed, this, &DiffRuler::drawAgain);
    drawAgain();
    Q_EMIT changed();
}

void DiffRuler::setStyle(DiffStyle *style)
{
    if (m_style == style)
        return;
    m_style = style;
    if (m_style)
        connect(m_style, &DiffStyle::coloursChanged, this, &DiffRuler::drawAgain);
    drawAgain();
    Q_EMIT changed();
}

void DiffRuler::setFirstRow(int row)
{
    if (m_first == row)
        return;
    m_first = row;
    update();
    Q_EMIT changed();
}

void DiffRuler::setLastRow(int row)
{
    if (m_last == row)
        return;
    m_last = row;
    update();
    Q_EMIT changed();
}

void DiffRuler::drawAgain()
{
    m_marks = {};
    update();
}

QRectF DiffRuler::band(qreal x, qreal width, int row, int rows) const
{
    const qreal all = std::max(1, m_source->count());
    const qreal top = qreal(row) / all * height(), tall = qreal(rows) / all * height();
    return {x, std::min(top, height() - Least), width, std::max(Least, tall)};
}

void DiffRuler::paintChanges(QPainter &painter) const
{
    const qreal half = qFloor(width() / 2) - 3;
    const DiffModel::Stretch *last = nullptr;
    QRectF drawn;
    const auto stretches = m_source->changes();
    for (const auto &stretch : stretches) {
        const QRectF place = band(0, 3, stretch.row, stretch.rows);
        // What would only be drawn over the same pixels is not drawn again.
        if (last && last->removes == stretch.removes && last->adds == stretch.adds && last->hunk == stretch.hunk && place.bottom() < drawn.bottom() + 0.5)
            continue;
        last = &stretch;
        drawn = place;
        if (stretch.removes)
            painter.fillRect(band(4, stretch.adds ? half : half * 2, stretch.row, stretch.rows), m_style->removedInk);
        if (stretch.adds)
            painter.fillRect(band(stretch.removes ? 4 + half : 4, stretch.removes ? half : half * 2, stretch.row, stretch.rows), m_style->addedInk);
        using V = review::Decision::Verdict;
        const V verdict = m_source->verdict(stretch.hunk);
        if (verdict != V::Undecided)
            painter.fillRect(place, verdict == V::Accepted ? m_style->addedInk : m_style->removedInk);
        else if (stretch.hunk == m_source->currentHunk())
            painter.fillRect(place, m_style->accent);
    }
}

/// All but what is in sight, which is drawn over it whenever the rows are scrolled.
void DiffRuler::paintMarks(QPainter &painter) const
{
    paintChanges(painter);
    const auto comments = m_source->commented();
    for (int hunk = 0; !comments.isEmpty() && hunk < m_source->hunks(); ++hunk) {
        if (comments.contains(m_source->hunkId(hunk)))
            painter.fillRect(band(width() - 4, 4, m_source->headOf(hunk), 1).adjusted(0, 0, 0, 2), m_style->accent);
    }
    std::vector<std::pair<bool, int>> lines;
    for (const int line : m_source->flagged())
        lines.emplace_back(true, line);
    for (const int row : m_source->rowsNear(lines))
        painter.fillRect(band(width() - 4, 4, row, 1).adjusted(0, 0, 0, 2), m_style->danger);
    if (!m_search)
        return;
    lines.clear();
    const auto &hits = m_search->hits().all;
    const size_t step = hits.size() / MostHits + 1;
    for (size_t i = 0; i < hits.size(); i += step)
        lines.emplace_back(hits[i].newSide, hits[i].line);
    for (const int row : m_source->rowsNear(lines))
        painter.fillRect(band(3, width() - 7, row, 1), m_style->warning);
}

void DiffRuler::paint(QPainter *painter)
{
    if (!m_source || !m_style)
        return;
    painter->fillRect(boundingRect(), m_style->blank);
    const QSize size = boundingRect().size().toSize();
    if (m_source->count() == 0 || size.isEmpty())
        return;
    if (m_marks.size() != size) {
        m_marks = QImage(size, QImage::Format_ARGB32_Premultiplied);
        m_marks.fill(Qt::transparent);
        QPainter marks(&m_marks);
        paintMarks(marks);
    }
    const QRectF seen = band(0, width(), m_first, std::max(1, m_last - m_first + 1));
    painter->fillRect(seen, m_style->border);
    painter->drawImage(0, 0, m_marks);
    painter->setPen(m_style->muted);
    painter->drawRect(seen.adjusted(0, 0, -1, -1));
}

void DiffRuler::ask(qreal y)
{
    if (m_source && m_source->count() > 0 && height() > 0)
        Q_EMIT asked(std::clamp(int(y / height() * m_source->count()), 0, m_source->count() - 1));
}

void DiffRuler::mousePressEvent(QMouseEvent *event)
{
    ask(event->position().y());
    event->accept();
}

void DiffRuler::mouseMoveEvent(QMouseEvent *event)
{
    ask(event->position().y());
}

} // namespace coppice::ui
