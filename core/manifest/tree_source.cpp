// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/manifest.h"

namespace coppice::manifest {

namespace {

constexpr qint64 largestFile = 1 << 20;
constexpr qint64 largestLock = 16 << 20;
constexpr size_t mostNames = 20'000;

class TreeSource final : public FileSource
{
public:
    TreeSource(const git::Repository &repository, git::Oid tree) : m_repository(repository), m_tree(tree) { }

    QStringList list(const QString &folder) const override
    {
        git::Oid id = m_tree;
        if (!folder.isEmpty()) {
            const auto entry = m_repository.entryAt(m_tree, folder.toUtf8());
            if (!entry || !*entry || (*entry)->mode != git::Mode::Tree)
                return {};
            id = (*entry)->id;
        }
        QStringList names;
        const auto entries = m_repository.tree(id);
        if (!entries)
            return names;
        for (const auto &entry : *entries) {
            if (size_t(names.size()) >= mostNames)
                break;
            if (entry.mode == git::Mode::Tree)
                names << QString(QString::fromUtf8(entry.name) + u'/');
            else if (entry.mode != git::Mode::Submodule)
                names << QString::fromUtf8(entry.name);
        }
        return names;
    }

    std::optional<QByteArray> read(const QString &path) const override { return upTo(path, largestFile); }
    std::optional<QByteArray> readLock(const QString &path) const override { return upTo(path, largestLock); }

private:
    std::optional<QByteArray> upTo(const QString &path, qint64 most) const
    {
        const auto entry = m_repository.entryAt(m_tree, path.toUtf8());
        if (!entry || !*entry || ((*entry)->mode != git::Mode::File && (*entry)->mode != git::Mode::Executable))
            return std::nullopt;
        auto bytes = m_repository.blob((*entry)->id, most);
        return bytes ? std::optional(*bytes) : std::nullopt;
    }

    const git::Repository &m_repository;
    git::Oid m_tree;
};

} // namespace

std::unique_ptr<FileSource> treeSource(const git::Repository &repository, const git::Oid &tree)
{
    return std::make_unique<TreeSource>(repository, tree);
}

} // namespace coppice::manifest
