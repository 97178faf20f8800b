// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/manifest.h"

#include "manifest/builder.h"

#include <QJsonArray>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

Manifest readManifest(const FileSource &files)
{
    Builder builder(files);
    readServerJson(builder);
    readMcpb(builder);
    readPackageJson(builder);
    readPyproject(builder);
    readGoMod(builder);
    readCargo(builder);
    readPom(builder);
    readHints(builder);
    readLicense(builder);
    builder.chooseLanguage();
    detectCommands(builder);
    return builder.take();
}

namespace {

QJsonObject sourced(const Sourced<QString> &field)
{
    return {{u"value"_s, field.value}, {u"source"_s, field.source}};
}
Sourced<QString> sourcedFrom(const QJsonValue &value)
{
    const auto object = value.toObject();
    return {object[u"value"_s].toString(), object[u"source"_s].toString()};
}

constexpr const char *levels[] = {"locked", "manifest", "imported"};
constexpr const char *scopes[] = {"runtime", "dev", "optional", "peer", "indirect"};
constexpr const char *severities[] = {"note", "warning", "error"};
template <class E, size_t N> E enumFrom(const QString &word, const char *const (&words)[N], E otherwise)
{
    for (size_t i = 0; i < N; ++i) {
        if (word == QLatin1String(words[i]))
            return E(i);
    }
    return otherwise;
}

} // namespace

QJsonObject toJson(const Manifest &manifest)
{
    QJsonObject object;
    const std::pair<QString, const Sourced<QString> &> fields[] = {
        {u"name"_s, manifest.name},         {u"version"_s, manifest.version}, {u"description"_s, manifest.description},
        {u"language"_s, manifest.language}, {u"license"_s, manifest.license},
    };
    for (const auto &[key, field] : fields) {
        if (field.isSet())
            object[key] = sourced(field);
    }
    QJsonArray environment;
    for (const auto &v : manifest.environment)
        environment.append(QJsonObject{{u"name"_s, v.name},
                                       {u"description"_s, v.description},
                                       {u"required"_s, v.required},
                                       {u"secret"_s, v.secret},
                                       {u"default"_s, v.defaultValue},
                                       {u"source"_s, v.source}});
    object[u"environment"_s] = environment;
    QJsonArray dependencies;
    for (const auto &d : manifest.dependencies)
        dependencies.append(QJsonObject{{u"purl"_s, d.purl},
                                        {u"range"_s, d.range},
                                        {u"locked"_s, d.locked},
                                        {u"level"_s, QLatin1String(levels[int(d.level)])},
                                        {u"scope"_s, QLatin1String(scopes[int(d.scope)])},
                                        {u"reference"_s, d.reference},
                                        {u"source"_s, d.source}});
    object[u"dependencies"_s] = dependencies;
    QJsonArray packages;
    for (const auto &p : manifest.packages)
        packages.append(QJsonObject{{u"purl"_s, p.purl}, {u"version"_s, p.version}, {u"source"_s, p.source}});
    object[u"packages"_s] = packages;
    QJsonObject commands;
    for (auto it = manifest.commands.cbegin(); it != manifest.commands.cend(); ++it)
        commands[it.key()] = sourced(it.value());
    object[u"commands"_s] = commands;
    QJsonArray findings;
    for (const auto &f : manifest.findings)
        findings.append(QJsonObject{{u"severity"_s, QLatin1String(severities[int(f.severity)])},
                                    {u"code"_s, f.code},
                                    {u"text"_s, f.text},
                                    {u"where"_s, f.where}});
    object[u"findings"_s] = findings;
    return object;
}

Manifest fromJson(const QJsonObject &object)
{
    Manifest manifest;
    manifest.name = sourcedFrom(object[u"name"_s]);
    manifest.version = sourcedFrom(object[u"version"_s]);
    manifest.description = sourcedFrom(object[u"description"_s]);
    manifest.language = sourcedFrom(object[u"language"_s]);
    manifest.license = sourcedFrom(object[u"license"_s]);
    for (const auto &value : object[u"environment"_s].toArray()) {
        const auto v = value.toObject();
        manifest.environment.push_back({v[u"name"_s].toString(), v[u"description"_s].toString(), v[u"required"_s].toBool(),
                                        v[u"secret"_s].toBool(), v[u"default"_s].toString(), v[u"source"_s].toString()});
    }
    for (const auto &value : object[u"dependencies"_s].toArray()) {
        const auto d = value.toObject();
        manifest.dependencies.push_back({d[u"purl"_s].toString(), d[u"range"_s].toString(), d[u"locked"_s].toString(),
                                         enumFrom(d[u"level"_s].toString(), levels, Dependency::Level::Manifest),
                                         d[u"source"_s].toString(), enumFrom(d[u"scope"_s].toString(), scopes, Dependency::Scope::Runtime),
                                         d[u"reference"_s].toString()});
    }
    for (const auto &value : object[u"packages"_s].toArray()) {
        const auto p = value.toObject();
        manifest.packages.push_back({p[u"purl"_s].toString(), p[u"version"_s].toString(), p[u"source"_s].toString()});
    }
    const auto commands = object[u"commands"_s].toObject();
    for (auto it = commands.begin(); it != commands.end(); ++it)
        manifest.commands.insert(it.key(), sourcedFrom(it.value()));
    for (const auto &value : object[u"findings"_s].toArray()) {
        const auto f = value.toObject();
        manifest.findings.push_back({enumFrom(f[u"severity"_s].toString(), severities, Finding::Severity::Warning),
                                     f[u"code"_s].toString(), f[u"text"_s].toString(), f[u"where"_s].toString()});
    }
    return manifest;
}

} // namespace coppice::manifest
