// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/record_model.h"

namespace coppice::ui {

/// What broke, what waits for a person, and what was done lately.
class OverviewView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RecordModel *numbers READ numbers CONSTANT)   ///< a row of figures, each leading somewhere
    Q_PROPERTY(coppice::ui::RecordModel *attention READ attention CONSTANT) ///< the worst first
    Q_PROPERTY(coppice::ui::RecordModel *activity READ activity CONSTANT)   ///< operations, the newest first
    Q_PROPERTY(int attentionIndex READ attentionIndex NOTIFY changed)
public:
    explicit OverviewView(QObject *parent = nullptr);

    [[nodiscard]] RecordModel *numbers() { return &m_numbers; }
    [[nodiscard]] RecordModel *attention() { return &m_attention; }
    [[nodiscard]] RecordModel *activity() { return &m_activity; }
    [[nodiscard]] int attentionIndex() const;
    Q_INVOKABLE void pick(int row);
    Q_INVOKABLE void open(int row);
    Q_INVOKABLE void undo(const QString &operation, const QString &text);

Q_SIGNALS:
    void changed();

private:
    void fill();
    void fillNumbers();
    void fillAttention();
    void fillActivity();

    RecordModel m_numbers, m_attention, m_activity;
    QString m_current;
};

} // namespace coppice::ui
