// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diff_model.h"
#include "diff_style.h"

#include <QQuickPaintedItem>

namespace coppice::ui {

/// One line of the side-by-side view, painted whole: number, sign and text of both sides. A sign stands before every
/// changed line and changed words are underlined, so that colour never stands alone.
class DiffRow : public QQuickPaintedItem
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::DiffModel *source READ source WRITE setSource NOTIFY changed)
    Q_PROPERTY(coppice::ui::DiffStyle *style READ style WRITE setStyle NOTIFY changed)
    Q_PROPERTY(int line READ line WRITE setLine NOTIFY changed)
    Q_PROPERTY(int stamp READ stamp WRITE setStamp NOTIFY changed)
    Q_PROPERTY(int rows READ rows NOTIFY rowsChanged) ///< that its text takes; 1 unless lines wrap
public:
    explicit DiffRow(QQuickItem *parent = nullptr);
    void paint(QPainter *painter) override;
    [[nodiscard]] DiffModel *source() const { return m_source; }
    void setSource(DiffModel *source);
    [[nodiscard]] DiffStyle *style() const { return m_style; }
    void setStyle(DiffStyle *style);
    [[nodiscard]] int line() const { return m_line; }
    void setLine(int line);
    [[nodiscard]] int stamp() const { return m_stamp; }
    void setStamp(int stamp);
    [[nodiscard]] int rows() const { return m_rows; }

Q_SIGNALS:
    void changed();
    void rowsChanged();

protected:
    void geometryChange(const QRectF &now, const QRectF &before) override;

private:
    struct Side {
        QRectF place;
        int number = 0, other = 0; ///< other: of the old side, in a unified view
        qint64 at = 0, bytes = 0;  ///< byte of the line at which the text begins; of the whole line
        bool cut = false;          ///< the text is a part of the line
        const QString *text = nullptr;
        const std::vector<review::WordChange> *words = nullptr;
        bool isNew = false;
        bool differs = false;
        bool noNewline = false;
        const QString *end = nullptr; ///< how the line ends, where the two differ in that
    };
    [[nodiscard]] std::optional<DiffModel::Line> shownLine() const;
    [[nodiscard]] std::vector<Side> sidesOf(const DiffModel::Line &line) const;
    [[nodiscard]] qreal textLeft(const Side &side) const;
    [[nodiscard]] int cellsOf(const Side &side) const; ///< that fit into a row of it
    void measure();
    void paintSide(QPainter &painter, const Side &side) const;
    void paintText(QPainter &painter, const Side &side, qreal left) const;
    [[nodiscard]] QStringView inSight(QStringView text, qreal x, qreal right) const;
    void paintPiece(QPainter &painter, const Side &side, const CodePiece &piece, QStringView text, const QRectF &place) const;
    [[nodiscard]] QColor paintSuspicious(QPainter &painter, const QRectF &place, text::HiddenClass kind) const;
    void paintMoved(QPainter &painter, const Side &side, qreal baseline) const;
    void paintRest(QPainter &painter, const Side &side, qreal left, qreal baseline) const;
    void paintVerdict(QPainter &painter, int hunk, bool current) const;
    [[nodiscard]] qreal baseline() const;

    DiffModel *m_source = nullptr;
    DiffStyle *m_style = nullptr;
    int m_line = -1;
    int m_stamp = 0;
    int m_rows = 1;
};

} // namespace coppice::ui
