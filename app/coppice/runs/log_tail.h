// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QTimer>
#include <QtQmlIntegration/qqmlintegration.h>

#include <deque>

namespace coppice::ui {

class Worker;

/// What a run's client and steps printed, as lines: the logs in its folder one after the other, read on as they grow. The
/// text is from outside: control characters are taken out, long lines are cut with a mark, only the last are kept.
class LogTail : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by a view model")
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(QString folder READ folder NOTIFY folderChanged)
    Q_PROPERTY(bool cut READ cut NOTIFY countChanged) ///< earlier lines are left out
public:
    explicit LogTail(Worker &worker, QObject *parent = nullptr);

    /// Shows the logs of another folder, or none; `growing`: looked at again until they are not.
    void follow(const QString &folder, bool growing);
    [[nodiscard]] int count() const { return int(m_lines.size()); }
    [[nodiscard]] QString folder() const { return m_folder; }
    [[nodiscard]] bool cut() const { return m_cut; }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override { return {{Qt::UserRole, "line"}}; }

Q_SIGNALS:
    void countChanged();
    void folderChanged();

private:
    void look();
    void append(const QByteArray &bytes, bool endsLine);
    void addLines(const QStringList &lines);

    Worker &m_worker;
    QTimer m_timer;
    std::deque<QString> m_lines;
    QString m_folder;
    QString m_file;       ///< the log that is read
    QStringList m_before; ///< those that were read to their end
    QByteArray m_rest; ///< a line without its end yet
    qint64 m_offset = 0;
    bool m_growing = false, m_looking = false, m_cut = false;
    int m_turn = 0;
};

} // namespace coppice::ui
