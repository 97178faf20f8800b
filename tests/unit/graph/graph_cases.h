// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <graph/graph.h>

namespace coppice::graph::test {

/// A plugin for a catalog made by hand: "pkg:npm/a", and what it depends on as "purl range".
inline library::CatalogEntry entry(const QString &id, const QString &package, const QStringList &dependencies = {}, const QString &version = QStringLiteral("1.0.0"))
{
    library::CatalogEntry made;
    made.plugin.id = id;
    made.plugin.prefix = "plugins/" + id.toUtf8();
    made.manifest.name = {id, QStringLiteral("package.json")};
    made.manifest.version = {version, QStringLiteral("package.json")};
    if (!package.isEmpty())
        made.manifest.packages.push_back({package, version, QStringLiteral("package.json")});
    for (const auto &dependency : dependencies) {
        manifest::Dependency one;
        one.purl = dependency.section(u' ', 0, 0);
        one.range = dependency.section(u' ', 1);
        one.source = QStringLiteral("package.json");
        made.manifest.dependencies.push_back(one);
    }
    return made;
}

/// "a>b" pairs over npm packages of the same names.
inline library::Catalog catalogOf(const QStringList &ids, const QStringList &pairs)
{
    library::Catalog catalog;
    for (const auto &id : ids) {
        QStringList needs;
        for (const auto &pair : pairs) {
            if (pair.section(u'>', 0, 0) == id)
                needs << QString(QStringLiteral("pkg:npm/") + pair.section(u'>', 1) + QStringLiteral(" ^1.0.0"));
        }
        catalog.entries.push_back(entry(id, QStringLiteral("pkg:npm/") + id, needs));
    }
    return catalog;
}

} // namespace coppice::graph::test
