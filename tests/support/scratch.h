// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace coppice::test {

/// A temporary folder with small helpers for building real repositories by the installed git. A failing step aborts
/// the test program with git's words: a fixture that cannot be built is no test.
class Scratch
{
public:
    Scratch();
    [[nodiscard]] QString path(const QString &name = {}) const;
    QString write(const QString &name, const QByteArray &bytes) const; ///< makes folders; answers the full path
    [[nodiscard]] QByteArray read(const QString &name) const;
    /// Runs git in a folder below; a fixed identity and rising dates. Answers stdout, trimmed.
    QByteArray git(const QString &folder, const QStringList &args) const;
    /// The same, answering the exit status and output instead of aborting.
    int tryGit(const QString &folder, const QStringList &args, QByteArray *out = nullptr) const;
    /// A new repository on branch main with one empty-message-free root commit of these files.
    QString repository(const QString &name, const QList<QPair<QString, QByteArray>> &files) const;
    /// Writes, adds and commits; answers the commit id.
    QByteArray commit(const QString &folder, const QString &file, const QByteArray &bytes, const QString &message) const;
    /// Package managers that answer nothing, first in PATH from now on: a set-up asks each where its packages come from, and
    /// the true ones take a second together. `cleanup` of a test gives PATH back.
    void quietPackageManagers() const;

private:
    QTemporaryDir m_dir;
    mutable qint64 m_clock = 1'700'000'000;
};

} // namespace coppice::test
