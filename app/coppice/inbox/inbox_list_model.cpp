// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox_list_model.h"

#include "inbox_item.h"

#include <algorithm>

namespace coppice::ui {

namespace {
/// With more pieces than this coming or going, telling each is dearer than drawing anew.
constexpr int ManyPieces = 300;
} // namespace

InboxListModel::InboxListModel(QObject *parent) : QAbstractListModel(parent) { }

/// Which of the rows that are there keep their place among each other in the new order: the longest such sequence. All others
/// go, and come again where they belong. Counts the pieces that go or come.
std::vector<bool> InboxListModel::staying(const std::vector<tickets::InboxEntry> &rows, int &pieces) const
{
    std::vector<int> tails;   // old place that ends the best sequence of each length
    std::vector<int> before(m_rows.size(), -1);
    for (const auto &row : rows) {
        const int old = m_places.value(row.key, -1);
        if (old < 0)
            continue;
        const auto at = std::lower_bound(tails.begin(), tails.end(), old);
        before[size_t(old)] = at == tails.begin() ? -1 : *(at - 1);
        if (at == tails.end())
            tails.push_back(old);
        else
            *at = old;
    }
    std::vector<bool> stays(m_rows.size(), false);
    for (int at = tails.empty() ? -1 : tails.back(); at >= 0; at = before[size_t(at)])
        stays[size_t(at)] = true;
    pieces = 0;
    for (size_t i = 0; i < stays.size(); ++i)
        pieces += !stays[i] && (i == 0 || stays[i - 1]);
    bool coming = false;
    for (const auto &row : rows) {
        const int old = m_places.value(row.key, -1);
        const bool comes = old < 0 || !stays[size_t(old)];
        pieces += comes && !coming;
        coming = comes;
    }
    return stays;
}

void InboxListModel::setPicture(const InboxPicturePtr &picture)
{
    const int before = count();
    int pieces = 0;
    const auto stays = staying(picture->rows, pieces);
    if (m_rows.empty() || picture->rows.empty() || pieces > ManyPieces) {
        if (!m_rows.empty() || !picture->rows.empty()) {
            beginResetModel();
            m_rows.clear();
            for (size_t i = 0; i < picture->rows.size(); ++i)
                m_rows.push_back({picture->rows[i].key, i});
            m_picture = picture;
            reindex();
            endResetModel();
        }
        m_picture = picture;
    } else {
        change(picture, stays);
    }
    const qsizetype marks = m_marked.size();
    m_marked.removeIf([&](const QString &key) { return !m_places.contains(key); });
    if (marks != m_marked.size())
        Q_EMIT markedChanged();
    if (before != count())
        Q_EMIT countChanged();
}

void InboxListModel::change(const InboxPicturePtr &picture, const std::vector<bool> &stays)
{
    const InboxPicturePtr old = m_picture;
    QHash<QString, size_t> oldIndex;
    for (const auto &row : m_rows)
        oldIndex.insert(row.key, row.index);
    for (int last = int(stays.size()) - 1; last >= 0;) {
        if (stays[size_t(last)]) {
            --last;
            continue;
        }
        int first = last;
        while (first > 0 && !stays[size_t(first) - 1])
            --first;
        beginRemoveRows({}, first, last);
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
        endRemoveRows();
        last = first - 1;
    }
    // What stays refers to the new picture from here on.
    m_picture = picture;
    const auto &rows = picture->rows;
    QHash<QString, size_t> wanted;
    for (size_t i = 0; i < rows.size(); ++i)
        wanted.insert(rows[i].key, i);
    for (auto &row : m_rows)
        row.index = wanted.value(row.key);
    for (size_t at = 0; at < rows.size();) {
        if (at < m_rows.size() && m_rows[at].key == rows[at].key) {
            ++at;
            continue;
        }
        size_t end = at;
        while (end < rows.size() && !(at < m_rows.size() && m_rows[at].key == rows[end].key))
            ++end;
        std::vector<Row> coming;
        for (size_t i = at; i < end; ++i)
            coming.push_back({rows[i].key, i});
        beginInsertRows({}, int(at), int(end) - 1);
        m_rows.insert(m_rows.begin() + std::ptrdiff_t(at), coming.begin(), coming.end());
        endInsertRows();
        at = end;
    }
    reindex();
    for (int place = 0; place < count(); ++place) {
        const auto known = oldIndex.constFind(m_rows[size_t(place)].key);
        if (known != oldIndex.cend() && !(old->rows[*known] == rows[m_rows[size_t(place)].index]))
            Q_EMIT dataChanged(index(place), index(place), {ItemRole});
    }
}

void InboxListModel::reindex()
{
    m_places.clear();
    m_places.reserve(qsizetype(m_rows.size()));
    for (size_t i = 0; i < m_rows.size(); ++i)
        m_places.insert(m_rows[i].key, int(i));
}

QString InboxListModel::keyAt(int row) const
{
    return row >= 0 && row < count() ? m_rows[size_t(row)].key : QString();
}

const tickets::InboxEntry *InboxListModel::at(int row) const
{
    return row >= 0 && row < count() && m_picture ? &m_picture->rows[m_rows[size_t(row)].index] : nullptr;
}

int InboxListModel::rowOf(const QString &entity) const
{
    if (const int row = indexOf(entity); row >= 0 || !entity.startsWith(QLatin1String("group:")))
        return row;
    const QString group = entity.section(u':', 1);
    for (int row = 0; row < count(); ++row) {
        if (at(row)->groups.contains(group))
            return row;
    }
    return -1;
}

void InboxListModel::mark(int first, int last, bool on)
{
    first = std::max(0, first);
    last = std::min(count() - 1, last);
    if (first > last)
        return;
    for (int row = first; row <= last; ++row) {
        if (on)
            m_marked.insert(keyAt(row));
        else
            m_marked.remove(keyAt(row));
    }
    Q_EMIT dataChanged(index(first), index(last), {MarkedRole});
    Q_EMIT markedChanged();
}

void InboxListModel::clearMarks()
{
    if (m_marked.isEmpty())
        return;
    m_marked.clear();
    if (count() > 0)
        Q_EMIT dataChanged(index(0), index(count() - 1), {MarkedRole});
    Q_EMIT markedChanged();
}

QStringList InboxListModel::markedKeys() const
{
    QStringList keys;
    for (const auto &row : m_rows) {
        if (m_marked.contains(row.key))
            keys << row.key;
    }
    return keys;
}

int InboxListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant InboxListModel::data(const QModelIndex &index, int role) const
{
    const auto *entry = index.isValid() && index.model() == this ? at(index.row()) : nullptr;
    if (!entry)
        return {};
    switch (role) {
    case KeyRole: return entry->key;
    case ItemRole: return QVariant::fromValue(inboxItem(*entry));
    case MarkedRole: return m_marked.contains(entry->key);
    default: return {};
    }
}

QHash<int, QByteArray> InboxListModel::roleNames() const
{
    return {{KeyRole, "key"}, {ItemRole, "item"}, {MarkedRole, "marked"}};
}

} // namespace coppice::ui
