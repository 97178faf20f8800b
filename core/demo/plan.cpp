// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo/plan.h"

#include "base/json.h"
#include "base/paths.h"

#include <QDirIterator>

#include <algorithm>

namespace coppice::demo {

namespace {

QStringList stringsOf(const QJsonValue &value)
{
    QStringList strings;
    for (const auto &item : value.toArray())
        strings << item.toString();
    return strings;
}

PlannedPlugin pluginOf(const QJsonObject &object)
{
    PlannedPlugin plugin;
    plugin.id = object[u"id"].toString();
    plugin.start = object[u"start"].toString();
    plugin.test = object[u"test"].toString();
    plugin.owners = stringsOf(object[u"owners"]);
    for (const auto &item : object[u"history"].toArray()) {
        const QJsonObject commit = item.toObject();
        plugin.history.push_back({commit[u"message"].toString(), stringsOf(commit[u"files"]), commit[u"tag"].toString()});
    }
    if (object.contains(u"incident")) {
        const QJsonObject incident = object[u"incident"].toObject();
        plugin.incident = {incident[u"playbook"].toString(), incident[u"recipe"].toBool()};
    }
    return plugin;
}

} // namespace

Result<std::vector<PlannedPlugin>> readPlan(const QString &file)
{
    COPPICE_TRY(const QByteArray bytes, readFile(file));
    COPPICE_TRY(const QJsonObject document, parseJsonObject(bytes, file));
    std::vector<PlannedPlugin> plugins;
    for (const auto &item : document[u"plugins"].toArray()) {
        plugins.push_back(pluginOf(item.toObject()));
        const auto &plugin = plugins.back();
        if (plugin.id.isEmpty() || plugin.history.empty() || plugin.history.back().files != QStringList{QStringLiteral("*")})
            return fail(QStringLiteral("demo.plan"),
                        QStringLiteral("A demo plugin needs an id and a history whose last commit brings everything"), file);
    }
    return plugins;
}

QStringList filesBelow(const QString &folder)
{
    QStringList files;
    QDirIterator walk(folder, QDir::Files | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        const QString path = QDir(folder).relativeFilePath(walk.next());
        // Tasks of evaluations lie beside a plugin, with what an agent may not see; and what running its tests in place
        // leaves behind is none of its files.
        if (!path.startsWith(QStringLiteral("tasks/")) && !path.contains(QStringLiteral("__pycache__")) && !path.contains(QStringLiteral("node_modules")))
            files << path;
    }
    files.sort();
    return files;
}

bool isNamedBy(const QString &path, const QStringList &files)
{
    return std::any_of(files.begin(), files.end(), [&](const QString &file) {
        return file == u"*" || file == path || (file.endsWith(u'/') && path.startsWith(file));
    });
}

} // namespace coppice::demo
