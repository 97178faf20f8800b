// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"

#include <QJsonObject>
#include <QObject>
#include <QStringList>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// What shipping a plugin would do, asked of the engine without doing it; then the same, done.
class ShipPlan : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QString plugin READ plugin NOTIFY changed)
    Q_PROPERTY(bool busy READ busy NOTIFY changed)
    Q_PROPERTY(bool ready READ ready NOTIFY changed) ///< the plan stands and can be carried out
    Q_PROPERTY(QStringList commits READ commits NOTIFY changed)
    Q_PROPERTY(QString remote READ remote NOTIFY changed)
    Q_PROPERTY(QString ref READ ref NOTIFY changed)
    Q_PROPERTY(QString version READ version NOTIFY changed)
    Q_PROPERTY(QString deployCommand READ deployCommand NOTIFY changed)
    Q_PROPERTY(QStringList notes READ notes NOTIFY changed)
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY changed)
public:
    explicit ShipPlan(QObject *parent = nullptr);

    Q_INVOKABLE void plan(const QString &plugin);
    Q_INVOKABLE void ship();

    [[nodiscard]] QString plugin() const { return m_plugin; }
    [[nodiscard]] bool busy() const { return m_busy; }
    [[nodiscard]] bool ready() const { return m_ready; }
    [[nodiscard]] QStringList commits() const;
    [[nodiscard]] QString remote() const;
    [[nodiscard]] QString ref() const;
    [[nodiscard]] QString version() const;
    [[nodiscard]] QString deployCommand() const;
    [[nodiscard]] QStringList notes() const;
    [[nodiscard]] ErrorInfo error() const { return m_error; }

Q_SIGNALS:
    void changed();
    void shipped();

private:
    void ask(bool dryRun);

    QString m_plugin;
    QJsonObject m_plan;
    ErrorInfo m_error;
    bool m_busy = false, m_ready = false;
};

} // namespace coppice::ui
