// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/probe.h"

#include <text/hidden.h>

#include <QSet>

#include <algorithm>

namespace coppice::health {

namespace {

constexpr size_t mostFiles = 20'000;
constexpr qint64 largestFile = 1 << 20;
constexpr qint64 mostBytes = 64 << 20;
constexpr int deepest = 32;

/// Folders of what others wrote, or programs made.
bool isForeign(const QByteArray &name)
{
    static const QSet<QByteArray> names{"node_modules", "vendor", "third_party", "dist", "build", "target", ".venv", "venv", "__pycache__",
                                        ".git", ".tox", ".next", ".nuxt", "coverage", "site-packages", "bower_components"};
    return names.contains(name);
}

} // namespace

QString factText(const QString &text, qsizetype cap)
{
    return text::plain(text.left(cap * 4).simplified(), cap).trimmed();
}

PluginFiles::PluginFiles(const git::Repository &repository, const git::Oid &tree) : m_repository(repository)
{
    walk(tree, {}, 0);
    std::ranges::sort(m_files, {}, &File::path);
}

void PluginFiles::walk(const git::Oid &tree, const QByteArray &folder, int depth)
{
    if (tree.isNull())
        return;
    const auto entries = m_repository.tree(tree);
    if (!entries || depth > deepest) {
        m_complete = false;
        return;
    }
    for (const auto &entry : *entries) {
        const QByteArray path = folder + entry.name;
        if (m_files.size() >= mostFiles) {
            m_complete = false;
            return;
        }
        if (entry.mode == git::Mode::Tree) {
            if (!isForeign(entry.name))
                walk(entry.id, path + '/', depth + 1);
        } else if (entry.mode != git::Mode::Submodule) {
            m_files.push_back({path, entry.mode, entry.id});
        }
    }
}

const PluginFiles::File *PluginFiles::find(QByteArrayView path) const
{
    const auto it = std::lower_bound(m_files.begin(), m_files.end(), path, [](const File &file, QByteArrayView wanted) { return file.path < wanted; });
    return it != m_files.end() && it->path == path ? &*it : nullptr;
}

std::optional<QByteArray> PluginFiles::read(const File &file)
{
    if (file.mode == git::Mode::Link)
        return std::nullopt;
    if (const auto there = m_read.constFind(file.id); there != m_read.cend())
        return *there;
    if (m_bytes >= mostBytes)
        return std::nullopt;
    auto bytes = m_repository.blob(file.id, largestFile);
    if (!bytes)
        return std::nullopt;
    m_bytes += bytes->size();
    return *m_read.insert(file.id, std::move(*bytes));
}

std::optional<QByteArray> PluginFiles::read(QByteArrayView path)
{
    const auto *file = find(path);
    return file ? read(*file) : std::nullopt;
}

} // namespace coppice::health
