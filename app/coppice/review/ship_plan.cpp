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
    m_watches.clear();
    ask(true);
    askState();
}

/// What earlier releases of the plugin are watched for; where that cannot be had, the summary says enough.
void ShipPlan::askState()
{
    AppSession::instance()->call(this, tr("Looking at what of %1 is watched").arg(m_plugin), QStringLiteral("ship.state"), {{QStringLiteral("plugin"), m_plugin}},
                                 [this, plugin = m_plugin](Result<QJsonObject> answer) {
                                     if (plugin != m_plugin || !answer)
                                         return;
                                     m_watches.clear();
                                     for (const auto &watch : answer->value(QLatin1String("watches")).toArray()) {
                                         const auto requests = watch[QLatin1String("requests")];
                                         const QString release = watch[QLatin1String("release")].toString();
                                         const QString waits = watch[QLatin1String("waits_for")].toString();
                                         m_watches << tr("%1 since %2%3%4")
                                                          .arg(release.isEmpty() ? watch[QLatin1String("commit")].toString().left(8) : release,
                                                               watch[QLatin1String("since")].toString().left(16).replace(u'T', u' '),
                                                               requests.isDouble() ? tr(", %n request(s) seen", nullptr, int(requests.toInteger())) : QString(),
                                                               waits.isEmpty() ? QString() : tr("; waits for %1").arg(waits));
                                     }
                                     Q_EMIT changed();
                                 });
}

void ShipPlan::ship()
{
    if (m_ready && !m_busy && refused().isEmpty())
        ask(false);
}

void ShipPlan::propose()
{
    if (m_busy || m_plugin.isEmpty())
        return;
    m_busy = true;
    m_error = {};
    Q_EMIT changed();
    AppSession::instance()->call(this, tr("Working out the next version of %1").arg(m_plugin), QStringLiteral("ship.propose-version"), {{QStringLiteral("plugin"), m_plugin}},
                                 [this, plugin = m_plugin](Result<QJsonObject> answer) {
                                     if (plugin != m_plugin)
                                         return;
                                     m_busy = false;
                                     if (!answer) {
                                         m_error = ErrorInfo(answer.error());
                                         Q_EMIT changed();
                                         return;
                                     }
                                     const QStringList notes = textsOf(answer->value(QLatin1String("notes")));
                                     const QString patch = answer->value(QLatin1String("review")).toString();
                                     AppSession::instance()->toasts()->tell(
                                         tr("%1 %2 is proposed (%3)%4")
                                             .arg(plugin, answer->value(QLatin1String("version")).toString(), answer->value(QLatin1String("bump")).toString(),
                                                  patch.isEmpty() ? QString() : tr(": a patch of its own, to be reviewed and applied before it ships.")) +
                                         (notes.isEmpty() ? QString() : QString(u'\n' + notes.join(u'\n'))));
                                     Q_EMIT changed();
                                     Q_EMIT proposed(patch);
                                 });
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
                const bool pull = answer->value(QLatin1String("policy")).toString() == u"pr" && !answer->value(QLatin1String("nothing_to_send")).toBool();
                app->toasts()->tell((pull ? tr("The pull request of %1 is open: %2").arg(plugin, answer->value(QLatin1String("pull"))[QLatin1String("url")].toString())
                                          : tr("%1 is shipped to %2.").arg(plugin, answer->value(QLatin1String("ref")).toString())) +
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

bool ShipPlan::asPull() const
{
    return m_plan.value(QLatin1String("policy")).toString() == u"pr";
}

bool ShipPlan::nothingToSend() const
{
    return m_plan.value(QLatin1String("nothing_to_send")).toBool();
}

bool ShipPlan::tainted() const
{
    return m_plan.value(QLatin1String("tainted")).toBool();
}

QString ShipPlan::tag() const
{
    return m_plan.value(QLatin1String("tag")).toString();
}

QString ShipPlan::changelog() const
{
    return m_plan.value(QLatin1String("changelog")).toString();
}

QString ShipPlan::secrets() const
{
    return textsOf(m_plan.value(QLatin1String("secrets"))).join(QStringLiteral(", "));
}

QStringList ShipPlan::refused() const
{
    return textsOf(m_plan.value(QLatin1String("refused")));
}

QString ShipPlan::pull() const
{
    const QJsonObject pull = m_plan.value(QLatin1String("pull")).toObject();
    if (pull.isEmpty())
        return {};
    const auto text = [&](const char *key) { return pull[QLatin1String(key)].toString(); };
    return QStringLiteral("%1 %2 %3").arg(text("state"), text("url"), text("error")).simplified();
}

QStringList ShipPlan::ways() const
{
    QStringList lines;
    for (const auto &way : m_plan.value(QLatin1String("ways")).toArray()) {
        QStringList steps;
        for (const auto &step : way[QLatin1String("steps")].toArray()) {
            const QString after = step[QLatin1String("after")].toString();
            steps << (after.isEmpty() ? tr("%1 %2").arg(step[QLatin1String("step")].toString(), step[QLatin1String("at")].toString().left(16).replace(u'T', u' '))
                                      : tr("%1 after %2").arg(step[QLatin1String("step")].toString(), after));
        }
        lines << tr("%1: %2").arg(way[QLatin1String("title")].toString().left(120), steps.join(tr(", ")));
    }
    return lines;
}

QStringList ShipPlan::unapproved() const
{
    QStringList lines;
    for (const auto &patch : m_plan.value(QLatin1String("unapproved")).toArray())
        lines << tr("“%1” is not in it: %2. %3")
                     .arg(patch[QLatin1String("title")].toString().left(120), textsOf(patch[QLatin1String("missing")]).join(QStringLiteral("; ")), patch[QLatin1String("what_to_do")].toString());
    return lines;
}

QStringList ShipPlan::notes() const
{
    return textsOf(m_plan.value(QLatin1String("notes")));
}

} // namespace coppice::ui
