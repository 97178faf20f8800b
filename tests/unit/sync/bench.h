// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/scratch.h"

#include <git/repository.h>
#include <journal/lease.h>
#include <library/library.h>
#include <store/database.h>
#include <sync/sync.h>

#include <QFile>

#include <cstdio>
#include <cstdlib>

namespace coppice::journal {
std::vector<store::Migration> migrations();
}
namespace coppice::library {
std::vector<store::Migration> migrations();
}
namespace coppice::review {
std::vector<store::Migration> migrations();
}
namespace coppice::sync {
std::vector<store::Migration> migrations();
}

namespace coppice::test {

template <class T> T must(Result<T> result)
{
    if (!result) {
        std::fprintf(stderr, "%s\n", qPrintable(result.error().message()));
        std::abort();
    }
    return std::move(*result);
}

/// A library with its database and lease, and upstreams as bare repositories with a clone in which others work.
class Bench
{
public:
    Bench() : library(must(library::initLibrary(scratch.path(QStringLiteral("library")), QStringLiteral("Test")))), lease(must(journal::Lease::take(library.coppiceDir())))
    {
        state = must(store::Database::open(library.coppiceDir() + QStringLiteral("/state.db")));
        for (const auto &steps : {journal::migrations(), library::migrations(), review::migrations(), sync::migrations()}) {
            if (const auto done = state->migrate(steps); !done)
                std::abort();
        }
    }
    [[nodiscard]] sync::Host host() { return {library, *state}; }

    /// A bare repository NAME.git with one commit, and the clone NAME to commit in.
    QString upstream(const QString &name, const QList<QPair<QString, QByteArray>> &files)
    {
        scratch.repository(name, files);
        scratch.git(scratch.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--bare"), name, QString(name + QStringLiteral(".git"))});
        scratch.git(name, {QStringLiteral("remote"), QStringLiteral("add"), QStringLiteral("up"), scratch.path(name + QStringLiteral(".git"))});
        return scratch.path(name + QStringLiteral(".git"));
    }
    void commitUpstream(const QString &name, const QString &file, const QByteArray &content)
    {
        scratch.git(name, {QStringLiteral("pull"), QStringLiteral("-q"), QStringLiteral("--ff-only"), QStringLiteral("up"), QStringLiteral("main")});
        scratch.commit(name, file, content, QString(QStringLiteral("upstream: ") + file));
        scratch.git(name, {QStringLiteral("push"), QStringLiteral("-q"), QStringLiteral("up"), QStringLiteral("main")});
    }
    void commit(const QString &file, const QByteArray &content)
    {
        scratch.commit(QStringLiteral("library"), file, content, QString(QStringLiteral("change ") + file));
    }
    void add(const QString &url, const QString &id, bool squash = false)
    {
        must(sync::addPlugin(host(), lease, url, id, {}, squash, {}, Progress::none()));
    }
    [[nodiscard]] std::vector<sync::PluginOutcome> pull(const QStringList &plugins = {})
    {
        return must(sync::pull(host(), lease, plugins, {}, Progress::none()));
    }
    [[nodiscard]] std::vector<sync::PluginOutcome> push(const QStringList &plugins = {})
    {
        return must(sync::push(host(), lease, plugins, {}, Progress::none()));
    }
    [[nodiscard]] sync::SyncState status(const QString &plugin) { return must(sync::status(host(), {plugin})).front(); }
    QByteArray git(const QString &folder, const QStringList &args) const { return scratch.git(folder, args); }
    /// What `git status` says of the library's work tree; empty when all is clean.
    [[nodiscard]] QByteArray dirt() const { return git(QStringLiteral("library"), {QStringLiteral("status"), QStringLiteral("--porcelain")}); }
    [[nodiscard]] QByteArray head(const QString &folder = QStringLiteral("library"), const QString &revision = QStringLiteral("HEAD")) const
    {
        return git(folder, {QStringLiteral("rev-parse"), revision});
    }

    Scratch scratch;
    library::Library library;
    journal::Lease lease;
    std::unique_ptr<store::Database> state;
};

} // namespace coppice::test
