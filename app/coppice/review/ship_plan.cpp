// SPDX-License-Identifier: GPL-3.0-or-later
#include "ship_plan.h"

#include "shell/app_session.h"

#include <QJsonArray>

namespace coppice::ui {

namespace {
QStringList textsOf(const QJsonValue &value)
{
    QStringList texts;
    for (const auto &one : value.toArray())
        texts << one.toString();
    return texts;
}
} // namespace

ShipPlan::ShipPlan(QObject *parent) : QObject(parent) { }

void ShipPlan::plan(const QString &plugin)
{
    m_plugin = plugin;
    m_plan = {};
    m_ready = false;
    ask(true);
}

void ShipPlan::ship()
{
    if (m_ready && !m_busy)
        ask(false);
}

void ShipPlan::ask(bool dryRun)
{
    m_busy = true;
    m_error = {};
    Q_EMIT changed();
    AppSession::instance()->call(
        this, dryRun ? tr("Looking at what shipping %1 would do").arg(m_plugin) : tr("Shipping %1").arg(m_plugin),
        QStringLiteral("ship"), {{QStringLiteral("plugin"), m_plugin}, {QStringLiteral("dry_run"), dryRun}},
        [this, dryRun, plugin = m_plugin](Result<QJsonObject> answer) {
            if (plugin != m_plugin)
                return;
            m_busy = false;
            if (!answer) {
                m_error = ErrorInfo(answer.error());
            } else if (dryRun) {
                m_plan = *answer;
                m_ready = true;
            } else {
                m_ready = false;
                auto *app = AppSession::instance();
                const QStringList told = textsOf(answer->value(QLatin1String("notes")));
                app->toasts()->tell(tr("%1 is shipped to %2.").arg(plugin, answer->value(QLatin1String("ref")).toString()) +
                                    (told.isEmpty() ? QString() : QString(u'\n' + told.join(u'\n'))));
                app->rescan();
                Q_EMIT shipped();
            }
            Q_EMIT changed();
        });
}

QStringList ShipPlan::commits() const
{
    return textsOf(m_plan.value(QLatin1String("commits")));
}

QString ShipPlan::remote() const
{
    return m_plan.value(QLatin1String("remote")).toString();
}

QString ShipPlan::ref() const
{
    return m_plan.value(QLatin1String("ref")).toString();
}

QString ShipPlan::version() const
{
    return m_plan.value(QLatin1String("version")).toString();
}

QString ShipPlan::deployCommand() const
{
    return m_plan.value(QLatin1String("deploy_command")).toString();
}

QStringList ShipPlan::notes() const
{
    return textsOf(m_plan.value(QLatin1String("notes")));
}

} // namespace coppice::ui
