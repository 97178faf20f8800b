// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "process/spawn.h"

#include <QString>

#include <stop_token>

namespace coppice::workspace {

/// What a set-up made, kept under the cache folder: <cache>/prepare/<key>/ with `files/` (copied into work folders:
/// node_modules, .venv), `store/` (shown read-only at /opt/prepared: caches of go, cargo, pip), `excludes` and `log`.
class PreparedStore
{
public:
    explicit PreparedStore(QString key);
    [[nodiscard]] bool exists() const;
    [[nodiscard]] QString path() const { return m_path; }
    [[nodiscard]] QString files() const { return m_path + QStringLiteral("/files"); }
    [[nodiscard]] QString store() const { return m_path + QStringLiteral("/store"); }
    [[nodiscard]] QString log() const { return m_path + QStringLiteral("/log"); }

    /// Waits until nobody else makes it, in this process or another. Whoever waited looks again whether it exists.
    [[nodiscard]] Result<process::Descriptor> lock(std::stop_token stop) const;
    /// An empty folder to make it in; nothing is there until `commit` puts it in place, whole.
    [[nodiscard]] Result<QString> begin() const;
    [[nodiscard]] Result<> commit(const QString &made) const;
    /// Writes down that a run uses it, copies its files into the work folder and excludes them from patches.
    [[nodiscard]] Result<> use(const QString &runPath, const QString &work) const;
    /// After the work folder was made anew: copies again what the run uses.
    [[nodiscard]] static Result<> putBack(const QString &runPath, const QString &work);
    [[nodiscard]] static Result<> forget(const QString &runPath);
    /// Removes what no run has used for four weeks, and what a killed process left half made.
    static void prune();

private:
    QString m_path;
};

} // namespace coppice::workspace
