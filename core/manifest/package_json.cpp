// SPDX-License-Identifier: GPL-3.0-or-later
// npm's package.json with the lock files beside it.
// Sources: npm's manual, "package.json" and "package-lock.json" (lockfileVersion 1 to 3).
#include "manifest/builder.h"

#include <QJsonArray>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

void readDependencies(Builder &builder, const JsonFile &file, const char *member)
{
    const auto object = file.object[QLatin1String(member)].toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        QString name = it.key();
        QString range = it.value().toString();
        // An alias: "cool": "npm:@scope/real@^1"
        if (range.startsWith("npm:"_L1)) {
            const qsizetype at = range.lastIndexOf(u'@');
            name = at > 4 ? range.mid(4, at - 4) : range.mid(4);
            range = at > 4 ? range.mid(at + 1) : QString();
        }
        builder.dependency({purl(u"npm"_s, name), range, {}, Dependency::Level::Manifest,
                            file.source(QByteArray(member) + '/' + it.key().toUtf8())});
    }
}

void readLock(Builder &builder, const JsonFile &lock)
{
    const auto packages = lock.object[u"packages"_s].toObject(); // version 2 and 3
    for (auto it = packages.begin(); it != packages.end(); ++it) {
        // Nested copies belong to other packages' needs.
        if (!it.key().startsWith("node_modules/"_L1) || it.key().indexOf("node_modules/"_L1, 1) > 0)
            continue;
        const auto package = it.value().toObject();
        const QString name = package.contains(u"name"_s) ? package[u"name"_s].toString() : it.key().mid(13);
        builder.locked(purl(u"npm"_s, name), package[u"version"_s].toString());
    }
    const auto tree = lock.object[u"dependencies"_s].toObject(); // version 1
    for (auto it = tree.begin(); it != tree.end(); ++it)
        builder.locked(purl(u"npm"_s, it.key()), it.value().toObject()[u"version"_s].toString());
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
    for (const char *member : {"dependencies", "optionalDependencies", "peerDependencies", "devDependencies"})
        readDependencies(builder, *file, member);
    if (const auto lock = builder.readJson(u"package-lock.json"_s))
        readLock(builder, *lock);
    else if (const auto shrink = builder.readJson(u"npm-shrinkwrap.json"_s))
        readLock(builder, *shrink);
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
