// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/scratch.h"

#include <git/repository.h>
#include <git/tree_edit.h>

#include <QFile>
#include <QMap>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>

namespace coppice::test {

template <class T> T must(Result<T> result)
{
    if (!result) {
        std::fprintf(stderr, "%s\n", qPrintable(result.error().message()));
        std::abort();
    }
    return std::move(*result);
}

/// The installed `git subtree`, or why it cannot be compared with.
inline const QString &whyNoGitSubtree()
{
    static const QString why = [] {
        const Scratch scratch;
        const QByteArray folder = scratch.git(scratch.path(), {QStringLiteral("--exec-path")});
        return QFile::exists(QString::fromLocal8Bit(folder) + QStringLiteral("/git-subtree"))
            ? QString()
            : QStringLiteral("this machine's git has no git-subtree");
    }();
    return why;
}

/// The rule of this machine's git for '.' at the ends of names, so that ids can be compared.
inline bool installedGitKeepsDots()
{
    static const bool keeps = [] {
        const Scratch scratch;
        const QByteArrayList version = scratch.git(scratch.path(), {QStringLiteral("--version")}).split(' ').value(2).split('.');
        return std::pair(version.value(0).toInt(), version.value(1).toInt()) >= std::pair(2, 42);
    }();
    return keeps;
}

/// Writes commits with exactly the bytes that a case wants, without a work tree.
class History
{
public:
    /// Path → content; a content "-> X" makes a link to X, "commit X" a submodule.
    using Files = QMap<QByteArray, QByteArray>;

    explicit History(const Scratch &scratch, const QString &name = QStringLiteral("repo"))
        : m_scratch(scratch), m_path(scratch.repository(name, {})), m_repository(must(git::Repository::open(m_path)))
    {
    }
    [[nodiscard]] git::Repository &repository() { return m_repository; }
    [[nodiscard]] const QString &path() const { return m_path; }

    git::Oid tree(const Files &files)
    {
        std::vector<git::TreeChange> changes;
        for (auto it = files.cbegin(); it != files.cend(); ++it) {
            if (it->startsWith("commit ")) {
                changes.push_back({it.key(), git::TreeEntry{{}, git::Mode::Submodule, git::Oid::fromHex(it->sliced(7))}});
                continue;
            }
            const bool link = it->startsWith("-> ");
            const auto blob = must(m_repository.writeBlob(link ? it->sliced(3) : *it));
            changes.push_back({it.key(), git::TreeEntry{{}, link ? git::Mode::Link : git::Mode::File, blob}});
        }
        const auto empty = must(m_repository.writeTree({}));
        return must(git::editTree(m_repository, empty, changes));
    }
    /// The next date in seconds; rises mostly.
    qint64 tick() { return m_clock += 60; }
    git::Oid commit(const Files &files, const std::vector<git::Oid> &parents, const QByteArray &message,
                    const QByteArray &author = "Ann Author <ann@example.org> %1 +0200",
                    const QByteArray &committer = "Carl Committer <carl@example.org> %1 -0330",
                    const QByteArray &extraHeaders = {})
    {
        QByteArray bytes = "tree " + tree(files).hex() + '\n';
        for (const auto &parent : parents)
            bytes += "parent " + parent.hex() + '\n';
        const QByteArray date = QByteArray::number(tick());
        bytes += "author " + QByteArray(author).replace("%1", date) + '\n';
        bytes += "committer " + QByteArray(committer).replace("%1", date) + '\n';
        bytes += extraHeaders + '\n' + message;
        return must(m_repository.writeRaw("commit", bytes));
    }
    /// Puts main and the work tree at a commit.
    void checkOut(const git::Oid &commit)
    {
        m_scratch.git(m_path, {QStringLiteral("reset"), QStringLiteral("-q"), QStringLiteral("--hard"), commit.toString()});
    }
    /// What the installed git subtree answers for the checked-out commit; null where it ends with an error.
    git::Oid gitSplit(const QByteArray &prefix, QByteArray *words = nullptr, const QStringList &more = {}) const
    {
        QByteArray out;
        const int code = m_scratch.tryGit(m_path, QStringList{QStringLiteral("subtree"), QStringLiteral("split"), QStringLiteral("-q"),
                                                              QString(QStringLiteral("--prefix=") + QString::fromUtf8(prefix))} + more, &out);
        if (words)
            *words = out;
        return code == 0 ? git::Oid::fromHex(out.right(40)) : git::Oid();
    }

private:
    const Scratch &m_scratch;
    QString m_path;
    git::Repository m_repository;
    qint64 m_clock = 1'600'000'000;
};

} // namespace coppice::test
