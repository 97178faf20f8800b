// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/wip.h"

#include "base/clock.h"

namespace coppice::runs {

using namespace Qt::StringLiterals;

Wip::Wip(QString libraryGitDir, workspace::RunFolder folder, QString run, git::Oid baseTree)
    : m_gitDir(std::move(libraryGitDir)), m_folder(std::move(folder)), m_run(std::move(run)), m_baseTree(std::move(baseTree))
{
}

QString Wip::refName(const QString &run)
{
    return u"refs/coppice/wip/"_s + run;
}

Result<git::Oid> Wip::save()
{
    const std::lock_guard lock(m_mutex);
    m_last = std::chrono::steady_clock::now();
    COPPICE_TRY(auto repository, git::Repository::open(m_gitDir));
    COPPICE_TRY(const auto captured, m_folder.resultTree(repository, m_baseTree));
    if (captured.tree == m_saved)
        return m_saved;
    // A commit and not the bare tree: tools that walk references expect one.
    const git::Signature who = repository.defaultSignature();
    // One after the other: what a new attempt begins anew is still found behind it.
    COPPICE_TRY(const git::Oid before, repository.refTarget(refName(m_run)));
    COPPICE_TRY(const git::Oid commit, repository.writeCommit(captured.tree, before.isNull() ? std::vector<git::Oid>() : std::vector{before},
                                                              who, who, "work in progress of run " + m_run.toUtf8() + '\n'));
    COPPICE_CHECK(repository.setRef(refName(m_run), commit, std::nullopt, u"wip"_s));
    m_saved = captured.tree;
    return m_saved;
}

void Wip::saveNowAndThen(std::chrono::seconds every)
{
    {
        const std::lock_guard lock(m_mutex);
        if (std::chrono::steady_clock::now() - m_last < every)
            return;
    }
    static_cast<void>(save());
}

git::Oid Wip::saved() const
{
    const std::lock_guard lock(m_mutex);
    return m_saved;
}

Result<> Wip::forget(git::Repository &repository, const QString &run)
{
    COPPICE_TRY(const git::Oid there, repository.refTarget(refName(run)));
    return there.isNull() ? Result<>() : repository.deleteRef(refName(run));
}

} // namespace coppice::runs
