// SPDX-License-Identifier: GPL-3.0-or-later
// The MCP registry's server.json and the bundle's manifest.json.
// Sources: github.com/modelcontextprotocol/registry docs/reference/server-json (schemas 2025-07-09 to 2025-12-11);
// github.com/anthropics/mcpb MANIFEST.md (manifest_version 0.1 to 0.4).
#include "manifest/builder.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostItems = 200;

/// A member in either spelling: camelCase (from 2025-09-16 on) or snake_case.
QJsonValue either(const QJsonObject &object, const QString &camel, const QString &snake)
{
    const auto value = object[camel];
    return value.isUndefined() ? object[snake] : value;
}
QByteArray eitherKey(const QJsonObject &object, const char *camel, const char *snake)
{
    return object.contains(QLatin1String(camel)) ? camel : snake;
}

QString scalarText(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    if (value.isDouble())
        return QString::number(value.toDouble(), 'g', 15);
    if (value.isBool())
        return value.toBool() ? u"true"_s : u"false"_s;
    return {};
}

void readVariables(Builder &builder, const JsonFile &file, const QJsonArray &variables, const QByteArray &path)
{
    for (qsizetype i = 0; i < qMin(variables.size(), mostItems * 3); ++i) {
        const auto object = variables[i].toObject();
        EnvironmentVariable variable;
        variable.name = object[u"name"_s].toString();
        variable.description = object[u"description"_s].toString();
        variable.required = either(object, u"isRequired"_s, u"is_required"_s).toBool();
        variable.secret = either(object, u"isSecret"_s, u"is_secret"_s).toBool();
        variable.defaultValue = scalarText(object[u"default"_s]);
        if (variable.defaultValue.isEmpty() && !object[u"value"_s].toString().contains(u'{'))
            variable.defaultValue = object[u"value"_s].toString();
        variable.source = file.source(path + '/' + QByteArray::number(i));
        builder.variable(variable);
    }
}

/// Container images declare their variables as `-e NAME={input}` among the arguments of the run time.
void readRunArguments(Builder &builder, const JsonFile &file, const QJsonArray &arguments, const QByteArray &path)
{
    static const QRegularExpression assignment(u"^([A-Za-z_][A-Za-z0-9_]*)(?:=(.*))?\\z"_s);
    for (qsizetype i = 0; i < qMin(arguments.size(), mostItems); ++i) {
        const auto object = arguments[i].toObject();
        const QString name = object[u"name"_s].toString();
        if (name != "-e"_L1 && name != "--env"_L1)
            continue;
        const QString value = object[u"value"_s].toString();
        const auto match = assignment.match(value);
        if (!match.hasMatch())
            continue;
        EnvironmentVariable variable;
        variable.name = match.captured(1);
        variable.description = object[u"description"_s].toString();
        variable.required = either(object, u"isRequired"_s, u"is_required"_s).toBool();
        variable.secret = either(object, u"isSecret"_s, u"is_secret"_s).toBool();
        const auto inputs = object[u"variables"_s].toObject();
        for (const auto &input : inputs) {
            const auto described = input.toObject();
            variable.required = variable.required || either(described, u"isRequired"_s, u"is_required"_s).toBool();
            variable.secret = variable.secret || either(described, u"isSecret"_s, u"is_secret"_s).toBool();
            if (variable.description.isEmpty())
                variable.description = described[u"description"_s].toString();
            if (variable.defaultValue.isEmpty())
                variable.defaultValue = scalarText(described[u"default"_s]);
        }
        if (inputs.isEmpty() && !match.captured(2).contains(u'{'))
            variable.defaultValue = match.captured(2);
        variable.source = file.source(path + '/' + QByteArray::number(i));
        builder.variable(variable);
    }
}

void readServer(Builder &builder, const JsonFile &file, const QJsonObject &server, const QByteArray &at)
{
    const auto text = [&](const char *key) { return server[QLatin1String(key)].toString(); };
    const auto source = [&](const QByteArray &key) { return file.source(at + key); };
    builder.name(text("name"), source("name"));
    builder.description(text("description"), source("description"));
    if (const QString version = text("version"); !version.isEmpty())
        builder.version(version, source("version"));
    else // 2025-07-09
        builder.version(server[u"version_detail"_s].toObject()[u"version"_s].toString(), source("version_detail/version"));
    builder.license(text("license"), source("license"));

    const auto packages = server[u"packages"_s].toArray();
    if (packages.isEmpty() && server[u"remotes"_s].toArray().isEmpty())
        builder.finding(Finding::Severity::Note, u"manifest.no-packages"_s,
                        u"The server names neither packages nor remotes: nobody can install it from this entry"_s,
                        source("name"));
    for (qsizetype i = 0; i < qMin(packages.size(), mostItems); ++i) {
        const auto package = packages[i].toObject();
        const QByteArray path = at + "packages/" + QByteArray::number(i);
        const QString registry =
            (package.contains(u"registry_name"_s) ? package[u"registry_name"_s]
                                                  : either(package, u"registryType"_s, u"registry_type"_s))
                .toString();
        static const QHash<QString, QString> words{
            {u"npm"_s, u"node"_s},   {u"pypi"_s, u"python"_s}, {u"cargo"_s, u"rust"_s},
            {u"nuget"_s, u"csharp"_s}, {u"gomod"_s, u"go"_s},  {u"maven"_s, u"java"_s},
        };
        if (i == 0 && words.contains(registry))
            builder.languageHint(words.value(registry));
        static const QHash<QString, QString> types{{u"npm"_s, u"npm"_s}, {u"pypi"_s, u"pypi"_s}, {u"cargo"_s, u"cargo"_s}};
        const QString identifier = (package.contains(u"identifier"_s) ? package[u"identifier"_s] : package[u"name"_s]).toString();
        if (types.contains(registry))
            builder.package(purl(types.value(registry), identifier), package[u"version"_s].toString(), file.source(path));
        if (const QString version = package[u"version"_s].toString(); !version.isEmpty() && version != "latest"_L1)
            builder.version(version, file.source(path + "/version"));
        const QByteArray key = eitherKey(package, "environmentVariables", "environment_variables");
        readVariables(builder, file, package[QLatin1String(key)].toArray(), path + '/' + key);
        const QByteArray run = eitherKey(package, "runtimeArguments", "runtime_arguments");
        readRunArguments(builder, file, package[QLatin1String(run)].toArray(), path + '/' + run);
    }
}

} // namespace

void readServerJson(Builder &builder)
{
    for (const QString &path : {u"server.json"_s, u".mcp/server.json"_s}) {
        if (path.startsWith(".mcp/"_L1) && !builder.has(u".mcp/"_s))
            continue;
        const auto file = builder.readJson(path);
        if (!file)
            continue;
        const auto &root = file->object;
        // What a registry answers wraps the entry.
        const bool wrapped = !root.contains(u"name"_s) && root[u"server"_s].isObject();
        const auto server = wrapped ? root[u"server"_s].toObject() : root;
        // Other programs call files server.json, too.
        const bool ours = server[u"$schema"_s].toString().contains("modelcontextprotocol"_L1)
            || server[u"packages"_s].isArray() || server[u"remotes"_s].isArray()
            || (server[u"name"_s].isString() && (server.contains(u"version"_s) || server.contains(u"version_detail"_s)));
        if (ours)
            readServer(builder, *file, server, wrapped ? "server/" : "");
    }
}

void readMcpb(Builder &builder)
{
    if (!builder.has(u"manifest.json"_s))
        return;
    const auto file = builder.readJson(u"manifest.json"_s);
    if (!file)
        return;
    const auto &root = file->object;
    // A browser extension or web app has a manifest.json, too; a bundle has these.
    if (!(root[u"manifest_version"_s].isString() || root[u"dxt_version"_s].isString()) || !root[u"server"_s].isObject())
        return;
    builder.name(root[u"name"_s].toString(), file->source("name"));
    builder.version(root[u"version"_s].toString(), file->source("version"));
    builder.description(root[u"description"_s].toString(), file->source("description"));
    builder.license(root[u"license"_s].toString(), file->source("license"));

    const auto server = root[u"server"_s].toObject();
    const QString type = server[u"type"_s].toString();
    if (type == "node"_L1)
        builder.languageHint(u"node"_s);
    else if (type == "python"_L1 || type == "uv"_L1)
        builder.languageHint(u"python"_s);

    const auto userConfig = root[u"user_config"_s].toObject();
    static const QRegularExpression reference(u"\\$\\{user_config\\.([^}]+)\\}"_s);
    const auto readEnv = [&](const QJsonObject &env, const QByteArray &path) {
        qsizetype n = 0;
        for (auto it = env.begin(); it != env.end() && n < mostItems * 3; ++it, ++n) {
            EnvironmentVariable variable;
            variable.name = it.key();
            variable.source = file->source(path + '/' + it.key().toUtf8());
            const QString value = scalarText(it.value());
            if (const auto match = reference.match(value); match.hasMatch()) {
                const auto field = userConfig[match.captured(1)].toObject();
                variable.description = field[u"description"_s].toString();
                if (variable.description.isEmpty())
                    variable.description = field[u"title"_s].toString();
                variable.required = field[u"required"_s].toBool();
                variable.secret = field[u"sensitive"_s].toBool();
                variable.defaultValue = scalarText(field[u"default"_s]);
            } else if (!value.contains("${"_L1)) {
                variable.defaultValue = value;
            }
            builder.variable(variable);
        }
    };
    const auto config = server[u"mcp_config"_s].toObject();
    readEnv(config[u"env"_s].toObject(), "server/mcp_config/env");
    const auto overrides = config[u"platform_overrides"_s].toObject();
    qsizetype platforms = 0;
    for (auto it = overrides.begin(); it != overrides.end() && platforms < 10; ++it, ++platforms)
        readEnv(it.value().toObject()[u"env"_s].toObject(),
                "server/mcp_config/platform_overrides/" + it.key().toUtf8() + "/env");
}

} // namespace coppice::manifest
