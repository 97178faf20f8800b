// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"
#include "shell/record_model.h"

#include <review/sweeps.h>

#include <QObject>

namespace coppice::ui {

/// The same hunks in the open patches of many plugins, each to be decided on once.
class SweepDesk : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(coppice::ui::RecordModel *sweeps READ sweeps CONSTANT)
    Q_PROPERTY(bool loading READ loading NOTIFY changed)
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY changed)
    Q_PROPERTY(int current READ current NOTIFY changed)
    Q_PROPERTY(QString sample READ sample NOTIFY changed)     ///< the hunk of the current one
    Q_PROPERTY(QString outliers READ outliers NOTIFY changed) ///< plugins whose hunk differs, and in what
public:
    explicit SweepDesk(QObject *parent = nullptr);

    [[nodiscard]] RecordModel *sweeps() { return &m_model; }
    [[nodiscard]] bool loading() const { return m_loading; }
    [[nodiscard]] ErrorInfo error() const { return m_error; }
    [[nodiscard]] int current() const { return m_model.indexOf(m_current); }
    [[nodiscard]] QString sample() const;
    [[nodiscard]] QString outliers() const;

    Q_INVOKABLE void load();
    Q_INVOKABLE void pick(int row);
    Q_INVOKABLE void decide(bool accept, const QString &reason);

Q_SIGNALS:
    void changed();

private:
    void fill();
    [[nodiscard]] const review::Sweep *sweep() const;

    RecordModel m_model;
    std::vector<review::Sweep> m_sweeps;
    QString m_current;
    ErrorInfo m_error;
    bool m_loading = false;
};

} // namespace coppice::ui
