// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/clock.h>
#include <engine/session.h>
#include <library/library.h>

#include <QJsonArray>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

Result<library::Catalog> scan(Context &context)
{
    COPPICE_TRY(auto *session, context.session());
    return session->library().scan(session->state(), context.stop(), context.progress());
}

QJsonObject summary(const library::CatalogEntry &entry)
{
    const auto &manifest = entry.manifest;
    QJsonArray environment;
    for (const auto &variable : manifest.environment)
        environment.append(QJsonObject{{u"name"_s, variable.name},
                                       {u"description"_s, variable.description},
                                       {u"required"_s, variable.required},
                                       {u"secret"_s, variable.secret},
                                       {u"default"_s, orNull(variable.defaultValue)},
                                       {u"source"_s, variable.source}});
    return {{u"name"_s, entry.plugin.id},
            {u"prefix"_s, QString::fromUtf8(entry.plugin.prefix)},
            {u"version"_s, orNull(manifest.version.value)},
            {u"language"_s, orNull(manifest.language.value)},
            {u"description"_s, orNull(manifest.description.value)},
            {u"upstream"_s, entry.plugin.settings.upstream ? QJsonValue(entry.plugin.settings.upstream->url) : QJsonValue()},
            {u"owners"_s, QJsonArray::fromStringList(entry.plugin.settings.owners)},
            {u"tree"_s, entry.tree.toString()},
            {u"findings"_s, qint64(manifest.findings.size())},
            {u"environment"_s, environment}};
}

QJsonArray problemsJson(const std::vector<library::Problem> &problems)
{
    QJsonArray array;
    for (const auto &problem : problems)
        array.append(QJsonObject{{u"where"_s, problem.where()}, {u"text"_s, problem.text}, {u"warning"_s, problem.warning}});
    return array;
}

QString problemsText(const std::vector<library::Problem> &problems)
{
    QStringList lines;
    for (const auto &problem : problems)
        lines << QString(problem.where() + u": " + problem.text);
    return lines.join(u'\n');
}

Result<int> list(Context &context)
{
    COPPICE_TRY(const auto catalog, scan(context));
    QJsonArray plugins;
    QList<QStringList> rows{{u"PLUGIN"_s, u"VERSION"_s, u"LANGUAGE"_s, u"VARIABLES"_s, u"PREFIX"_s}};
    for (const auto &entry : catalog.entries) {
        plugins.append(summary(entry));
        const auto shown = [](const QString &text) { return text.isEmpty() ? u"-"_s : text; };
        rows << QStringList{entry.plugin.id, shown(entry.manifest.version.value), shown(entry.manifest.language.value),
                            QString::number(entry.manifest.environment.size()), QString::fromUtf8(entry.plugin.prefix)};
    }
    QString text = catalog.entries.empty() ? u"The library holds no plugin yet. Add one: coppicectl plugins add URL --name ID"_s : table(rows);
    if (!catalog.problems.empty())
        text += u"\n\n" + problemsText(catalog.problems);
    context.answer({{u"plugins"_s, plugins},
                    {u"head"_s, orNull(catalog.head.isNull() ? QString() : catalog.head.toString())},
                    {u"problems"_s, problemsJson(catalog.problems)},
                    {u"blobs_read"_s, catalog.blobsRead}},
                   text);
    return 0;
}

Result<const library::CatalogEntry *> find(const library::Catalog &catalog, const QString &id)
{
    if (const auto *entry = catalog.find(id))
        return entry;
    return failNotFound(u"plugin.unknown"_s, u"The library has no such plugin"_s, id, u"See coppicectl plugins list."_s);
}

Result<int> show(Context &context, const QString &id)
{
    COPPICE_TRY(const auto catalog, scan(context));
    COPPICE_TRY(const auto *entry, find(catalog, id));
    const auto &plugin = entry->plugin;
    const auto &settings = plugin.settings;
    QJsonObject document = summary(*entry);
    document[u"manifest"_s] = manifest::toJson(entry->manifest);
    document[u"problems"_s] = problemsJson(settings.problems);
    QJsonObject commands;
    for (auto it = plugin.commands.cbegin(); it != plugin.commands.cend(); ++it)
        commands[it.key()] = QJsonObject{{u"line"_s, it->line}, {u"detected"_s, it->detected}};
    document[u"commands"_s] = commands;
    document[u"deploy_to"_s] = QJsonArray::fromStringList(settings.deployBinds);
    document[u"needs"_s] = QJsonArray::fromStringList(settings.needs);
    document[u"tracker"_s] = orNull(settings.tracker);
    document[u"settings_file"_s] = settings.present ? QJsonValue(QString::fromUtf8(library::pluginSettingsFile(id))) : QJsonValue();
    QJsonArray waivers;
    for (const auto &waiver : settings.waivers)
        waivers.append(QJsonObject{{u"what"_s, waiver.what}, {u"why"_s, waiver.why}, {u"until"_s, orNull(waiver.until)}});
    document[u"waivers"_s] = waivers;

    const auto &m = entry->manifest;
    QList<QStringList> rows;
    const auto field = [&](const QString &name, const manifest::Sourced<QString> &value) {
        if (value.isSet())
            rows << QStringList{name, value.value, QString(u"("_s + value.source + u')')};
    };
    rows << QStringList{u"prefix"_s, QString::fromUtf8(plugin.prefix), {}};
    field(u"name"_s, m.name);
    field(u"version"_s, m.version);
    field(u"language"_s, m.language);
    field(u"license"_s, m.license);
    field(u"description"_s, m.description);
    if (settings.upstream)
        rows << QStringList{u"upstream"_s, settings.upstream->url, settings.upstream->branch};
    for (auto it = plugin.commands.cbegin(); it != plugin.commands.cend(); ++it)
        rows << QStringList{it.key(), it->line, it->detected ? QString(u"(detected: "_s + m.commands.value(it.key()).source + u')') : u"(set)"_s};
    for (const auto &variable : m.environment)
        rows << QStringList{variable.name, QString((variable.required ? u"required "_s : QString()) + (variable.secret ? u"secret "_s : QString()) + variable.description).trimmed(),
                            QString(u"("_s + variable.source + u')')};
    QString text = plugin.id + u'\n' + table(rows);
    for (const auto &finding : m.findings)
        text += u'\n' + finding.where + u": " + finding.text;
    if (!settings.problems.empty())
        text += u'\n' + problemsText(settings.problems);
    context.answer(document, text);
    return 0;
}

Result<int> check(Context &context, const QString &only)
{
    COPPICE_TRY(const auto catalog, scan(context));
    if (!only.isEmpty())
        COPPICE_CHECK(find(catalog, only));
    QJsonArray findings;
    QStringList lines;
    bool serious = false;
    const auto add = [&](const QString &plugin, const QString &severity, const QString &code, const QString &text, const QString &where) {
        findings.append(QJsonObject{{u"plugin"_s, orNull(plugin)}, {u"severity"_s, severity}, {u"code"_s, code}, {u"text"_s, text}, {u"where"_s, where}});
        lines << QString(where + u": " + severity + u": " + text);
        serious = serious || severity != "note"_L1;
    };
    constexpr const char *severities[] = {"note", "warning", "error"};
    for (const auto &problem : catalog.problems) {
        const bool own = only.isEmpty() || problem.file == QString::fromUtf8(library::pluginSettingsFile(only));
        if (own)
            add(problem.file.startsWith(QString::fromUtf8(library::pluginSettingsFolder)) ? problem.file.section(u'/', -1).chopped(5) : QString(),
                problem.warning ? u"warning"_s : u"error"_s, u"settings"_s, problem.text, problem.where());
    }
    for (const auto &entry : catalog.entries) {
        if (!only.isEmpty() && entry.plugin.id != only)
            continue;
        for (const auto &finding : entry.manifest.findings)
            add(entry.plugin.id, QLatin1String(severities[int(finding.severity)]), finding.code, finding.text,
                QString(QString::fromUtf8(entry.plugin.prefix) + u'/' + finding.where));
    }
    context.answer({{u"findings"_s, findings}}, lines.isEmpty() ? u"Nothing found."_s : lines.join(u'\n'));
    return serious ? 1 : 0;
}

Result<int> remove(Context &context, const QString &id)
{
    COPPICE_TRY(const auto answer, context.call(u"plugins.remove"_s, {{u"plugin"_s, id}}));
    context.answer(answer, u"%1 is no longer in the library (commit %2). Its upstream was not touched."_s.arg(id, answer[u"commit"_s].toString().left(8)));
    return 0;
}

const Definition plugins([](Verb &root, Context &context) {
    auto *all = group(root, "plugins", "The plugins of the library");
    all->addSubcommand("list", "Every plugin with version, language and declared variables")->callback([&context] { context.setAction(list); });
    const auto named = [&](const char *name, const char *description, bool required, Result<int> (*action)(Context &, const QString &)) {
        const auto id = std::make_shared<std::string>();
        auto *command = all->addSubcommand(name, description);
        command->addOption("PLUGIN", *id, "The plugin's id")->required(required);
        command->callback([id, &context, action] { context.setAction([id, action](Context &c) { return action(c, q(*id)); }); });
    };
    named("show", "One plugin, each fact with the file it comes from", true, show);
    named("check", "What is wrong with manifests and settings; exit 1 when something is", false, check);
    named("remove", "Take a plugin out of the library in one commit; its upstream stays", true, remove);
});

} // namespace

} // namespace coppice::ctl
