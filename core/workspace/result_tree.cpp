// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"
#include "workspace/files.h"
#include "workspace/ignore_rules.h"
#include "workspace/materialise.h"
#include "workspace/run_folder.h"

#include <QHash>

#include <git2.h>

#include <map>

namespace coppice::workspace {

namespace {

constexpr qint64 largestFile = 32 << 20;
constexpr qint64 largestTotal = 512LL << 20; ///< of files that are new or changed
constexpr size_t mostFiles = 100'000;
constexpr size_t mostLeftOut = 1000;

/// All files of the base tree, and its folders.
struct BaseFiles {
    QHash<QByteArray, git::TreeEntry> files;
    QHash<QByteArray, bool> folders;

    Result<> read(const git::Repository &repository, const git::Oid &tree, const QByteArray &path)
    {
        COPPICE_TRY(const auto entries, repository.tree(tree));
        for (const auto &entry : entries) {
            const QByteArray here = path.isEmpty() ? entry.name : QByteArray(path + '/' + entry.name);
            if (entry.mode == git::Mode::Tree) {
                folders[here] = true;
                COPPICE_CHECK(read(repository, entry.id, here));
            } else {
                files[here] = entry;
            }
            if (size_t(files.size()) > mostFiles)
                return fail(QStringLiteral("workspace.files"), QStringLiteral("The plugin has more than %1 files").arg(mostFiles), {});
        }
        return {};
    }
};

/// The id that bytes have as a blob.
git::Oid blobId(const QByteArray &bytes)
{
    git_oid id{};
    git_odb_hash(&id, bytes.constData(), size_t(bytes.size()), GIT_OBJECT_BLOB);
    return git::Oid::fromRaw(id.id);
}

/// The tree to be: entries by folder.
class TreeBuilder
{
public:
    void add(const QByteArray &path, git::TreeEntry entry)
    {
        Folder *folder = &m_root;
        const auto parts = path.split('/');
        for (qsizetype i = 0; i + 1 < parts.size(); ++i)
            folder = &folder->folders[parts[i]];
        entry.name = parts.last();
        folder->entries.push_back(std::move(entry));
    }
    Result<git::Oid> write(git::Repository &repository) const { return write(repository, m_root); }

private:
    struct Folder {
        std::map<QByteArray, Folder> folders;
        std::vector<git::TreeEntry> entries;
    };
    static Result<git::Oid> write(git::Repository &repository, const Folder &folder)
    {
        std::vector<git::TreeEntry> entries = folder.entries;
        for (const auto &[name, below] : folder.folders) {
            COPPICE_TRY(const git::Oid id, write(repository, below));
            entries.push_back({name, git::Mode::Tree, id});
        }
        return repository.writeTree(std::move(entries));
    }
    Folder m_root;
};

/// Goes through a work folder; what was found is written only when all of it is within the bounds.
class Capture
{
public:
    Capture(git::Repository &library, const BaseFiles &base, const IgnoreRules &rules) : m_library(library), m_base(base), m_rules(rules) { }

    Result<Descend> take(const FoundFile &file)
    {
        const auto &path = file.path;
        if (isGitName(file.name)) {
            leaveOut(path);
            return Descend::No;
        }
        const auto known = m_base.files.constFind(path);
        const bool tracked = known != m_base.files.cend();
        if (S_ISDIR(file.info.st_mode)) {
            if (tracked && known->mode == git::Mode::Submodule) {
                m_tree.add(path, *known);
                return Descend::No;
            }
            // An ignored folder is looked into only for what the base has in it.
            const bool mayHold = m_base.folders.contains(path) || !m_rules.ignores(path, true);
            return mayHold ? Descend::Yes : Descend::No;
        }
        if (!S_ISREG(file.info.st_mode) && !S_ISLNK(file.info.st_mode)) {
            leaveOut(path);
            return Descend::No;
        }
        if (!tracked && m_rules.ignores(path, false))
            return Descend::No;
        if (++m_count > mostFiles)
            return fail(QStringLiteral("workspace.files"), QStringLiteral("There are more than %1 files").arg(mostFiles),
                        QString::fromUtf8(path), QStringLiteral("Have generated files ignored."));
        COPPICE_CHECK(S_ISLNK(file.info.st_mode) ? takeLink(file) : takeFile(file, tracked ? &*known : nullptr));
        return Descend::No;
    }

    Result<git::Oid> write()
    {
        for (const auto &bytes : m_blobs)
            COPPICE_CHECK(m_library.writeBlob(bytes));
        return m_tree.write(m_library);
    }

    std::vector<QByteArray> leftOut;

private:
    void leaveOut(const QByteArray &path)
    {
        if (leftOut.size() < mostLeftOut)
            leftOut.push_back(path);
    }
    Result<> keep(const QByteArray &path, git::Mode mode, const QByteArray &bytes)
    {
        const git::Oid id = blobId(bytes);
        m_tree.add(path, {{}, mode, id});
        if (m_library.has(id))
            return {};
        m_total += bytes.size();
        if (m_total > largestTotal)
            return fail(QStringLiteral("workspace.large"), QStringLiteral("What has changed is larger than %1 bytes").arg(largestTotal), {},
                        QStringLiteral("Have generated files ignored."));
        m_blobs.push_back(bytes);
        return {};
    }
    Result<> takeLink(const FoundFile &file)
    {
        COPPICE_TRY(const QByteArray target, readLink(file));
        return keep(file.path, git::Mode::Link, target);
    }
    Result<> takeFile(const FoundFile &file, const git::TreeEntry *known)
    {
        const auto mode = file.info.st_mode & S_IXUSR ? git::Mode::Executable : git::Mode::File;
        qint64 cap = largestFile;
        if (known && file.info.st_size > cap) { // a large file of the plugin's own may stay as it is
            COPPICE_TRY(cap, m_library.blobSize(known->id));
        }
        COPPICE_TRY(const QByteArray bytes, readFound(file, std::max(cap, largestFile)));
        if (bytes.size() > largestFile && !(known && blobId(bytes) == known->id))
            return fail(QStringLiteral("workspace.file-large"), QStringLiteral("A changed file is larger than %1 bytes").arg(largestFile),
                        QString::fromUtf8(file.path));
        return keep(file.path, mode, bytes);
    }

    git::Repository &m_library;
    const BaseFiles &m_base;
    const IgnoreRules &m_rules;
    TreeBuilder m_tree;
    std::vector<QByteArray> m_blobs;
    qint64 m_total = 0;
    size_t m_count = 0;
};

} // namespace

Result<RunFolder::Captured> RunFolder::resultTree(git::Repository &library, const git::Oid &baseTree) const
{
    COPPICE_TRY(const QByteArray exclude, readFile(gitDir() + QStringLiteral("/info/exclude"), 1 << 20));
    COPPICE_TRY(const IgnoreRules rules, IgnoreRules::make(library, baseTree, exclude));
    BaseFiles base;
    COPPICE_CHECK(base.read(library, baseTree, {}));
    Capture capture(library, base, rules);
    COPPICE_CHECK(walkFolder(work(), [&](const FoundFile &file) { return capture.take(file); }));
    COPPICE_TRY(const git::Oid tree, capture.write());
    return Captured{tree, std::move(capture.leftOut)};
}

} // namespace coppice::workspace
