// SPDX-License-Identifier: GPL-3.0-or-later
#include "brief_view.h"

#include "shell/app_session.h"

#include <engine/give_brief.h>

namespace coppice::ui {

BriefView::BriefView(QObject *parent) : QObject(parent), m_rows({"section", "text", "why", "link", "tone", "icon", "outside"})
{
    connect(AppSession::instance(), &AppSession::stateChanged, this, [this] {
        // Another library has another brief; the same one is read once.
        if (const QString library = AppSession::instance()->libraryPath(); library != m_library) {
            m_library = library;
            load();
        }
    });
    if (AppSession::instance()->session()) {
        m_library = AppSession::instance()->libraryPath();
        load();
    }
}

void BriefView::load()
{
    m_given = false;
    m_at = 0;
    m_rows.setRecords({});
    auto *app = AppSession::instance();
    if (!app->session())
        return;
    using Kept = std::optional<manager::Briefs::Kept>;
    app->worker().read(
        this, [session = app->session()]() -> Result<Kept> { return manager::Briefs(session->state(), session->journal()).last(); },
        [this](Result<Kept> kept) {
            if (!kept)
                m_error = ErrorInfo(kept.error());
            else if (*kept)
                fill((*kept)->brief);
            Q_EMIT changed();
        });
}

void BriefView::make()
{
    if (m_loading)
        return;
    m_loading = true;
    m_error = {};
    Q_EMIT changed();
    AppSession::instance()->longWork<manager::Brief>(
        this, tr("Putting the brief together"),
        [](engine::Session &session, std::stop_token stop, Progress &progress) -> Result<manager::Brief> {
            return engine::giveBrief(session, {}, stop, progress);
        },
        [this](Result<manager::Brief> brief) {
            m_loading = false;
            if (brief)
                fill(*brief);
            else
                m_error = ErrorInfo(brief.error());
            Q_EMIT changed();
        });
}

void BriefView::fill(const manager::Brief &brief)
{
    m_given = true;
    m_at = brief.at;
    std::vector<Record> rows;
    const auto add = [&](const QString &section, const QString &text, const QString &why, const QString &link, const char *tone, const char *icon, bool outside) {
        rows.push_back({QStringLiteral("%1/%2").arg(section).arg(rows.size()), {section, text, why, link, QString::fromLatin1(tone), QString::fromLatin1(icon), outside}});
    };
    const auto claims = [&](const QString &section, const std::vector<manager::Claim> &all, int leftOut, const char *tone, const char *icon, const QString &none) {
        for (const auto &one : all)
            add(section, one.text, {}, one.link, tone, icon, one.outside);
        if (all.empty())
            add(section, none, {}, {}, "neutral", "circle-check", false);
        if (leftOut > 0)
            add(section, tr("%n more are left out.", nullptr, leftOut), {}, {}, "neutral", "info", false);
    };
    claims(tr("At risk"), brief.risks, brief.risksLeftOut, "danger", "flag", tr("Nothing that is known."));
    claims(tr("Changed"), brief.changed, brief.changedLeftOut, "info", "refresh", brief.first ? tr("This is the first brief: there is nothing to compare with.") : tr("Nothing."));
    for (const auto &one : brief.proposals)
        add(tr("Proposed"), one.title, one.why, QStringLiteral("proposal:") + one.key, "ok", "hand", one.tainted);
    if (brief.proposalsLeftOut > 0)
        add(tr("Proposed"), tr("%n more are left out.", nullptr, brief.proposalsLeftOut), {}, {}, "neutral", "info", false);
    for (const auto &one : brief.unknown)
        add(tr("Not known"), one, {}, {}, "warning", "info", false);
    m_rows.setRecords(std::move(rows));
    if (m_rows.indexOf(m_current) < 0)
        m_current = m_rows.keyAt(0);
}

void BriefView::pick(int row)
{
    m_current = m_rows.keyAt(row);
    Q_EMIT changed();
}

bool BriefView::open(int row)
{
    const QString link = m_rows.value(row, "link").toString();
    if (link.startsWith(QLatin1String("proposal:")))
        return true;
    AppSession::instance()->follow(link);
    return false;
}

} // namespace coppice::ui
