// SPDX-License-Identifier: GPL-3.0-or-later
// npm's package.json, and those of the members of its workspace.
// Sources: npm's manual, "package.json" and "workspaces"; pnpm.io/pnpm-workspace_yaml, pnpm.io/catalogs.
#include "manifest/builder.h"
#include "manifest/lock_reader.h"

#include <QJsonArray>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

/// Ranges that a workspace keeps in one place, by "catalog\nname" ("" is the catalog without a name).
using Catalogs = QHash<QString, QString>;

void putCatalog(Catalogs &catalogs, const QString &catalog, const QString &name, const QString &range)
{
    if (catalogs.size() < 5000 && !range.isEmpty())
        catalogs.insert(QString(catalog + u'\n' + name), range);
    if (catalog == "default"_L1) // both spellings are allowed
        putCatalog(catalogs, {}, name, range);
}

/// pnpm-workspace.yaml (pnpm.io/catalogs), or the root's package.json (bun.sh/docs/install/catalogs).
Catalogs catalogsOf(Builder &builder, const QJsonObject &root)
{
    Catalogs catalogs;
    for (const auto &holder : {root, root[u"workspaces"_s].toObject()}) {
        const auto plain = holder[u"catalog"_s].toObject();
        for (auto it = plain.begin(); it != plain.end(); ++it)
            putCatalog(catalogs, {}, it.key(), it.value().toString());
        const auto named = holder[u"catalogs"_s].toObject();
        for (auto it = named.begin(); it != named.end(); ++it) {
            const auto entries = it.value().toObject();
            for (auto entry = entries.begin(); entry != entries.end(); ++entry)
                putCatalog(catalogs, it.key(), entry.key(), entry.value().toString());
        }
    }
    const auto bytes = builder.readListed(u"pnpm-workspace.yaml"_s);
    QString block, name;
    int inner = 0; // columns before a catalog's name
    for (const auto &lines = bytes ? indentedLines(*bytes) : std::vector<IndentedLine>(); const auto &line : lines) {
        if (line.depth == 0) {
            block = line.key;
            inner = 0;
        } else if (block == "catalog"_L1) {
            putCatalog(catalogs, {}, line.key, line.value);
        } else if (block == "catalogs"_L1) {
            inner = inner == 0 ? line.depth : inner;
            if (line.depth <= inner)
                name = line.key;
            else
                putCatalog(catalogs, name, line.key, line.value);
        }
    }
    return catalogs;
}

void readDependencies(Builder &builder, const JsonFile &file, const Catalogs &catalogs, const QString &folder, const char *member, Dependency::Scope scope)
{
    const auto object = file.object[QLatin1String(member)].toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        QString name = it.key();
        QString range = it.value().toString();
        if (range.startsWith("catalog:"_L1))
            range = catalogs.value(QString(range.mid(8).trimmed() + u'\n' + name), range);
        const QString reference = npmReference(range, folder);
        // An alias: "cool": "npm:@scope/real@^1"
        if (range.startsWith("npm:"_L1)) {
            const qsizetype at = range.lastIndexOf(u'@');
            name = at > 4 ? range.mid(4, at - 4) : range.mid(4);
            range = at > 4 ? range.mid(at + 1) : QString();
        }
        builder.dependency({purl(u"npm"_s, name), range, {}, Dependency::Level::Manifest,
                            file.source(QByteArray(member) + '/' + it.key().toUtf8()), scope, reference});
    }
}

/// The package that a package.json is, and what it needs.
void readPackage(Builder &builder, const JsonFile &file, const Catalogs &catalogs, const QString &folder)
{
    using Scope = Dependency::Scope;
    if (const QString name = file.object[u"name"_s].toString(); !name.isEmpty())
        builder.package(purl(u"npm"_s, name), file.object[u"version"_s].toString(), file.source("name"));
    readDependencies(builder, file, catalogs, folder, "dependencies", Scope::Runtime);
    readDependencies(builder, file, catalogs, folder, "peerDependencies", Scope::Peer);
    readDependencies(builder, file, catalogs, folder, "optionalDependencies", Scope::Optional);
    readDependencies(builder, file, catalogs, folder, "devDependencies", Scope::Development);
}

/// "workspaces" of npm and yarn, and "packages" of pnpm-workspace.yaml.
QStringList workspacePatterns(Builder &builder, const QJsonObject &root)
{
    const auto workspaces = root[u"workspaces"_s];
    QStringList patterns;
    const auto list = workspaces.isObject() ? workspaces.toObject()[u"packages"_s].toArray() : workspaces.toArray();
    for (const auto &pattern : list)
        patterns << pattern.toString();
    if (const auto bytes = builder.readListed(u"pnpm-workspace.yaml"_s)) {
        bool inside = false;
        for (const auto &line : indentedLines(*bytes)) {
            if (line.item && inside)
                patterns << line.key;
            else if (line.depth == 0)
                inside = line.key == "packages"_L1;
        }
    }
    return patterns;
}

QString licenseText(const QJsonValue &value)
{
    return value.isObject() ? value.toObject()[u"type"_s].toString() : value.toString();
}

/// A program that the package declares and does not hold, and that no build would make.
void checkPrograms(Builder &builder, const JsonFile &file)
{
    const auto scripts = file.object[u"scripts"_s].toObject();
    for (const char *maker : {"build", "prepare", "prepack", "prepublishOnly", "prepublish", "compile", "postinstall"}) {
        if (scripts.contains(QLatin1String(maker)))
            return;
    }
    const auto bin = file.object[u"bin"_s];
    QList<QPair<QString, QByteArray>> programs;
    if (bin.isString())
        programs << QPair(bin.toString(), QByteArray("bin"));
    const auto object = bin.toObject();
    for (auto it = object.begin(); it != object.end() && programs.size() < 50; ++it)
        programs << QPair(it.value().toString(), "bin/" + it.key().toUtf8());
    for (const auto &[value, key] : programs) {
        QString path = value;
        while (path.startsWith("./"_L1))
            path.remove(0, 2);
        const qsizetype slash = path.lastIndexOf(u'/');
        if (path.isEmpty() || path.endsWith(u'/') || path.contains(".."_L1))
            continue;
        if (!builder.list(slash < 0 ? QString() : path.left(slash)).contains(path.mid(slash + 1)))
            builder.finding(Finding::Severity::Warning, u"manifest.program-missing"_s,
                            u"The declared program is not there: %1"_s.arg(path), file.source(key));
    }
}

} // namespace

void readPackageJson(Builder &builder)
{
    const auto file = builder.readJson(u"package.json"_s);
    if (!file)
        return;
    const auto &root = file->object;
    const bool named = root[u"name"_s].isString() && root[u"version"_s].isString();
    const bool isPrivate = root[u"private"_s].toBool();
    const bool typed = builder.has(u"tsconfig.json"_s) || root[u"devDependencies"_s].toObject().contains(u"typescript"_s)
        || root[u"dependencies"_s].toObject().contains(u"typescript"_s);
    int weight = named ? 2 : 1;
    if (isPrivate && !root[u"bin"_s].isString() && !root[u"bin"_s].isObject() && !root[u"main"_s].isString()
        && !root[u"exports"_s].isObject() && !root[u"scripts"_s].toObject().contains(u"start"_s))
        weight = 0; // perhaps only there for a tool such as a formatter
    builder.language(typed ? u"typescript"_s : u"node"_s, u"package.json"_s, weight);

    builder.name(root[u"name"_s].toString(), file->source("name"));
    builder.version(root[u"version"_s].toString(), file->source("version"));
    builder.description(root[u"description"_s].toString(), file->source("description"));
    builder.license(licenseText(root[u"license"_s]), file->source("license"));
    const auto catalogs = catalogsOf(builder, root);
    readPackage(builder, *file, catalogs, {});
    for (const auto &folder : memberFolders(builder, workspacePatterns(builder, root), u"package.json"_s)) {
        if (const auto member = builder.readJson(QString(folder + u"/package.json")))
            readPackage(builder, *member, catalogs, folder);
    }
    checkPrograms(builder, *file);

    const auto scripts = root[u"scripts"_s].toObject();
    const auto script = [&](const char *name, const QString &line) {
        const QString text = scripts[QLatin1String(name)].toString();
        if (!text.trimmed().isEmpty())
            builder.command(QLatin1String(name), line, file->source(QByteArray("scripts/") + name));
    };
    // What `npm init` writes is no test: it fails by design.
    if (!scripts[u"test"_s].toString().contains("no test specified"_L1))
        script("test", u"npm test"_s);
    script("build", u"npm run build"_s);
    script("lint", u"npm run lint"_s);
    script("start", u"npm start"_s);
}

} // namespace coppice::manifest
