// SPDX-License-Identifier: GPL-3.0-or-later
#include "context/home_files.h"

#include "base/paths.h"

#include <QDir>
#include <QDirIterator>

namespace coppice::context {

namespace {

constexpr size_t mostSkills = 64;
constexpr qsizetype mostFiles = 32;
constexpr qint64 mostBytes = 1 << 20;
constexpr int deepest = 4;
const QByteArray playbooksPath = "templates/playbooks/";

/// Collects a skill's files as long as they stay within bounds.
class Collector
{
public:
    /// False when it has become too large.
    bool add(const QString &path, const QByteArray &bytes)
    {
        m_bytes += bytes.size();
        if (m_files.size() >= mostFiles || m_bytes > mostBytes)
            return false;
        m_files[path] = bytes;
        return true;
    }
    [[nodiscard]] qint64 room() const { return mostBytes - m_bytes; }
    [[nodiscard]] const QMap<QString, QByteArray> &files() const { return m_files; }

private:
    QMap<QString, QByteArray> m_files;
    qint64 m_bytes = 0;
};

Result<bool> addTree(Collector &collector, const git::Repository &repository, const git::Oid &tree, const QString &below, int depth)
{
    if (depth > deepest)
        return false;
    COPPICE_TRY(const auto entries, repository.tree(tree));
    for (const auto &entry : entries) {
        const QString path = below + QString::fromUtf8(entry.name);
        if (entry.mode == git::Mode::Tree) {
            COPPICE_TRY(const bool whole, addTree(collector, repository, entry.id, path + u'/', depth + 1));
            if (!whole)
                return false;
        } else if (entry.mode == git::Mode::File || entry.mode == git::Mode::Executable) {
            COPPICE_TRY(const qint64 size, repository.blobSize(entry.id));
            if (size > collector.room() || !isSafeRelative(path.toUtf8()))
                return false;
            COPPICE_TRY(const QByteArray bytes, repository.blob(entry.id));
            if (!collector.add(path, bytes))
                return false;
        }
    }
    return true;
}

Result<bool> addShipped(Collector &collector, const QString &name)
{
    COPPICE_TRY(const QString templates, dataDir(QStringLiteral("templates")));
    const QDir folder(templates + QStringLiteral("/playbooks/") + name);
    QDirIterator files(folder.path(), QDir::Files | QDir::NoSymLinks, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString path = files.next();
        COPPICE_TRY(const QByteArray bytes, readFile(path, mostBytes));
        if (!collector.add(folder.relativeFilePath(path), bytes))
            return false;
    }
    return true;
}

} // namespace

Result<std::vector<SkillFolder>> skillFolders(const git::Repository &repository, const git::Oid &head)
{
    std::vector<SkillFolder> skills;
    COPPICE_TRY(const QStringList names, playbookNames(repository, head));
    COPPICE_TRY(const git::Oid root, repository.treeOf(head));
    for (const QString &name : names) {
        const auto playbook = findPlaybook(repository, head, name);
        if (!playbook || playbook->deploys)
            continue;
        Collector collector;
        COPPICE_TRY(const auto entry, repository.entryAt(root, QByteArray(playbooksPath + name.toUtf8())));
        COPPICE_TRY(const bool whole, entry && entry->mode == git::Mode::Tree ? addTree(collector, repository, entry->id, {}, 0)
                                                                               : addShipped(collector, name));
        if (whole)
            skills.push_back({name, collector.files()});
        if (skills.size() == mostSkills)
            break;
    }
    return skills;
}

QMap<QString, QByteArray> homeFilesFor(const Context &context, const std::vector<SkillFolder> &skills)
{
    QMap<QString, QByteArray> files;
    for (const SkillFolder &skill : skills) {
        for (auto it = skill.files.begin(); it != skill.files.end(); ++it) {
            for (const char *place : {".claude/skills/", ".agents/skills/"})
                files[QLatin1String(place) + skill.name + u'/' + it.key()] = *it;
        }
    }
    QByteArray shared;
    for (const Part &part : context.parts) {
        if (part.title == QLatin1String("Shared instructions") && !part.untrusted)
            shared += part.text.trimmed().toUtf8() + "\n\n";
    }
    if (!shared.isEmpty()) {
        for (const char *place : {".claude/CLAUDE.md", ".gemini/GEMINI.md", ".codex/AGENTS.md"})
            files[QLatin1String(place)] = shared.trimmed() + '\n';
    }
    return files;
}

} // namespace coppice::context
