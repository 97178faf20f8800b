// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"
#include "shell/record_model.h"

#include <manager/brief.h>

namespace coppice::ui {

/// The last brief of the library: what changed, what is at risk, what is proposed; and how to get a new one.
class BriefView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RecordModel *rows READ rows CONSTANT) ///< section, text, why, link, tone, icon, outside
    Q_PROPERTY(int current READ current NOTIFY changed)
    Q_PROPERTY(bool given READ given NOTIFY changed) ///< there is one
    Q_PROPERTY(double at READ at NOTIFY changed)
    Q_PROPERTY(bool loading READ loading NOTIFY changed)
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY changed)
public:
    explicit BriefView(QObject *parent = nullptr);

    [[nodiscard]] RecordModel *rows() { return &m_rows; }
    [[nodiscard]] int current() const { return m_rows.indexOf(m_current); }
    [[nodiscard]] bool given() const { return m_given; }
    [[nodiscard]] double at() const { return double(m_at); }
    [[nodiscard]] bool loading() const { return m_loading; }
    [[nodiscard]] ErrorInfo error() const { return m_error; }

    Q_INVOKABLE void make(); ///< a new one, which is kept and asks what it proposes
    Q_INVOKABLE void pick(int row);
    /// To the fact behind a claim, or to the questions where a proposal waits for its answer; true for the latter.
    Q_INVOKABLE bool open(int row);

Q_SIGNALS:
    void changed();

private:
    void load();
    void fill(const manager::Brief &brief);

    RecordModel m_rows;
    QString m_current, m_library;
    qint64 m_at = 0;
    ErrorInfo m_error;
    bool m_given = false, m_loading = false;
};

} // namespace coppice::ui
