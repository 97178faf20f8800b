// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diff_model.h"

#include <review/find.h>

#include <QTimer>

#include <stop_token>

namespace coppice::ui {

/// Searching in the file on view, on a worker: how many places there are, and going from one to the next.
class DiffSearch : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::DiffModel *source READ source WRITE setSource NOTIFY changed)
    Q_PROPERTY(QString text READ text WRITE setText NOTIFY changed)
    Q_PROPERTY(int count READ count NOTIFY changed)
    Q_PROPERTY(int current READ current NOTIFY changed) ///< from 1; 0 before the first
    Q_PROPERTY(int row READ row NOTIFY changed)         ///< of the current place; -1 for none
    Q_PROPERTY(QString told READ told NOTIFY changed)   ///< "3 of 12"
public:
    explicit DiffSearch(QObject *parent = nullptr);
    ~DiffSearch() override;

    /// To the next place (or the one before, with -1), round the end; opens a fold that it is in.
    Q_INVOKABLE void go(int by);

    [[nodiscard]] DiffModel *source() const { return m_source; }
    void setSource(DiffModel *source);
    [[nodiscard]] QString text() const { return m_text; }
    void setText(const QString &text);
    [[nodiscard]] int count() const { return int(m_hits.all.size()); }
    [[nodiscard]] int current() const { return m_current + 1; }
    [[nodiscard]] int row() const;
    [[nodiscard]] QString told() const;
    [[nodiscard]] const review::Hits &hits() const { return m_hits; }

Q_SIGNALS:
    void changed();
    void found(int row, double byteOfLine);

private:
    void search();

    DiffModel *m_source = nullptr;
    QString m_text;
    review::Hits m_hits;
    int m_current = -1;
    bool m_busy = false;
    QTimer m_delay; ///< typing goes on
    std::stop_source m_stop;
};

} // namespace coppice::ui
