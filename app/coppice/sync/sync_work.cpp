// SPDX-License-Identifier: GPL-3.0-or-later
// Fetching, pulling and pushing, and what each did to each plugin.
#include "sync_view.h"

#include "shell/app_session.h"
#include "shell/tones.h"

#include <base/json.h>

#include <QJsonArray>

namespace coppice::ui {

QStringList SyncView::targets(bool all) const
{
    QStringList plugins;
    if (!all) {
        if (hasUpstream())
            plugins << m_current;
        return plugins;
    }
    for (const auto &state : m_states) {
        if (state.state != sync::SyncState::State::NoUpstream)
            plugins << state.plugin;
    }
    return plugins;
}

QStringList SyncView::pushSummary(bool all) const
{
    QStringList lines;
    for (const auto &plugin : targets(all)) {
        const auto *state = stateOf(plugin);
        if (state && state->ahead > 0)
            lines << tr("%1: %2 to %3, branch %4")
                         .arg(plugin, counted(qint64(state->ahead), tr("commit"), tr("commits")), state->upstreamUrl,
                              state->upstreamBranch);
    }
    return lines;
}

void SyncView::fetch(bool all)
{
    const auto plugins = targets(all);
    work(all ? tr("Fetching all upstreams") : tr("Fetching the upstream of %1").arg(m_current), QStringLiteral("sync.fetch"),
         plugins);
}

void SyncView::pull(bool all)
{
    const auto plugins = targets(all);
    work(all ? tr("Pulling all plugins") : tr("Pulling %1").arg(m_current), QStringLiteral("sync.pull"), plugins);
}

void SyncView::push(bool all)
{
    QStringList plugins;
    for (const auto &plugin : targets(all)) {
        const auto *state = stateOf(plugin);
        if (!all || (state && state->ahead > 0))
            plugins << plugin;
    }
    work(all ? tr("Pushing all plugins") : tr("Pushing %1").arg(m_current), QStringLiteral("sync.push"), plugins);
}

void SyncView::work(const QString &title, const QString &verb, const QStringList &plugins)
{
    auto *app = AppSession::instance();
    if (plugins.isEmpty()) {
        app->tell(tr("There is nothing to do: no plugin with an upstream is concerned."));
        return;
    }
    for (const auto &plugin : plugins)
        m_told.remove(plugin);
    app->call(this, title, verb, {{QStringLiteral("plugins"), QJsonArray::fromStringList(plugins)}},
              [this, plugins](Result<QJsonObject> answer) {
                  if (answer) {
                      take(*answer);
                  } else if (plugins.size() == 1) {
                      m_told[plugins.first()].error = ErrorInfo(answer.error());
                  } else {
                      AppSession::instance()->report(answer.error());
                  }
                  // What a plugin needs is told with the error, a plugin at a time.
                  if (!answer) {
                      for (const auto &need : answer.error().needs) {
                          const QString plugin = need.toObject().value(QLatin1String("plugin")).toString();
                          if (!plugin.isEmpty())
                              m_told[plugin].error = ErrorInfo(answer.error());
                      }
                  }
                  m_stale = true;
                  reload();
                  Q_EMIT worked();
                  AppSession::instance()->rescan();
              });
}

void SyncView::take(const QJsonObject &answer)
{
    int changed = 0;
    int failed = 0;
    for (const auto &value : answer.value(QLatin1String("plugins")).toArray()) {
        const QJsonObject outcome = value.toObject();
        const QString plugin =
            outcome.value(outcome.contains(QLatin1String("plugin")) ? QLatin1String("plugin") : QLatin1String("name")).toString();
        Told told;
        told.what = outcome.value(QLatin1String("what")).toString();
        if (outcome.value(QLatin1String("error")).isObject()) {
            told.error = ErrorInfo(errorFromJson(outcome.value(QLatin1String("error")).toObject()));
            ++failed;
        }
        changed += outcome.value(QLatin1String("changed")).toBool() ? 1 : 0;
        m_told[plugin] = told;
    }
    auto *app = AppSession::instance();
    if (failed > 0)
        app->tell(tr("Done: %1 changed, %2 failed. Each failed plugin says why.").arg(changed).arg(failed));
    else
        app->tell(tr("Done: %1 changed.").arg(counted(changed, tr("plugin"), tr("plugins"))));
}

void SyncView::libraryWork(const QString &title, const QString &verb)
{
    AppSession::instance()->call(this, title, verb, {}, [](Result<QJsonObject> answer) {
        auto *app = AppSession::instance();
        if (!answer) {
            app->report(answer.error());
            return;
        }
        const QString what = answer->value(QLatin1String("what")).toString();
        app->tell(what.isEmpty() ? tr("Done.") : what);
        app->rescan();
    });
}

void SyncView::pullLibrary()
{
    libraryWork(tr("Pulling the library"), QStringLiteral("library.pull"));
}

void SyncView::pushLibrary()
{
    libraryWork(tr("Pushing the library"), QStringLiteral("library.push"));
}

} // namespace coppice::ui
