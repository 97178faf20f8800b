// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "story_reader.h"

#include <engine/session.h>

#include <QAbstractListModel>
#include <QSet>
#include <QTimer>

#include <memory>

namespace coppice::ui {

class Worker;

/// The story of one run, read on by a worker while the run goes on and brought up to date at most ten times a second,
/// however much its client tells. Holds the last items only; earlier ones are read again when they are asked for.
class StoryModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by a view model")
    Q_PROPERTY(int count READ count NOTIFY told)
    Q_PROPERTY(double total READ total NOTIFY told)      ///< items so far, with those that were let go
    Q_PROPERTY(double letGo READ letGo NOTIFY told)      ///< items before the first one here
    Q_PROPERTY(bool hasEarlier READ hasEarlier NOTIFY told) ///< they can be asked for
    Q_PROPERTY(bool loading READ loading NOTIFY told)    ///< not at the end of what has been written yet
    Q_PROPERTY(double unreadable READ unreadable NOTIFY told)
    Q_PROPERTY(QStringList plan READ plan NOTIFY totalsChanged)
    Q_PROPERTY(QStringList planStates READ planStates NOTIFY totalsChanged)
    Q_PROPERTY(int planDone READ planDone NOTIFY totalsChanged)
    Q_PROPERTY(QString planNow READ planNow NOTIFY totalsChanged) ///< the entry under way
    Q_PROPERTY(int contextPercent READ contextPercent NOTIFY totalsChanged) ///< of the model's context that is used; -1: not told
public:
    explicit StoryModel(Worker &worker, QObject *parent = nullptr);
    ~StoryModel() override;

    struct Followed {
        QString run; ///< whole id; empty: nothing
        QString file;
        std::vector<runs::Check> checks;
        runs::Run::State state = runs::Run::State::Queued;
        std::shared_ptr<engine::Session> session;
    };
    /// Shows this run's story; `growing`: looks again and again until told otherwise.
    void follow(const Followed &followed, bool growing);

    Q_INVOKABLE void toggle(int row); ///< unfolds or folds an item
    Q_INVOKABLE void loadEarlier();
    Q_INVOKABLE void foldAll();

    [[nodiscard]] int count() const { return int(m_items.size()); }
    [[nodiscard]] double total() const { return double(m_letGo) + double(m_items.size()); }
    [[nodiscard]] double letGo() const { return double(m_letGo); }
    [[nodiscard]] bool hasEarlier() const;
    [[nodiscard]] bool loading() const { return m_loading; }
    [[nodiscard]] double unreadable() const { return double(m_totals.unreadable); }
    [[nodiscard]] const StoryTotals &totals() const { return m_totals; }
    [[nodiscard]] QStringList plan() const { return m_totals.plan; }
    [[nodiscard]] QStringList planStates() const { return m_totals.planStates; }
    [[nodiscard]] int planDone() const { return int(m_totals.planStates.count(QStringLiteral("completed"))); }
    [[nodiscard]] QString planNow() const;
    [[nodiscard]] int contextPercent() const;
    [[nodiscard]] const StoryItem *at(int row) const;
    [[nodiscard]] qsizetype weight() const; ///< characters held

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override { return {{Qt::UserRole, "item"}}; }

Q_SIGNALS:
    void told();
    void totalsChanged();
    void followedChanged();
    void earlierLoaded(int row); ///< where the item that was the first one is now

private:
    struct Answer;
    void look();
    void apply(StoryChange change);
    void loadLogs(const StoryItem &item);
    [[nodiscard]] StoryItem folded(const StoryItem &item) const;
    void start(StoryBounds bounds);

    Worker &m_worker;
    QTimer m_timer;
    Followed m_followed;
    std::shared_ptr<StoryReader> m_reader;
    StoryBounds m_bounds;
    std::deque<StoryItem> m_items;
    QSet<QString> m_open;
    QHash<QString, QString> m_logs; ///< of checks that are unfolded
    StoryTotals m_totals;
    QString m_anchor; ///< key of what was the first item before earlier ones were asked for
    qint64 m_letGo = 0;
    int m_turn = 0;
    bool m_growing = false, m_looking = false, m_again = false, m_loading = false;
};

} // namespace coppice::ui
