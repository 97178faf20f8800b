// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/dependents.h"

#include <manifest/purl.h>

#include <QUrl>

namespace coppice::library {

namespace {

/// A package by its kind and name, as manifests spell it: "pkg:npm/%40scope/name".
QString keyOf(const QString &type, QString name)
{
    if (type == u"maven")
        name.replace(u':', u'/');
    return manifest::purl(type, name);
}

QString typeOf(const QString &language)
{
    static const QHash<QString, QString> types{
        {QStringLiteral("node"), QStringLiteral("npm")},      {QStringLiteral("javascript"), QStringLiteral("npm")},
        {QStringLiteral("typescript"), QStringLiteral("npm")}, {QStringLiteral("python"), QStringLiteral("pypi")},
        {QStringLiteral("go"), QStringLiteral("golang")},      {QStringLiteral("rust"), QStringLiteral("cargo")},
        {QStringLiteral("java"), QStringLiteral("maven")}};
    return types.value(language);
}

} // namespace

Dependents::Dependents(const Catalog &catalog)
{
    QHash<QString, QStringList> plugins; // by package
    for (const auto &entry : catalog.entries) {
        const QString type = typeOf(entry.manifest.language.value);
        if (!type.isEmpty() && !entry.manifest.name.value.isEmpty())
            plugins[keyOf(type, entry.manifest.name.value)] << entry.plugin.id;
    }
    for (const auto &entry : catalog.entries) {
        const auto add = [&](const QString &plugin) {
            auto &all = m_dependents[plugin];
            if (plugin != entry.plugin.id && (all.isEmpty() || all.back() != entry.plugin.id)) // entries come one by one
                all << entry.plugin.id;
        };
        for (const auto &needed : entry.plugin.settings.needs)
            add(needed);
        for (const auto &dependency : entry.manifest.dependencies) {
            const QString package = dependency.purl.mid(QLatin1String("pkg:").size());
            const auto named = plugins.constFind(keyOf(package.section(u'/', 0, 0), QUrl::fromPercentEncoding(package.section(u'/', 1).toUtf8())));
            for (const auto &plugin : named == plugins.cend() ? QStringList() : *named)
                add(plugin);
        }
    }
}

} // namespace coppice::library
