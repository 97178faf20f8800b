// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"
#include "shell/record_model.h"

#include <runs/check_log.h>

namespace coppice::ui {

/// What a check of a run printed, before the change or after it.
class CheckView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QString command READ command NOTIFY changed)
    Q_PROPERTY(int side READ side WRITE setSide NOTIFY changed) ///< 0 before, 1 after
    Q_PROPERTY(QString said READ said NOTIFY changed)           ///< passed, failed, or nothing
    Q_PROPERTY(QString place READ place NOTIFY changed)         ///< among several checks, which one it is
    Q_PROPERTY(QString note READ note NOTIFY changed)           ///< what is left out
    Q_PROPERTY(coppice::ui::RecordModel *lines READ lines CONSTANT)
    Q_PROPERTY(bool loading READ loading NOTIFY changed)
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY changed)
public:
    explicit CheckView(QObject *parent = nullptr);

    [[nodiscard]] QString command() const;
    [[nodiscard]] int side() const { return m_side; }
    void setSide(int side);
    [[nodiscard]] QString said() const;
    [[nodiscard]] QString place() const;
    [[nodiscard]] QString note() const { return m_note; }
    [[nodiscard]] RecordModel *lines() { return &m_lines; }
    [[nodiscard]] bool loading() const { return m_loading; }
    [[nodiscard]] ErrorInfo error() const { return m_error; }

    /// Begins with the side that says more: what failed after the change, else what failed before it.
    /// Without a check: the first that fails, else the first.
    Q_INVOKABLE void open(const QString &run, const QString &check);
    Q_INVOKABLE void step(int by); ///< to another check of the run

Q_SIGNALS:
    void changed();

private:
    void load();
    void show(const QString &check);
    [[nodiscard]] const runs::Check *check() const;

    runs::Run m_run;
    QString m_check, m_note;
    RecordModel m_lines;
    ErrorInfo m_error;
    int m_side = 1, m_turn = 0;
    bool m_loading = false;
};

} // namespace coppice::ui
