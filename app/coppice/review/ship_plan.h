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
    Q_PROPERTY(bool deployed READ deployed NOTIFY changed) ///< exactly this is out already: it is not deployed a second time
    Q_PROPERTY(QStringList notes READ notes NOTIFY changed)
    Q_PROPERTY(bool asPull READ asPull NOTIFY changed) ///< by the plugin's policy: a pull request
    Q_PROPERTY(bool nothingToSend READ nothingToSend NOTIFY changed)
    Q_PROPERTY(bool tainted READ tainted NOTIFY changed)
    Q_PROPERTY(QString tag READ tag NOTIFY changed)
    Q_PROPERTY(QString changelog READ changelog NOTIFY changed)
    Q_PROPERTY(QString secrets READ secrets NOTIFY changed)      ///< names of what the deploy command is given
    Q_PROPERTY(QStringList refused READ refused NOTIFY changed)  ///< why it cannot be shipped
    Q_PROPERTY(QString pull READ pull NOTIFY changed)            ///< the last pull request and its state, in a line
    Q_PROPERTY(QStringList watches READ watches NOTIFY changed)  ///< what earlier releases are watched for, in lines
    Q_PROPERTY(QStringList ways READ ways NOTIFY changed)             ///< of tickets that wait for it: how far and how quickly, a line each
    Q_PROPERTY(QStringList unapproved READ unapproved NOTIFY changed) ///< patches that are not in it: who has to approve, what to do
    Q_PROPERTY(QString next READ next NOTIFY changed)                 ///< what is to be done after it
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY changed)
public:
    explicit ShipPlan(QObject *parent = nullptr);

    Q_INVOKABLE void plan(const QString &plugin);
    Q_INVOKABLE void ship();
    Q_INVOKABLE void propose(); ///< the next version and its changelog, as a patch to review

    [[nodiscard]] QString plugin() const { return m_plugin; }
    [[nodiscard]] bool busy() const { return m_busy; }
    [[nodiscard]] bool ready() const { return m_ready; }
    [[nodiscard]] QStringList commits() const;
    [[nodiscard]] QString remote() const;
    [[nodiscard]] QString ref() const;
    [[nodiscard]] QString version() const;
    [[nodiscard]] QString deployCommand() const;
    [[nodiscard]] bool deployed() const { return !m_plan.value(QLatin1String("deployed_by")).toString().isEmpty(); }
    [[nodiscard]] QStringList notes() const;
    [[nodiscard]] bool asPull() const;
    [[nodiscard]] bool nothingToSend() const;
    [[nodiscard]] bool tainted() const;
    [[nodiscard]] QString tag() const;
    [[nodiscard]] QString changelog() const;
    [[nodiscard]] QString secrets() const;
    [[nodiscard]] QStringList refused() const;
    [[nodiscard]] QString pull() const;
    [[nodiscard]] QStringList watches() const { return m_watches; }
    [[nodiscard]] QStringList ways() const;
    [[nodiscard]] QStringList unapproved() const;
    [[nodiscard]] QString next() const { return m_plan.value(QLatin1String("next")).toString(); }
    [[nodiscard]] ErrorInfo error() const { return m_error; }

Q_SIGNALS:
    void changed();
    void shipped();
    void proposed(const QString &patch); ///< empty: no file changes, the version is a tag only

private:
    void ask(bool dryRun);
    void askState();

    QStringList m_watches;
    QString m_plugin;
    QJsonObject m_plan;
    ErrorInfo m_error;
    bool m_busy = false, m_ready = false;
};

} // namespace coppice::ui
