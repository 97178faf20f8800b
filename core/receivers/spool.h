// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "receivers/batch.h"
#include "receivers/intake.h"
#include "store/database.h"

#include <QByteArray>
#include <QString>

#include <memory>
#include <vector>

namespace coppice::receivers {

/// What a receiver without a library keeps until an engine has fetched it: scrubbed batches in rising order, in spool.db of
/// a folder of its own. Readers keep their own cursors, so that several may read; what is too old or too much goes, oldest
/// first, and is counted. Safe from any thread, and from several processes.
class Spool final : public Keeper
{
public:
    struct Limits {
        qint64 bytes = 1LL << 30;               ///< of payloads
        qint64 ageMs = 14LL * 24 * 3'600 * 1000;
    };
    /// Opens or makes it. `readOnly`: only for reading what is there.
    [[nodiscard]] static Result<std::unique_ptr<Spool>> open(const QString &folder, Limits limits, bool readOnly = false);

    [[nodiscard]] Result<> keep(Batch &&batch) override;

    struct Entry {
        qint64 cursor = 0;
        Batch batch;
    };
    struct Page {
        QString spool;      ///< a random name that it was given when it was made
        std::vector<Entry> entries;
        qint64 dropped = 0; ///< entries that went unread by this cursor, because they were too old or too many
    };
    [[nodiscard]] Result<Page> read(qint64 after, int limit);
    /// The same as JSON lines: one of the page, then one for each entry. What `read` on the far side is answered with.
    [[nodiscard]] Result<QByteArray> readLines(qint64 after, int limit);
    /// Removes what is too old or too much; answers how many entries that were.
    [[nodiscard]] Result<qint64> trim();

private:
    Spool(std::unique_ptr<store::Database> database, QString name, Limits limits);
    std::unique_ptr<store::Database> m_database;
    QString m_name;
    Limits m_limits;
    qint64 m_untrimmed = 0; ///< bytes kept since the last trimming; of the thread that keeps
};

/// Reads what Spool::readLines wrote. Text of another machine: bounded, and an error when it is not of that form.
[[nodiscard]] Result<Spool::Page> parseSpoolLines(QByteArrayView lines);

} // namespace coppice::receivers
