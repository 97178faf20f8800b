// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync_view.h"

#include "shell/app_session.h"
#include "shell/finder.h"
#include "shell/screens.h"
#include "shell/tones.h"

#include <base/clock.h>

namespace coppice::ui {

static const Screen screen("sync", 60, "Sync", "Each plugin against its upstream, and the library against its remote");

namespace {

using State = sync::SyncState::State;

Look lookOf(State state)
{
    switch (state) {
    case State::Clean: return {QStringLiteral("ok"), QStringLiteral("check")};
    case State::Ahead: return {QStringLiteral("info"), QStringLiteral("arrow-up")};
    case State::Behind: return {QStringLiteral("warning"), QStringLiteral("arrow-down")};
    case State::Diverged: return {QStringLiteral("warning"), QStringLiteral("branch")};
    case State::Blocked: return {QStringLiteral("danger"), QStringLiteral("error")};
    case State::Unknown: return {QStringLiteral("neutral"), QStringLiteral("info")};
    case State::NoUpstream: return {QStringLiteral("neutral"), QStringLiteral("circle")};
    }
    return {};
}

/// Its reason is a fault, and no mere remark.
bool troubled(const sync::SyncState &state)
{
    return !state.why.isEmpty() && state.state != State::Ahead && state.state != State::Diverged && state.state != State::NoUpstream;
}

bool differs(State state)
{
    return state != State::Clean && state != State::NoUpstream;
}

} // namespace

SyncView::SyncView(QObject *parent)
    : QObject(parent), m_plugins({"status", "tone", "icon", "ahead", "behind", "upstream", "branch", "fetched", "told", "failed",
                                  "spoken"}),
      m_facts({"name", "value", "mono"})
{
    const auto *app = AppSession::instance();
    // Reading it walks histories: only when the library's head moved, and when somebody looks.
    connect(app, &AppSession::catalogChanged, this, [this] {
        m_stale = true;
        if (m_active)
            reload();
    });
    connect(app, &AppSession::shown, this, [this](const QString &name, const QString &id) {
        if (name == screen.name) {
            m_current = id;
            fill();
        }
    });
}

void SyncView::setActive(bool active)
{
    if (m_active == active)
        return;
    m_active = active;
    Q_EMIT activeChanged();
    if (active && m_stale)
        reload();
}

void SyncView::reload()
{
    if (m_loading)
        return;
    m_loading = true;
    m_stale = false;
    Q_EMIT listChanged();
    using States = std::vector<sync::SyncState>;
    AppSession::instance()->longWork<States>(
        this, tr("Comparing with the upstreams"),
        [](engine::Session &session, std::stop_token stop, Progress &progress) {
            return sync::status({session.library(), session.state()}, {}, stop, progress);
        },
        [this](Result<States> read) {
            m_loading = false;
            m_error = read ? ErrorInfo() : ErrorInfo(read.error());
            if (read) {
                m_states = std::move(*read);
                m_readAt = double(nowMs());
            }
            fill();
            if (m_stale && m_active)
                reload();
        });
}

void SyncView::fill()
{
    const QStringList words = m_filter.split(u' ', Qt::SkipEmptyParts);
    std::vector<Record> rows;
    for (const auto &state : m_states) {
        if (m_onlyDifferent && !differs(state.state))
            continue;
        if (!words.isEmpty() && fitOf(words, QString(state.plugin + u' ' + nameOf(state.state))) < 0)
            continue;
        const auto look = lookOf(state.state);
        const auto told = m_told.value(state.plugin);
        const QString note = told.error.present() ? told.error.what : !told.what.isEmpty() ? told.what : state.why;
        const QString spoken = QStringList{state.plugin, nameOf(state.state), tr("%1 ahead").arg(state.ahead),
                                           tr("%1 behind").arg(state.behind), note}
                                   .join(QStringLiteral(", "));
        rows.push_back({state.plugin,
                        {nameOf(state.state), look.tone, look.icon, int(state.ahead), int(state.behind), state.upstreamUrl,
                         state.upstreamBranch, double(state.fetchedAt), note, told.error.present() || (told.what.isEmpty() && troubled(state)), spoken}});
    }
    m_plugins.setRecords(std::move(rows));
    if (currentIndex() < 0)
        m_current = m_plugins.keyAt(0);
    fillFacts();
    Q_EMIT listChanged();
    Q_EMIT currentChanged();
}

void SyncView::fillFacts()
{
    std::vector<Record> facts;
    const auto fact = [&](const QString &name, const QString &value, bool mono = false) {
        if (!value.isEmpty())
            facts.push_back({name, {name, value, mono}});
    };
    if (const auto *state = stateOf(m_current)) {
        fact(tr("Upstream"), state->upstreamUrl, true);
        fact(tr("Branch"), state->upstreamBranch, true);
        fact(tr("Ours"), state->split.isNull() ? QString() : state->split.shown(), true);
        fact(tr("Theirs"), state->upstream.isNull() ? QString() : state->upstream.shown(), true);
        fact(tr("To push"), counted(qint64(state->ahead), tr("commit"), tr("commits")));
        fact(tr("To pull"), counted(qint64(state->behind), tr("commit"), tr("commits")));
        fact(tr("Fetched"), state->fetchedAt > 0 ? ageText(state->fetchedAt) : tr("never"));
    }
    m_facts.setRecords(std::move(facts));
}

const sync::SyncState *SyncView::stateOf(const QString &plugin) const
{
    for (const auto &state : m_states) {
        if (state.plugin == plugin)
            return &state;
    }
    return nullptr;
}

bool SyncView::hasUpstream() const
{
    const auto *state = stateOf(m_current);
    return state && state->state != State::NoUpstream;
}

QString SyncView::why() const
{
    const auto *state = stateOf(m_current);
    return state ? state->why : QString();
}

QStringList SyncView::policy() const
{
    QStringList all;
    if (const auto *state = stateOf(m_current)) {
        for (const auto *findings : {&state->incoming, &state->outgoing}) {
            for (const auto &finding : *findings)
                all << finding.told();
        }
    }
    return all;
}

QString SyncView::next() const
{
    const auto *state = stateOf(m_current);
    if (!state || problem().present())
        return {};
    switch (state->state) {
    case State::Ahead: return QStringLiteral("push");
    case State::Behind:
    case State::Diverged: return QStringLiteral("pull");
    case State::Unknown: return QStringLiteral("fetch");
    case State::Clean: return state->why.isEmpty() ? QString() : QStringLiteral("fetch");
    case State::Blocked:
    case State::NoUpstream: break;
    }
    return {};
}

QString SyncView::advice() const
{
    const auto *state = stateOf(m_current);
    if (!state)
        return {};
    switch (state->state) {
    case State::Clean: return state->why.isEmpty() ? tr("In step with its upstream.") : tr("In step with what was fetched before that. Look at the address, then fetch again.");
    case State::Ahead: return tr("A push sends what its upstream does not have.");
    case State::Behind: return tr("A pull brings in what its upstream has, in one merge.");
    case State::Diverged: return tr("Both sides went on. A pull merges them; after that a push sends yours.");
    case State::Blocked: return tr("Nothing of it is pushed before that is mended: lead the link to something under templates/ or in the plugin, or put the file itself there.");
    case State::Unknown: return tr("Fetch it, to see where it stands.");
    case State::NoUpstream: return tr("Without an upstream in its settings file there is nothing to fetch, pull or push.");
    }
    return {};
}

int SyncView::ahead() const
{
    return int(std::count_if(m_states.begin(), m_states.end(), [](auto &state) { return state.ahead > 0; }));
}

int SyncView::behind() const
{
    return int(std::count_if(m_states.begin(), m_states.end(), [](auto &state) { return state.behind > 0; }));
}

QString SyncView::summary() const
{
    if (m_states.empty())
        return m_loading ? tr("Comparing…") : QString();
    return tr("%1, %2 to push, %3 to pull")
        .arg(counted(total(), tr("plugin"), tr("plugins")))
        .arg(ahead())
        .arg(behind());
}

void SyncView::setFilter(const QString &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    Q_EMIT filterChanged();
    fill();
}

void SyncView::setOnlyDifferent(bool only)
{
    if (m_onlyDifferent == only)
        return;
    m_onlyDifferent = only;
    Q_EMIT filterChanged();
    fill();
}

void SyncView::pick(int row)
{
    m_current = m_plugins.keyAt(row);
    fillFacts();
    Q_EMIT currentChanged();
}

} // namespace coppice::ui
