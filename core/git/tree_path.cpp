// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/tree_path.h"

#include <QByteArrayList>

namespace coppice::git {

bool isUnder(const QByteArray &path, const QByteArray &folder)
{
    return path.size() > folder.size() && path.startsWith(folder) && path[folder.size()] == '/';
}

QByteArray folderOf(const QByteArray &path)
{
    const qsizetype slash = path.lastIndexOf('/');
    return slash < 0 ? QByteArray() : path.left(slash);
}

std::optional<QByteArray> normalised(const QByteArray &path)
{
    QByteArrayList parts;
    for (const auto &part : path.split('/')) {
        if (part.isEmpty() || part == ".")
            continue;
        if (part != "..")
            parts << part;
        else if (parts.isEmpty())
            return std::nullopt;
        else
            parts.removeLast();
    }
    return parts.join('/');
}

QByteArray relativePath(const QByteArray &fromFolder, const QByteArray &to)
{
    QByteArrayList from = fromFolder.isEmpty() ? QByteArrayList() : fromFolder.split('/');
    QByteArrayList target = to.split('/');
    while (!from.isEmpty() && target.size() > 1 && from.front() == target.front()) {
        from.removeFirst();
        target.removeFirst();
    }
    return QByteArray("../").repeated(from.size()) + target.join('/');
}

} // namespace coppice::git
