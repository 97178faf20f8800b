// SPDX-License-Identifier: GPL-3.0-or-later
#include "record_model.h"

#include <QSet>

namespace coppice::ui {

namespace {
constexpr int KeyRole = Qt::UserRole;
constexpr int FirstRole = Qt::UserRole + 1;
/// With more rows than this coming or going, telling each is dearer than drawing anew.
constexpr size_t ManyChanges = 400;
} // namespace

RecordModel::RecordModel(const QList<QByteArray> &roles, QObject *parent) : QAbstractListModel(parent), m_roles(roles) { }

const Record *RecordModel::at(int row) const
{
    return row >= 0 && size_t(row) < m_records.size() ? &m_records[size_t(row)] : nullptr;
}

QVariant RecordModel::value(int row, const QByteArray &role) const
{
    const auto *record = at(row);
    return record ? record->values.value(m_roles.indexOf(role)) : QVariant();
}

int RecordModel::indexOf(const QString &key) const
{
    return m_rows.value(key, -1);
}

QString RecordModel::keyAt(int row) const
{
    const auto *record = at(row);
    return record ? record->key : QString();
}

void RecordModel::setRecords(std::vector<Record> records)
{
    const size_t before = m_records.size();
    QSet<QString> wanted;
    size_t coming = 0;
    for (const auto &record : records) {
        wanted.insert(record.key);
        coming += m_rows.contains(record.key) ? 0 : 1;
    }
    const size_t staying = records.size() - coming;
    if (before == 0 || staying == 0 || coming + before - staying > ManyChanges) {
        reset(std::move(records));
        return;
    }
    bool changed = false;
    for (size_t row = m_records.size(); row-- > 0;) {
        if (wanted.contains(m_records[row].key))
            continue;
        beginRemoveRows({}, int(row), int(row));
        m_records.erase(m_records.begin() + std::ptrdiff_t(row));
        endRemoveRows();
        changed = true;
    }
    reindexFrom(0);
    for (size_t row = 0; row < records.size(); ++row) {
        const auto &record = records[row];
        const int now = m_rows.value(record.key, -1);
        if (now < 0) {
            beginInsertRows({}, int(row), int(row));
            m_records.insert(m_records.begin() + std::ptrdiff_t(row), record);
            reindexFrom(row);
            endInsertRows();
            changed = true;
        } else if (size_t(now) != row) {
            beginMoveRows({}, now, now, {}, int(row));
            Record moved = std::move(m_records[size_t(now)]);
            m_records.erase(m_records.begin() + now);
            m_records.insert(m_records.begin() + std::ptrdiff_t(row), std::move(moved));
            reindexFrom(row);
            endMoveRows();
            changed = update(int(row), record) || true;
        } else {
            changed = update(int(row), record) || changed;
        }
    }
    if (m_records.size() != before)
        Q_EMIT countChanged();
    if (changed)
        Q_EMIT recordsChanged();
}

void RecordModel::reset(std::vector<Record> records)
{
    if (records.empty() && m_records.empty())
        return;
    const bool counts = records.size() != m_records.size();
    beginResetModel();
    m_records = std::move(records);
    m_rows.clear();
    reindexFrom(0);
    endResetModel();
    if (counts)
        Q_EMIT countChanged();
    Q_EMIT recordsChanged();
}

bool RecordModel::update(int row, const Record &record)
{
    auto &own = m_records[size_t(row)];
    QList<int> roles;
    for (qsizetype i = 0; i < m_roles.size(); ++i) {
        if (own.values.value(i) != record.values.value(i))
            roles << FirstRole + int(i);
    }
    if (roles.isEmpty())
        return false;
    own.values = record.values;
    Q_EMIT dataChanged(index(row), index(row), roles);
    return true;
}

void RecordModel::reindexFrom(size_t row)
{
    if (row == 0)
        m_rows.clear();
    for (; row < m_records.size(); ++row)
        m_rows[m_records[row].key] = int(row);
}

int RecordModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant RecordModel::data(const QModelIndex &index, int role) const
{
    const auto *record = index.isValid() && index.model() == this ? at(index.row()) : nullptr;
    if (!record)
        return {};
    if (role == KeyRole)
        return record->key;
    return record->values.value(role - FirstRole);
}

QHash<int, QByteArray> RecordModel::roleNames() const
{
    QHash<int, QByteArray> names{{KeyRole, "key"}};
    for (qsizetype i = 0; i < m_roles.size(); ++i)
        names[FirstRole + int(i)] = m_roles[i];
    return names;
}

} // namespace coppice::ui
