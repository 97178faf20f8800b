// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"
#include "capture/group_rules.h"
#include "capture/ingest.h"
#include "store/database.h"

#include <QHash>
#include <QSet>

#include <limits>
#include <memory>
#include <unordered_map>

namespace coppice::capture {

/// What filing events has read of events.db and need not read again. Valid only as long as nobody else has written: SQLite's
/// data version tells of other connections, its count of changes of everybody else on this one. Of one thread at a time, inside
/// of transactions.
class FilingMemory
{
public:
    /// A group as the events of the present transaction change it.
    struct Standing {
        QString id;
        QString why;
        QStringList releases;
        Group::State state = Group::State::New;
        bool isNew = false; ///< made in this transaction
        qint64 more = 0;    ///< events since it was last written
        qint64 first = std::numeric_limits<qint64>::max();
        qint64 last = 0;
        Level level = Level::Trace;

        void count(const Event &event);
    };
    struct Plugin {
        RuleSet rules;
        QHash<QString, qint64> hits; ///< of mutes, by rule, not yet written

        Result<Grouper::Key> keyOf(store::Connection &connection, const Event &event);
        /// By the fingerprint; made where there is none.
        Result<Standing *> groupOf(store::Connection &connection, const Event &event, const Grouper::Key &key);
        /// By the id; an error where there is none.
        Result<Standing *> groupBy(store::Connection &connection, const QString &id);
        Result<> write(store::Connection &connection, const QString &name);
        [[nodiscard]] qsizetype size() const { return m_scopes.size() + m_written.size() + qsizetype(m_groups.size()); }

    private:
        Standing *keep(Standing standing);
        Grouper m_grouper;
        QSet<QString> m_scopes; ///< whose patterns were read
        QHash<QString, QStringList> m_written; ///< fingerprint → text and places of the stored pattern
        QHash<QString, QString> m_byFingerprint; ///< → id
        std::unordered_map<QString, std::unique_ptr<Standing>> m_groups; ///< by id
        std::vector<Standing *> m_touched;
        friend class FilingMemory;
    };

    /// At the beginning of a transaction: forgets where somebody else has written, or too much is kept.
    Result<> begin(store::Connection &connection);
    Result<Plugin *> plugin(store::Connection &connection, const QString &name);
    /// Groups, templates and mutes as they are now.
    Result<> write(store::Connection &connection);
    /// The last thing in a transaction.
    Result<> end(store::Connection &connection);
    /// After it: whether it was committed.
    void settle(bool committed);
    [[nodiscard]] qint64 forgotten() const { return m_forgotten; }

private:
    Result<qint64> changesOf(store::Connection &connection);
    void forget();
    QHash<QString, std::shared_ptr<Plugin>> m_plugins;
    qint64 m_version = -1;
    qint64 m_changes = -1;
    qint64 m_filed = 0; ///< events since it was last empty
    bool m_settled = false;
    qint64 m_forgotten = 0;
};

} // namespace coppice::capture
