// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "run_pulse.h"
#include "shell/library_state.h"

#include <QAbstractListModel>

#include <array>

namespace coppice::ui {

/// The runs of a library in four groups: those that wait for a person, those under way, those in the queue, those that
/// are over. Becomes another list by the smallest change; a row's texts are made when they are looked at, so that
/// thousands of runs cost little.
class RunListModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by a view model")
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(int waiting READ waiting NOTIFY countChanged)
    Q_PROPERTY(int working READ working NOTIFY countChanged)
    Q_PROPERTY(int queued READ queued NOTIFY countChanged)
    Q_PROPERTY(int finished READ finished NOTIFY countChanged)
public:
    enum Group { Waiting, Working, Queued, Finished };
    enum Role { KeyRole = Qt::UserRole, ItemRole, GroupRole };
    explicit RunListModel(const RunPulse *pulse, QObject *parent = nullptr);

    /// Becomes the runs of this state that have all of the words.
    void setState(const StatePtr &state, const QStringList &words);
    /// What these do has changed.
    void refresh(const QStringList &runs);
    [[nodiscard]] int count() const { return int(m_rows.size()); }
    [[nodiscard]] int indexOf(const QString &run) const { return m_places.value(run, -1); }
    [[nodiscard]] QString keyAt(int row) const;
    [[nodiscard]] Group groupAt(int row) const { return m_rows[size_t(row)].group; }
    [[nodiscard]] int waiting() const { return m_counts[Waiting]; }
    [[nodiscard]] int working() const { return m_counts[Working]; }
    [[nodiscard]] int queued() const { return m_counts[Queued]; }
    [[nodiscard]] int finished() const { return m_counts[Finished]; }
    [[nodiscard]] static Group groupOf(const runs::Run &run, bool asks);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();

private:
    struct Row {
        QString id;
        Group group = Finished;
        qint64 order = 0; ///< within the group, the smallest first
        size_t index = 0; ///< in the state's runs
        [[nodiscard]] bool standsLike(const Row &other) const { return group == other.group && order == other.order; }
    };
    [[nodiscard]] std::vector<Row> rowsOf(const LibraryState &state, const QStringList &words) const;
    void removeOthers(const std::vector<Row> &rows);
    void insertMissing(const std::vector<Row> &rows);
    void reindex();

    const RunPulse *m_pulse;
    StatePtr m_state;
    std::vector<Row> m_rows;
    QHash<QString, int> m_places;
    std::array<int, 4> m_counts{};
};

} // namespace coppice::ui
