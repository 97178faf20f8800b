// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fault.h"
#include "git/handles.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace coppice::git {

namespace {

/// Another process holds a reference's lock for milliseconds only; git itself waits for it, too.
template <class Step> int whenUnlocked(const Step &step)
{
    int rc = 0;
    for (int tries = 0; tries < 100; ++tries) {
        rc = step();
        if (rc != GIT_ELOCKED)
            return rc;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return rc;
}

} // namespace

QString Repository::headBranch() const
{
    ReferencePtr head;
    if (git_reference_lookup(Out(head), m_handle->repo.get(), "HEAD") < 0)
        return {};
    if (git_reference_type(head.get()) != GIT_REFERENCE_SYMBOLIC)
        return {};
    return QString::fromUtf8(git_reference_symbolic_target(head.get()));
}

Result<Oid> Repository::resolve(const QString &revision) const
{
    ObjectPtr object;
    if (const int rc = git_revparse_single(Out(object), m_handle->repo.get(), revision.toUtf8().constData()); rc < 0) {
        if (rc == GIT_EAMBIGUOUS)
            return failUsage(QStringLiteral("git.ambiguous"), QStringLiteral("Several objects have ids that begin so"), revision,
                             QStringLiteral("Give more digits."));
        if (rc == GIT_ENOTFOUND || rc == GIT_EINVALIDSPEC)
            return failNotFound(QStringLiteral("git.no-revision"), QStringLiteral("The repository has no such revision"), revision);
        return gitError(rc, QStringLiteral("Cannot read a revision"), revision);
    }
    ObjectPtr peeled;
    if (git_object_peel(Out(peeled), object.get(), GIT_OBJECT_COMMIT) < 0)
        return failNotFound(QStringLiteral("git.no-commit"), QStringLiteral("This revision is not a commit"), revision);
    return fromGit(*git_object_id(peeled.get()));
}

Result<Oid> Repository::refTarget(const QString &fullName) const
{
    git_oid id;
    const int rc = git_reference_name_to_id(&id, m_handle->repo.get(), fullName.toUtf8().constData());
    if (rc == GIT_ENOTFOUND)
        return Oid{};
    if (rc < 0)
        return gitError(rc, QStringLiteral("Cannot read a reference"), fullName);
    return fromGit(id);
}

Result<std::vector<std::pair<QString, Oid>>> Repository::refs(const QString &prefix) const
{
    std::vector<std::pair<QString, Oid>> found;
    ReferenceIteratorPtr iterator;
    if (const int rc = git_reference_iterator_new(Out(iterator), m_handle->repo.get()); rc < 0)
        return gitError(rc, QStringLiteral("Cannot list the references"), prefix);
    const QByteArray start = prefix.toUtf8();
    const char *name = nullptr;
    int rc = 0;
    while ((rc = git_reference_next_name(&name, iterator.get())) == 0) {
        if (!QByteArrayView(name).startsWith(start))
            continue;
        git_oid id;
        if (git_reference_name_to_id(&id, m_handle->repo.get(), name) == 0) // a dangling symbolic one has no target
            found.emplace_back(QString::fromUtf8(name), fromGit(id));
    }
    if (rc != GIT_ITEROVER)
        return gitError(rc, QStringLiteral("Cannot list the references"), prefix);
    std::sort(found.begin(), found.end());
    return found;
}

Result<> Repository::setRef(const QString &fullName, const Oid &target, std::optional<Oid> expected, const QString &reason)
{
    const QByteArray name = fullName.toUtf8();
    const QByteArray message = reason.simplified().left(500).toUtf8();
    const git_oid id = toGit(target);
    const git_oid before = toGit(expected.value_or(Oid{}));
    faultPoint("reference.before");
    const int rc = whenUnlocked([&] {
        ReferencePtr made;
        return git_reference_create_matching(Out(made), m_handle->repo.get(), name.constData(), &id, 1,
                                             expected ? &before : nullptr, message.constData());
    });
    faultPoint("reference.after");
    if (rc == 0)
        return {};
    if (rc == GIT_EMODIFIED || (rc == GIT_ENOTFOUND && expected))
        return fail(QStringLiteral("git.ref-moved"),
                    expected->isNull() ? QStringLiteral("A reference exists already")
                                       : QStringLiteral("A reference is not at %1 any more").arg(expected->shown()),
                    fullName, QStringLiteral("Look at the new state and try again."));
    return gitError(rc, QStringLiteral("Cannot move a reference"), fullName);
}

Result<> Repository::deleteRef(const QString &fullName)
{
    const QByteArray name = fullName.toUtf8();
    faultPoint("reference.before");
    const int rc = whenUnlocked([&] { return git_reference_remove(m_handle->repo.get(), name.constData()); });
    faultPoint("reference.after");
    if (rc < 0 && rc != GIT_ENOTFOUND)
        return gitError(rc, QStringLiteral("Cannot delete a reference"), fullName);
    return {};
}

} // namespace coppice::git
