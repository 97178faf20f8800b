// SPDX-License-Identifier: GPL-3.0-or-later
#include "sweep_desk.h"

#include "code_text.h"
#include "shell/app_session.h"

#include <QSet>

#include <algorithm>

namespace coppice::ui {

using Verdict = review::Decision::Verdict;

SweepDesk::SweepDesk(QObject *parent)
    : QObject(parent), m_model({"title", "plugins", "names", "undecided", "accepted", "rejected", "outliers", "spoken"})
{
}

const review::Sweep *SweepDesk::sweep() const
{
    const auto it = std::ranges::find(m_sweeps, m_current, &review::Sweep::id);
    return it == m_sweeps.end() ? nullptr : &*it;
}

QString SweepDesk::sample() const
{
    const auto *shown = sweep();
    return shown ? writtenOut(shown->sample) : QString();
}

QString SweepDesk::outliers() const
{
    QStringList parts;
    if (const auto *shown = sweep()) {
        for (const auto &one : shown->outliers)
            parts << tr("%1 differs in %2:\n%3").arg(one.place.plugin, writtenOut(QString::fromUtf8(one.place.path)), writtenOut(one.difference));
    }
    return parts.join(u'\n');
}

void SweepDesk::load()
{
    auto *app = AppSession::instance();
    if (m_loading || !app->session() || !app->catalog())
        return;
    m_loading = true;
    m_error = {};
    Q_EMIT changed();
    QHash<QString, QByteArray> prefixes;
    for (const auto &entry : app->catalog()->entries)
        prefixes.insert(entry.plugin.id, entry.plugin.prefix);
    app->longWork<std::vector<review::Sweep>>(
        this, tr("Looking for equal hunks"),
        [prefixes](engine::Session &session, std::stop_token stop, Progress &) -> Result<std::vector<review::Sweep>> {
            review::Reviews reviews(session.state(), session.journal());
            COPPICE_TRY(const auto repository, session.library().repository());
            return review::findSweeps(repository, reviews, prefixes, stop);
        },
        [this](Result<std::vector<review::Sweep>> sweeps) {
            m_loading = false;
            if (sweeps)
                m_sweeps = std::move(*sweeps);
            else
                m_error = ErrorInfo(sweeps.error());
            fill();
        });
}

void SweepDesk::fill()
{
    std::vector<Record> rows;
    for (const auto &one : m_sweeps) {
        QSet<QString> names;
        for (const auto &place : one.places)
            names.insert(place.plugin);
        QStringList plugins(names.begin(), names.end());
        plugins.sort();
        QString title;
        for (const auto &line : one.sample.split(u'\n')) {
            if (title.isEmpty() && (line.startsWith(u'+') || line.startsWith(u'-')))
                title = writtenOut(line.simplified(), 200);
        }
        const auto count = [&](Verdict verdict) { return int(std::ranges::count(one.places, verdict, &review::Sweep::Place::verdict)); };
        rows.push_back({one.id,
                        {title, int(plugins.size()), plugins.join(QStringLiteral(", ")), one.undecided(), count(Verdict::Accepted),
                         count(Verdict::Rejected), int(one.outliers.size()),
                         tr("%1, in %2 plugins, %3 without a verdict, %4 outliers").arg(title).arg(plugins.size()).arg(one.undecided()).arg(one.outliers.size())}});
    }
    m_model.setRecords(std::move(rows));
    if (m_model.indexOf(m_current) < 0)
        m_current = m_model.keyAt(0);
    Q_EMIT changed();
}

void SweepDesk::pick(int row)
{
    m_current = m_model.keyAt(row);
    Q_EMIT changed();
}

void SweepDesk::decide(bool accept, const QString &reason)
{
    const auto *shown = sweep();
    if (!shown)
        return;
    const int places = int(shown->places.size());
    AppSession::instance()->change(
        this, QStringLiteral("sweep:") + shown->id, accept ? tr("Accepted the hunk in %1 places.").arg(places) : tr("Rejected the hunk in %1 places.").arg(places),
        [sweep = *shown, accept, reason](engine::Session &session) -> Result<> {
            COPPICE_CHECK(review::decideSweep(session.journal(), Actor::self(), sweep, accept ? Verdict::Accepted : Verdict::Rejected, reason));
            return {};
        },
        [this] { load(); });
}

} // namespace coppice::ui
