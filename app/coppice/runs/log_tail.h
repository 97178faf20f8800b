// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QTimer>
#include <QtQmlIntegration/qqmlintegration.h>

#include <deque>

namespace coppice::ui {

class Worker;

/// The end of a log file as lines, read on as it grows. The text is from outside: control characters are taken out,
/// long lines are cut with a mark, and only the last lines are kept.
class LogTail : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by a view model")
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(QString path READ path NOTIFY pathChanged)
    Q_PROPERTY(bool cut READ cut NOTIFY countChanged) ///< earlier lines are left out
public:
    explicit LogTail(Worker &worker, QObject *parent = nullptr);

    /// Shows another file from its end, or none; `growing`: looked at again until it is not.
    void follow(const QString &path, bool growing);
    [[nodiscard]] int count() const { return int(m_lines.size()); }
    [[nodiscard]] QString path() const { return m_path; }
    [[nodiscard]] bool cut() const { return m_cut; }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override { return {{Qt::UserRole, "line"}}; }

Q_SIGNALS:
    void countChanged();
    void pathChanged();

private:
    void look();
    void append(const QByteArray &bytes);

    Worker &m_worker;
    QTimer m_timer;
    std::deque<QString> m_lines;
    QString m_path;
    QByteArray m_rest; ///< a line without its end yet
    qint64 m_offset = 0;
    bool m_growing = false, m_looking = false, m_cut = false;
    int m_turn = 0;
};

} // namespace coppice::ui
