// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QHash>
#include <QtQmlIntegration/qqmlintegration.h>

#include <vector>

namespace coppice::ui {

/// One row of a RecordModel: its key, and a value for each of the model's roles.
struct Record {
    QString key;
    QVariantList values;
};

/// A list of records that knows how to become another list by the smallest change: rows that stay are kept, so that
/// selection and scrolling are, and only changed roles are told. Roles are the names given when it is made, plus "key".
class RecordModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by a view model")
    Q_PROPERTY(int count READ count NOTIFY countChanged)
public:
    explicit RecordModel(const QList<QByteArray> &roles, QObject *parent = nullptr);

    /// Becomes these records. Keys must be unique.
    void setRecords(std::vector<Record> records);
    [[nodiscard]] int count() const { return int(m_records.size()); }
    [[nodiscard]] const Record *at(int row) const;
    [[nodiscard]] QVariant value(int row, const QByteArray &role) const;
    Q_INVOKABLE int indexOf(const QString &key) const;
    Q_INVOKABLE QString keyAt(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();
    void recordsChanged(); ///< after setRecords changed anything

private:
    void reset(std::vector<Record> records);
    bool update(int row, const Record &record);
    void reindexFrom(size_t row);

    QList<QByteArray> m_roles;
    std::vector<Record> m_records;
    QHash<QString, int> m_rows; ///< key → row
};

} // namespace coppice::ui
