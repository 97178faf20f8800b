// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_search.h"

#include "shell/app_session.h"

#include <QLocale>

namespace coppice::ui {

DiffSearch::DiffSearch(QObject *parent) : QObject(parent)
{
    m_delay.setSingleShot(true);
    m_delay.setInterval(120);
    connect(&m_delay, &QTimer::timeout, this, &DiffSearch::search);
}

DiffSearch::~DiffSearch()
{
    m_stop.request_stop();
}

void DiffSearch::setSource(DiffModel *source)
{
    if (m_source == source)
        return;
    m_source = source;
    if (m_source) // another file, or the same compared anew
        connect(m_source, &QAbstractItemModel::modelReset, this, [this, shown = DiffModel::Aligned()]() mutable {
            if (shown == m_source->aligned())
                return;
            shown = m_source->aligned();
            search();
        });
    search();
}

void DiffSearch::setText(const QString &text)
{
    if (m_text == text)
        return;
    m_text = text;
    m_delay.start();
    Q_EMIT changed();
}

void DiffSearch::search()
{
    m_stop.request_stop();
    m_stop = {};
    m_hits = {};
    m_current = -1;
    m_busy = m_source && m_source->aligned() && !m_text.isEmpty();
    Q_EMIT changed();
    if (!m_busy)
        return;
    AppSession::instance()->worker().read(
        this,
        [aligned = m_source->aligned(), text = m_text, stop = m_stop.get_token()] { return review::findIn(*aligned, text, stop); },
        [this, stop = m_stop.get_token()](review::Hits hits) {
            if (stop.stop_requested())
                return;
            m_busy = false;
            m_hits = std::move(hits);
            Q_EMIT changed();
        });
}

void DiffSearch::go(int by)
{
    if (m_hits.all.empty() || !m_source)
        return;
    const int all = count();
    m_current = m_current < 0 ? (by > 0 ? 0 : all - 1) : (m_current + by + all) % all;
    const auto &hit = m_hits.all[size_t(m_current)];
    const int at = m_source->reach(hit.newSide, hit.line);
    Q_EMIT changed();
    if (at >= 0)
        Q_EMIT found(at, double(hit.at));
}

int DiffSearch::row() const
{
    if (m_current < 0 || !m_source)
        return -1;
    const auto &hit = m_hits.all[size_t(m_current)];
    return m_source->rowOf(hit.newSide, hit.line);
}

QString DiffSearch::told() const
{
    if (m_text.isEmpty())
        return {};
    if (m_busy)
        return tr("searching…");
    if (m_hits.all.empty())
        return tr("not found");
    const QString all = QLocale::c().toString(count()) + (m_hits.more ? QStringLiteral("+") : QString());
    return m_current < 0 ? tr("%1 found").arg(all) : tr("%1 of %2").arg(m_current + 1).arg(all);
}

} // namespace coppice::ui
