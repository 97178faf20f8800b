// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/builder.h"

#include <QDir>
#include <QRegularExpression>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostMembers = 200;
constexpr int mostVisited = 2000;
constexpr int deepestAnywhere = 4; ///< levels of "**"

class Expansion
{
public:
    Expansion(Builder &builder, const QString &file) : m_builder(builder), m_file(file) { }

    void take(const QString &folder, const QStringList &rest, int anywhere = 0)
    {
        if (m_found.size() >= mostMembers || ++m_visited > mostVisited)
            return;
        if (rest.isEmpty()) {
            if (!folder.isEmpty() && m_builder.list(folder).contains(m_file) && !m_found.contains(folder))
                m_found << folder;
            return;
        }
        const QString &part = rest.front();
        const bool any = part == "**"_L1;
        if (any)
            take(folder, rest.mid(1), 0);
        if (any && anywhere >= deepestAnywhere)
            return;
        const bool wild = any || part.contains(u'*') || part.contains(u'?') || part.contains(u'[');
        const QRegularExpression shape = wild && !any ? QRegularExpression::fromWildcard(part) : QRegularExpression();
        const QStringList names = m_builder.list(folder);
        for (const auto &listed : names) {
            if (!listed.endsWith(u'/'))
                continue;
            const QString name = listed.chopped(1);
            const bool hidden = name.startsWith(u'.') || name == "node_modules"_L1 || name == "target"_L1 || name == "vendor"_L1;
            if (wild ? hidden || (!any && !shape.match(name).hasMatch()) : name != part)
                continue;
            const QString inner = folder.isEmpty() ? name : QString(folder + u'/' + name);
            take(inner, any ? rest : rest.mid(1), any ? anywhere + 1 : 0);
        }
    }
    [[nodiscard]] QStringList found() const { return m_found; }

private:
    Builder &m_builder;
    const QString &m_file;
    QStringList m_found;
    int m_visited = 0;
};

QStringList partsOf(const QString &pattern)
{
    const QString clean = QDir::cleanPath(pattern.left(500));
    if (clean.startsWith(u'/') || clean.startsWith(".."_L1) || clean == "."_L1)
        return {};
    return clean.split(u'/', Qt::SkipEmptyParts);
}

} // namespace

QStringList memberFolders(Builder &builder, const QStringList &patterns, const QString &file)
{
    Expansion found(builder, file), without(builder, file);
    for (const auto &pattern : patterns.mid(0, 200)) {
        const bool isOut = pattern.startsWith(u'!');
        const QStringList parts = partsOf(isOut ? pattern.mid(1) : pattern);
        if (!parts.isEmpty())
            (isOut ? without : found).take({}, parts);
    }
    QStringList folders = found.found();
    const QStringList left = without.found();
    folders.removeIf([&](const QString &folder) { return left.contains(folder); });
    folders.sort();
    return folders;
}

} // namespace coppice::manifest
