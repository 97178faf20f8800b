// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_list_model.h"

#include "run_item.h"
#include "shell/finder.h"

#include <algorithm>

namespace coppice::ui {

using namespace Qt::StringLiterals;
using S = runs::Run::State;

namespace {

/// So often an engine goes on with an interrupted run by itself.
constexpr int OwnAttempts = 3;
/// With more pieces than this coming or going, telling each is dearer than drawing anew.
constexpr int ManyPieces = 200;

QString searched(const runs::Run &run)
{
    return QStringList{run.plugin, run.playbook, run.client, nameOf(run.state), run.step, run.id.shown()}.join(u' ');
}

qint64 orderOf(const runs::Run &run, RunListModel::Group group)
{
    switch (group) {
    case RunListModel::Queued: return run.queued - qint64(run.priority) * 10'000'000'000'000;
    case RunListModel::Working: return -run.started;
    case RunListModel::Waiting: return run.queued;
    case RunListModel::Finished: break;
    }
    return -std::max(run.ended, run.queued);
}

bool looksAlike(const runs::Run &a, const runs::Run &b)
{
    return a.state == b.state && a.step == b.step && a.reason == b.reason && a.cost == b.cost && a.inputTokens == b.inputTokens &&
           a.outputTokens == b.outputTokens && a.tainted == b.tainted && a.review == b.review && a.started == b.started &&
           a.ended == b.ended && a.approval == b.approval && a.notBefore == b.notBefore && a.priority == b.priority &&
           a.client == b.client && a.playbook == b.playbook && a.attempt == b.attempt && a.replayed == b.replayed;
}

} // namespace

RunListModel::RunListModel(const RunPulse *pulse, QObject *parent) : QAbstractListModel(parent), m_pulse(pulse) { }

RunListModel::Group RunListModel::groupOf(const runs::Run &run, bool asks)
{
    if (runs::isOver(run.state))
        return Finished;
    if (asks || run.state == S::Waiting || (run.state == S::Interrupted && run.attempt >= OwnAttempts))
        return Waiting;
    return isWorking(run.state) ? Working : Queued;
}

std::vector<RunListModel::Row> RunListModel::rowsOf(const LibraryState &state, const QStringList &words) const
{
    QSet<QString> asking;
    for (const auto &approval : state.approvals)
        asking.insert(approval.subject);
    std::vector<Row> rows;
    rows.reserve(state.runs.size());
    for (size_t i = 0; i < state.runs.size(); ++i) {
        const auto &run = state.runs[i];
        if (!words.isEmpty() && fitOf(words, searched(run)) < 0)
            continue;
        const QString id = run.id.toString();
        const Group group = groupOf(run, !asking.isEmpty() && asking.contains(u"run:"_s + id));
        rows.push_back({id, group, orderOf(run, group), i});
    }
    std::sort(rows.begin(), rows.end(), [](const Row &a, const Row &b) {
        if (!a.standsLike(b))
            return a.group != b.group ? a.group < b.group : a.order < b.order;
        return a.id > b.id;
    });
    return rows;
}

void RunListModel::setState(const StatePtr &state, const QStringList &words)
{
    auto rows = state ? rowsOf(*state, words) : std::vector<Row>();
    const StatePtr before = std::exchange(m_state, state);
    const auto oldRows = m_rows;
    const auto oldPlaces = m_places;

    // How much comes and goes, in pieces.
    QHash<QString, const Row *> wanted;
    for (const auto &row : rows)
        wanted.insert(row.id, &row);
    int pieces = 0;
    bool gone = false, come = false;
    for (const auto &row : m_rows) {
        const auto *now = wanted.value(row.id);
        const bool stays = now && now->standsLike(row);
        pieces += !stays && !gone;
        gone = !stays;
    }
    for (const auto &row : rows) {
        const int known = m_places.value(row.id, -1);
        const bool stays = known >= 0 && m_rows[size_t(known)].standsLike(row);
        pieces += !stays && !come;
        come = !stays;
    }
    if (m_rows.empty() || rows.empty() || pieces > ManyPieces) {
        if (!m_rows.empty() || !rows.empty()) {
            beginResetModel();
            m_rows = std::move(rows);
            reindex();
            endResetModel();
        }
    } else {
        // Every row refers to the new state from here on; one that goes may be looked at once more.
        for (auto &row : m_rows) {
            const auto *now = wanted.value(row.id);
            row.index = now ? now->index : state->runs.size();
        }
        removeOthers(rows);
        insertMissing(rows);
        // Rows that stayed and look different.
        for (int place = 0; place < count(); ++place) {
            const auto &row = m_rows[size_t(place)];
            const int known = oldPlaces.value(row.id, -1);
            if (known < 0 || !before || !oldRows[size_t(known)].standsLike(row))
                continue;
            if (!looksAlike(before->runs[oldRows[size_t(known)].index], m_state->runs[row.index]))
                Q_EMIT dataChanged(index(place), index(place), {ItemRole});
        }
        // What stands in the queue tells its place, which others change.
        if (before && (before->queue.paused != m_state->queue.paused || pieces > 0) && m_counts[Queued] > 0) {
            const int first = m_counts[Waiting] + m_counts[Working];
            Q_EMIT dataChanged(index(first), index(first + m_counts[Queued] - 1), {ItemRole});
        }
    }
    Q_EMIT countChanged();
}

void RunListModel::removeOthers(const std::vector<Row> &rows)
{
    QHash<QString, const Row *> wanted;
    for (const auto &row : rows)
        wanted.insert(row.id, &row);
    const auto stays = [&](const Row &row) {
        const auto *now = wanted.value(row.id);
        return now && now->standsLike(row);
    };
    for (int last = count() - 1; last >= 0;) {
        if (stays(m_rows[size_t(last)])) {
            --last;
            continue;
        }
        int first = last;
        while (first > 0 && !stays(m_rows[size_t(first) - 1]))
            --first;
        beginRemoveRows({}, first, last);
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
        reindex();
        endRemoveRows();
        last = first - 1;
    }
}

void RunListModel::insertMissing(const std::vector<Row> &rows)
{
    for (size_t at = 0; at < rows.size();) {
        if (at < m_rows.size() && m_rows[at].id == rows[at].id) {
            ++at;
            continue;
        }
        size_t end = at;
        while (end < rows.size() && !(at < m_rows.size() && m_rows[at].id == rows[end].id))
            ++end;
        beginInsertRows({}, int(at), int(end) - 1);
        m_rows.insert(m_rows.begin() + std::ptrdiff_t(at), rows.begin() + std::ptrdiff_t(at), rows.begin() + std::ptrdiff_t(end));
        reindex();
        endInsertRows();
        at = end;
    }
}

void RunListModel::refresh(const QStringList &runs)
{
    for (const auto &id : runs) {
        if (const int row = indexOf(id); row >= 0)
            Q_EMIT dataChanged(index(row), index(row), {ItemRole});
    }
}

void RunListModel::reindex()
{
    m_places.clear();
    m_counts = {};
    for (size_t i = 0; i < m_rows.size(); ++i) {
        m_places.insert(m_rows[i].id, int(i));
        ++m_counts[m_rows[i].group];
    }
}

QString RunListModel::keyAt(int row) const
{
    return row >= 0 && row < count() ? m_rows[size_t(row)].id : QString();
}

int RunListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant RunListModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= count() || !m_state)
        return {};
    const auto &row = m_rows[size_t(index.row())];
    if (role == KeyRole)
        return row.id;
    if (role == GroupRole)
        return int(row.group);
    if (role != ItemRole || row.index >= m_state->runs.size())
        return {};
    return QVariant::fromValue(runItem(m_state->runs[row.index], *m_state, m_pulse ? m_pulse->of(row.id) : nullptr));
}

QHash<int, QByteArray> RunListModel::roleNames() const
{
    return {{KeyRole, "key"}, {ItemRole, "item"}, {GroupRole, "group"}};
}

} // namespace coppice::ui
