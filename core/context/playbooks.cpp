// SPDX-License-Identifier: GPL-3.0-or-later
#include "context/context.h"

#include "base/paths.h"

#include <QDir>
#include <QFile>

namespace coppice::context {

namespace {

const QByteArray playbooksPath = "templates/playbooks";
constexpr qint64 fileCap = 256 * 1024;

/// Names of the folders below a path of a commit's tree; empty where there is no such path.
Result<QStringList> foldersAt(const git::Repository &repository, const git::Oid &head, const QByteArray &path)
{
    if (head.isNull())
        return QStringList();
    COPPICE_TRY(const git::Oid root, repository.treeOf(head));
    COPPICE_TRY(const auto entry, repository.entryAt(root, path));
    if (!entry || entry->mode != git::Mode::Tree)
        return QStringList();
    COPPICE_TRY(const auto entries, repository.tree(entry->id));
    QStringList names;
    for (const auto &one : entries) {
        if (one.mode == git::Mode::Tree)
            names << QString::fromUtf8(one.name);
    }
    return names;
}

QStringList shippedNames()
{
    const auto folder = dataDir(QStringLiteral("templates"));
    return folder ? QDir(*folder + QStringLiteral("/playbooks")).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name)
                  : QStringList();
}

} // namespace

Result<playbooks::Playbook> findPlaybook(const git::Repository &repository, const git::Oid &head, const QString &name)
{
    COPPICE_TRY(const QStringList own, foldersAt(repository, head, playbooksPath));
    if (own.contains(name)) {
        COPPICE_TRY(const git::Oid root, repository.treeOf(head));
        return playbooks::parsePlaybook(name, [&](const QString &file) -> std::optional<QByteArray> {
            const auto entry = repository.entryAt(root, QByteArray(playbooksPath + '/' + name.toUtf8() + '/' + file.toUtf8()));
            if (!entry || !*entry || ((*entry)->mode != git::Mode::File && (*entry)->mode != git::Mode::Executable))
                return std::nullopt;
            const auto bytes = repository.blob((*entry)->id, fileCap);
            return bytes ? std::optional(*bytes) : std::nullopt;
        });
    }
    if (shippedNames().contains(name)) {
        COPPICE_TRY(const QString folder, dataDir(QStringLiteral("templates")));
        return playbooks::parsePlaybook(name, [&](const QString &file) -> std::optional<QByteArray> {
            const auto bytes = readFile(folder + QStringLiteral("/playbooks/") + name + u'/' + file, fileCap);
            return bytes ? std::optional(*bytes) : std::nullopt;
        });
    }
    COPPICE_TRY(const QStringList known, playbookNames(repository, head));
    return failNotFound(QStringLiteral("playbook.unknown"), QStringLiteral("There is no playbook of this name"), name,
                        QStringLiteral("There are: %1.").arg(known.join(QStringLiteral(", "))));
}

Result<QStringList> playbookNames(const git::Repository &repository, const git::Oid &head)
{
    COPPICE_TRY(QStringList names, foldersAt(repository, head, playbooksPath));
    names += shippedNames();
    names.removeDuplicates();
    names.sort();
    return names;
}

} // namespace coppice::context
