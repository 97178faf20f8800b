// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "inbox_reader.h"

#include <QAbstractListModel>
#include <QSet>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// The lines of the inbox in the order of a picture, and which of them are marked. Becomes another picture by the smallest
/// change; a row's texts are made when it is looked at.
class InboxListModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by a view model")
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(int marked READ marked NOTIFY markedChanged) ///< rows that are marked
public:
    enum Role { KeyRole = Qt::UserRole, ItemRole, MarkedRole };
    explicit InboxListModel(QObject *parent = nullptr);

    void setPicture(const InboxPicturePtr &picture);
    [[nodiscard]] int count() const { return int(m_rows.size()); }
    [[nodiscard]] int indexOf(const QString &key) const { return m_places.value(key, -1); }
    [[nodiscard]] QString keyAt(int row) const;
    [[nodiscard]] const tickets::InboxEntry *at(int row) const;
    /// The line of a ticket or group: of a group that has a ticket, the ticket's.
    [[nodiscard]] int rowOf(const QString &entity) const;

    [[nodiscard]] int marked() const { return int(m_marked.size()); }
    [[nodiscard]] bool isMarked(int row) const { return m_marked.contains(keyAt(row)); }
    void mark(int first, int last, bool on);
    void clearMarks();
    [[nodiscard]] QStringList markedKeys() const; ///< in the order of the list

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();
    void markedChanged();

private:
    struct Row {
        QString key;
        size_t index = 0; ///< in the picture's rows
    };
    [[nodiscard]] std::vector<bool> staying(const std::vector<tickets::InboxEntry> &rows, int &pieces) const;
    void change(const InboxPicturePtr &picture, const std::vector<bool> &stays);
    void reindex();

    InboxPicturePtr m_picture;
    std::vector<Row> m_rows;
    QHash<QString, int> m_places;
    QSet<QString> m_marked;
};

} // namespace coppice::ui
