// SPDX-License-Identifier: GPL-3.0-or-later
// Maven's pom.xml (maven.apache.org/pom.html). What only the parent's file knows is told as unresolved, never guessed.
#include "manifest/builder.h"

#include <QRegularExpression>
#include <QXmlStreamReader>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

struct Text {
    QString value;
    qint64 line = 0;
};

/// The texts of a pom's elements that matter, by path below <project>.
struct Pom {
    QHash<QString, Text> fields;
    QHash<QString, QString> properties;
    struct Artifact {
        QHash<QString, Text> fields;
    };
    std::vector<Artifact> dependencies;
    std::vector<Artifact> managed; ///< dependencyManagement: versions for those that say none
    QStringList modules;
    const Pom *parent = nullptr; ///< the plugin's own root, for a module of it
};

constexpr qsizetype deepest = 64;
constexpr size_t mostArtifacts = 5000;

bool parse(const QByteArray &bytes, Pom &pom, QString &error, qint64 &errorLine)
{
    QXmlStreamReader reader(bytes);
    QStringList path;
    QString text;
    while (!reader.atEnd()) {
        switch (reader.readNext()) {
        case QXmlStreamReader::StartElement:
            path << reader.name().toString();
            text.clear();
            if (path.size() > deepest) {
                error = u"the elements are nested too deeply"_s;
                errorLine = reader.lineNumber();
                return false;
            }
            if (path.size() == 3 && path[1] == "dependencies"_L1 && path[2] == "dependency"_L1 && pom.dependencies.size() < mostArtifacts)
                pom.dependencies.emplace_back();
            if (path.size() == 4 && path[1] == "dependencyManagement"_L1 && path[3] == "dependency"_L1 && pom.managed.size() < mostArtifacts)
                pom.managed.emplace_back();
            break;
        case QXmlStreamReader::Characters:
            if (text.size() < 4096)
                text += reader.text();
            break;
        case QXmlStreamReader::EndElement: {
            const Text here{text.trimmed().left(1000), reader.lineNumber()};
            if (path.size() == 2)
                pom.fields.insert(path[1], here);
            else if (path.size() == 3 && path[1] == "parent"_L1)
                pom.fields.insert(QString(u"parent." + path[2]), here);
            else if (path.size() == 3 && path[1] == "properties"_L1)
                pom.properties.insert(path[2], here.value);
            else if (path.size() == 4 && path[1] == "licenses"_L1 && path[3] == "name"_L1)
                pom.fields.insert(u"license"_s, here);
            else if (path.size() == 4 && path[1] == "dependencies"_L1 && path[2] == "dependency"_L1 && !pom.dependencies.empty())
                pom.dependencies.back().fields.insert(path[3], here);
            else if (path.size() == 5 && path[1] == "dependencyManagement"_L1 && path[3] == "dependency"_L1 && !pom.managed.empty())
                pom.managed.back().fields.insert(path[4], here);
            else if (path.size() == 3 && path[1] == "modules"_L1 && path[2] == "module"_L1 && pom.modules.size() < 200)
                pom.modules << here.value;
            text.clear();
            if (!path.isEmpty())
                path.removeLast();
            break;
        }
        default:
            break;
        }
    }
    if (reader.hasError()) {
        error = reader.errorString();
        errorLine = reader.lineNumber();
        return false;
    }
    return true;
}

/// A word of this file, or of the parent inside the plugin.
QString wordOf(const Pom &pom, QString key)
{
    for (const Pom *at = &pom; at; at = at->parent) {
        if (const QString found = at->properties.value(key); !found.isEmpty())
            return found;
    }
    if (key.startsWith("pom."_L1))
        key.remove(0, 4);
    else if (key.startsWith("project."_L1))
        key.remove(0, 8);
    QString found = pom.fields.value(key).value;
    if (found.isEmpty() && (key == "version"_L1 || key == "groupId"_L1))
        found = pom.fields.value(QString(u"parent." + key)).value;
    return found;
}

/// Fills ${…} from what is known; stops at what is not.
QString resolve(const Pom &pom, QString value)
{
    static const QRegularExpression reference(u"\\$\\{([^}]*)\\}"_s);
    for (int round = 0; round < 8; ++round) {
        const auto match = reference.match(value);
        if (!match.hasMatch() || value.size() > 2000)
            break;
        const QString found = wordOf(pom, match.captured(1));
        if (found.isEmpty() || found == value)
            break;
        value.replace(match.capturedStart(), match.capturedLength(), found);
    }
    return value;
}

struct Name {
    QString group, artifact;
    [[nodiscard]] bool isKnown() const
    {
        return !group.isEmpty() && !artifact.isEmpty() && !group.contains("${"_L1) && !artifact.contains("${"_L1);
    }
    [[nodiscard]] QString purl() const { return manifest::purl(u"maven"_s, QString(group + u'/' + artifact)); }
    bool operator==(const Name &) const = default;
};

Name nameOf(const Pom &pom, const Pom::Artifact &artifact)
{
    return {resolve(pom, artifact.fields.value(u"groupId"_s).value), resolve(pom, artifact.fields.value(u"artifactId"_s).value)};
}

Name ownName(const Pom &pom)
{
    QString group = pom.fields.value(u"groupId"_s).value;
    if (group.isEmpty())
        group = pom.fields.value(u"parent.groupId"_s).value;
    return {resolve(pom, group), resolve(pom, pom.fields.value(u"artifactId"_s).value)};
}

const Pom::Artifact *managedBy(const Pom &pom, const Name &name)
{
    for (const Pom *at = &pom; at; at = at->parent) {
        for (const auto &artifact : at->managed) {
            if (nameOf(*at, artifact) == name)
                return &artifact;
        }
    }
    return nullptr;
}

Dependency::Scope scopeOf(const QString &scope, const QString &optional)
{
    if (scope == "test"_L1)
        return Dependency::Scope::Development;
    if (optional == "true"_L1)
        return Dependency::Scope::Optional;
    return scope == "provided"_L1 || scope == "system"_L1 ? Dependency::Scope::Peer : Dependency::Scope::Runtime;
}

void addArtifacts(Builder &builder, const Pom &pom, const QString &path)
{
    if (const auto own = ownName(pom); own.isKnown()) {
        QString version = pom.fields.value(u"version"_s).value;
        if (version.isEmpty())
            version = pom.fields.value(u"parent.version"_s).value;
        version = resolve(pom, version);
        builder.package(own.purl(), version.contains("${"_L1) ? QString() : version,
                        u"%1:%2"_s.arg(path).arg(pom.fields.value(u"artifactId"_s).line));
    }
    int unresolved = 0;
    for (const auto &artifact : pom.dependencies) {
        const auto name = nameOf(pom, artifact);
        const QString source = u"%1:%2"_s.arg(path).arg(artifact.fields.value(u"artifactId"_s).line);
        if (!name.isKnown()) {
            ++unresolved;
            continue;
        }
        const auto *managed = managedBy(pom, name);
        const auto field = [&](const QString &key) {
            QString value = resolve(pom, artifact.fields.value(key).value);
            if (value.isEmpty() && managed)
                value = resolve(pom, managed->fields.value(key).value);
            return value;
        };
        // A version that only a parent outside of the plugin, or an imported list, knows stays unknown.
        const QString range = field(u"version"_s);
        builder.dependency({name.purl(), range.contains("${"_L1) ? QString() : range, {}, Dependency::Level::Manifest, source,
                            scopeOf(field(u"scope"_s), field(u"optional"_s))});
    }
    if (unresolved)
        builder.finding(Finding::Severity::Note, u"manifest.unresolved"_s,
                        u"%1 of the dependencies are named by properties that no file of the plugin holds; they were left out"_s.arg(unresolved), path);
}

} // namespace

void readPom(Builder &builder)
{
    const QString path = u"pom.xml"_s;
    for (const char *gradle : {"build.gradle", "build.gradle.kts"}) {
        if (builder.has(QLatin1String(gradle)))
            builder.language(u"java"_s, QLatin1String(gradle), 1);
    }
    const auto bytes = builder.readListed(path);
    if (!bytes)
        return;
    builder.language(u"java"_s, path, 2);
    Pom pom;
    QString error;
    qint64 errorLine = 0;
    if (!parse(*bytes, pom, error, errorLine)) {
        builder.finding(Finding::Severity::Error, u"manifest.broken"_s, u"The file is not a Maven project: %1"_s.arg(error),
                        u"%1:%2"_s.arg(path).arg(errorLine));
        return;
    }
    const auto field = [&](const QString &name) {
        auto it = pom.fields.constFind(name);
        if (it == pom.fields.constEnd() && (name == "version"_L1 || name == "groupId"_L1))
            it = pom.fields.constFind(QString(u"parent." + name));
        const Text text = it == pom.fields.constEnd() ? Text{} : *it;
        return std::pair(resolve(pom, text.value), u"%1:%2"_s.arg(path).arg(text.line));
    };
    const auto take = [&](const QString &name, void (Builder::*put)(const QString &, const QString &)) {
        const auto [value, source] = field(name);
        if (value.contains("${"_L1))
            builder.finding(Finding::Severity::Note, u"manifest.unresolved"_s,
                            u"The %1 names a property that this file does not hold: %2"_s.arg(name, value), source);
        else if (!value.isEmpty())
            (builder.*put)(value, source);
    };
    take(u"artifactId"_s, &Builder::name);
    take(u"version"_s, &Builder::version);
    take(u"description"_s, &Builder::description);
    take(u"license"_s, &Builder::license);
    addArtifacts(builder, pom, path);
    QStringList modules = pom.modules;
    modules.removeIf([](const QString &module) { return module.endsWith(".xml"_L1); });
    for (const auto &folder : memberFolders(builder, modules, path)) {
        const QString file = folder + u'/' + path;
        const auto text = builder.readListed(file);
        Pom module;
        if (!text)
            continue;
        if (!parse(*text, module, error, errorLine)) {
            builder.finding(Finding::Severity::Error, u"manifest.broken"_s, u"The file is not a Maven project: %1"_s.arg(error),
                            u"%1:%2"_s.arg(file).arg(errorLine));
            continue;
        }
        module.parent = &pom;
        addArtifacts(builder, module, file);
    }
}

} // namespace coppice::manifest
