// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: statements that change rows, run on SQLite's own interface over the connection that Qt
// has opened. Qt makes a name for each value of each call and binds text that SQLite then has to convert: a tenth of receiving an
// event. Reading, opening and everything else stays with Qt SQL.

#include <QHash>
#include <QString>
#include <QVariantList>

#include <memory>
#include <optional>

struct sqlite3;
struct sqlite3_stmt;

namespace coppice::store {

class DirectStatements
{
public:
    /// Of the connection that `open` makes. Nothing where Qt's driver brings an SQLite of its own, whose connections this
    /// program's must not touch.
    template <class Open> static std::unique_ptr<DirectStatements> watching(const Open &open)
    {
        expectOpening();
        const QVariant handle = open();
        return wasOpenedHere() ? of(handle) : nullptr;
    }

    struct Outcome {
        int error = 0; ///< SQLite's extended code; 0: it ran
        QString words;
        qint64 changed = 0;
        qint64 lastInsertId = 0;
    };
    /// Nothing where it is for Qt: a statement that answers rows, a value of a type that is not bound here. Then nothing was done.
    std::optional<Outcome> run(const QString &sql, const QVariantList &values);

private:
    explicit DirectStatements(sqlite3 *database) : m_database(database) { }
    static void expectOpening();
    static bool wasOpenedHere();
    static std::unique_ptr<DirectStatements> of(const QVariant &handle);
    struct Finalize {
        void operator()(sqlite3_stmt *statement) const;
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;
    sqlite3 *m_database;
    QHash<QString, std::shared_ptr<Statement>> m_prepared;
};

} // namespace coppice::store
