// SPDX-License-Identifier: GPL-3.0-or-later
// uv.lock (docs.astral.sh/uv/concepts/projects/layout), poetry.lock, pdm.lock, pylock.toml (PEP 751), Pipfile.lock, and
// requirements files whose lines are pinned (pip.pypa.io/en/stable/reference/requirements-file-format).
#include "manifest/lock_reader.h"
#include "manifest/requirement.h"
#include "manifest/toml_file.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

using Scope = Dependency::Scope;

QString pypi(const QString &name)
{
    return purl(u"pypi"_s, name);
}

std::optional<toml::table> parseToml(LockReader &reader, const QByteArray &bytes, const QString &file)
{
    try {
        return toml::parse(std::string_view(bytes.constData(), size_t(bytes.size())));
    } catch (const toml::parse_error &error) {
        reader.broken(u"The lock file is not TOML: %1"_s.arg(QString::fromUtf8(error.description())),
                      u"%1:%2"_s.arg(file).arg(error.source().begin.line));
    } catch (const std::exception &error) {
        reader.broken(u"The lock file could not be read as TOML: %1"_s.arg(QString::fromUtf8(error.what())), file);
    }
    return std::nullopt;
}

const toml::array *packagesOf(const toml::table &root)
{
    const auto *packages = root.get("package");
    return packages ? packages->as_array() : nullptr;
}

QString hashOf(const toml::node *artifact)
{
    const auto *table = artifact ? artifact->as_table() : nullptr;
    return table ? tomlText(table->get("hash")) : QString();
}

/// uv.lock: each package says where it comes from; those of the project itself come from its folder.
class UvLock
{
public:
    UvLock(LockReader &reader, const toml::array &packages) : m_reader(reader)
    {
        for (const auto &item : packages) {
            const auto *package = item.as_table();
            if (package)
                put(*package);
        }
        for (const auto &item : packages) {
            const auto *package = item.as_table();
            if (package)
                join(*package);
        }
    }

private:
    static bool isOwn(const toml::table &package)
    {
        const auto *source = package.get("source") ? package.get("source")->as_table() : nullptr;
        return source && (source->contains("virtual") || source->contains("editable") || source->contains("directory"));
    }

    void put(const toml::table &package)
    {
        const QString name = pypi(tomlText(package.get("name")));
        const QString version = tomlText(package.get("version"));
        if (isOwn(package))
            return;
        const auto place = m_reader.add(name, version, u"uv.lock"_s);
        if (!place)
            return;
        m_versions[name] << version;
        auto &to = m_reader.at(*place);
        if (const QString git = tomlText(tomlAt(package, {"source", "git"})); !git.isEmpty())
            to.origin = gitReference(git);
        const auto *wheels = package.get("wheels") ? package.get("wheels")->as_array() : nullptr;
        if (package.contains("sdist"))
            LockReader::setHash(to, hashOf(package.get("sdist")));
        else if (wheels && wheels->size() == 1)
            LockReader::setHash(to, hashOf(wheels->get(0)));
        m_reader.choose(name, version);
    }

    void takeList(const toml::node *list, const std::optional<size_t> &place, Scope scope)
    {
        const auto *array = list ? list->as_array() : nullptr;
        if (!array)
            return;
        for (const auto &item : *array) {
            const auto *need = item.as_table();
            if (!need)
                continue;
            const QString name = pypi(tomlText(need->get("name")));
            QStringList versions = m_versions.value(name);
            if (const QString exact = tomlText(need->get("version")); !exact.isEmpty())
                versions = {exact};
            for (const auto &version : versions) {
                const QString id = purlWithVersion(name, version);
                if (place)
                    m_reader.needs(*place, id);
                else
                    m_reader.direct(id, scope);
            }
        }
    }

    void join(const toml::table &package)
    {
        const bool own = isOwn(package);
        const auto place = own ? std::nullopt
                               : m_reader.find(purlWithVersion(pypi(tomlText(package.get("name"))), tomlText(package.get("version"))));
        if (!own && !place)
            return;
        takeList(package.get("dependencies"), place, Scope::Runtime);
        for (const auto &[key, scope] : {std::pair("optional-dependencies", Scope::Optional), std::pair("dev-dependencies", Scope::Development)}) {
            const auto *groups = package.get(key) ? package.get(key)->as_table() : nullptr;
            if (!groups)
                continue;
            for (const auto &[name, list] : *groups)
                takeList(&list, place, scope);
        }
    }

    LockReader &m_reader;
    QHash<QString, QStringList> m_versions;
};

/// poetry.lock and pdm.lock, which differ in how a package's needs are written and what its groups are called.
void readPoetry(LockReader &reader, const toml::array &packages, const QString &file)
{
    QHash<QString, QStringList> versions;
    for (const auto &item : packages) {
        const auto *package = item.as_table();
        if (!package)
            continue;
        const QString name = pypi(tomlText(package->get("name")));
        const QString version = tomlText(package->get("version"));
        const auto place = reader.add(name, version, file);
        if (!place)
            continue;
        versions[name] << version;
        reader.choose(name, version);
        auto &to = reader.at(*place);
        if (tomlText(tomlAt(*package, {"source", "type"})) == "git"_L1)
            to.origin = gitReference(tomlText(tomlAt(*package, {"source", "url"})));
        else if (tomlText(tomlAt(*package, {"source", "type"})) == "directory"_L1)
            to.origin = pathReference(tomlText(tomlAt(*package, {"source", "url"})), {});
        if (tomlText(package->get("category")) == "dev"_L1)
            reader.scope(*place, Scope::Development);
        else if (const auto *groups = package->get("groups") ? package->get("groups")->as_array() : nullptr; groups && !groups->empty()) {
            bool main = false;
            for (const auto &group : *groups)
                main = main || tomlText(&group) == "main"_L1 || tomlText(&group) == "default"_L1;
            reader.scope(*place, main ? Scope::Runtime : Scope::Development);
        }
        const auto *files = package->get("files") ? package->get("files")->as_array() : nullptr;
        for (size_t i = 0; files && i < files->size(); ++i) {
            const auto *entry = files->get(i)->as_table();
            if (entry && (files->size() == 1 || tomlText(entry->get("file")).endsWith(".tar.gz"_L1)))
                LockReader::setHash(to, tomlText(entry->get("hash")));
        }
    }
    for (const auto &item : packages) {
        const auto *package = item.as_table();
        const auto place = package ? reader.find(purlWithVersion(pypi(tomlText(package->get("name"))), tomlText(package->get("version")))) : std::nullopt;
        const auto *needs = place ? package->get("dependencies") : nullptr;
        QStringList names;
        if (const auto *table = needs ? needs->as_table() : nullptr) {
            for (const auto &[key, range] : *table)
                names << tomlKey(key);
        } else if (const auto *list = needs ? needs->as_array() : nullptr) {
            for (const auto &line : *list)
                names << requirementOf(tomlText(&line)).name;
        }
        for (const auto &need : names) {
            const QString name = pypi(need);
            for (const auto &version : versions.value(name))
                reader.needs(*place, purlWithVersion(name, version));
        }
    }
}

/// pylock.toml: only what is installed, and where from.
void readPylock(LockReader &reader, const toml::table &root)
{
    const auto *packages = root.get("packages") ? root.get("packages")->as_array() : nullptr;
    if (!packages)
        return;
    const auto shaOf = [](const toml::node *artifact) {
        const auto *table = artifact ? artifact->as_table() : nullptr;
        return table ? tomlText(tomlAt(*table, {"hashes", "sha256"})) : QString();
    };
    for (const auto &item : *packages) {
        const auto *package = item.as_table();
        if (!package || package->contains("directory"))
            continue;
        const QString name = pypi(tomlText(package->get("name")));
        const auto place = reader.add(name, tomlText(package->get("version")), u"pylock.toml"_s);
        if (!place)
            continue;
        auto &to = reader.at(*place);
        reader.choose(name, to.version);
        if (const QString git = tomlText(tomlAt(*package, {"vcs", "url"})); !git.isEmpty())
            to.origin = gitReference(git);
        const auto *wheels = package->get("wheels") ? package->get("wheels")->as_array() : nullptr;
        if (package->contains("sdist"))
            LockReader::setHash(to, shaOf(package->get("sdist")));
        else if (wheels && wheels->size() == 1)
            LockReader::setHash(to, shaOf(wheels->get(0)));
    }
}

void readPipfile(LockReader &reader, const QByteArray &bytes)
{
    const QString file = u"Pipfile.lock"_s;
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(bytes, &error);
    if (!document.isObject())
        return reader.broken(error.error ? QString(u"The lock file is not JSON: " + error.errorString()) : u"The lock file holds no JSON object"_s, file);
    for (const auto &[key, scope] : {std::pair("default", Scope::Runtime), std::pair("develop", Scope::Development)}) {
        const auto packages = document.object()[QLatin1String(key)].toObject();
        for (auto it = packages.constBegin(); it != packages.constEnd(); ++it) {
            const auto package = it.value().toObject();
            QString version = package[u"version"_s].toString();
            while (version.startsWith(u'='))
                version.remove(0, 1);
            const auto place = reader.add(pypi(it.key()), version, file);
            if (!place)
                continue;
            reader.scope(*place, scope);
            reader.choose(pypi(it.key()), version);
            if (const auto hashes = package[u"hashes"_s].toArray(); hashes.size() == 1)
                LockReader::setHash(reader.at(*place), hashes[0].toString());
        }
    }
}

bool isForDevelopment(const QString &name)
{
    for (const char *word : {"dev", "test", "lint", "doc", "ci", "typing"}) {
        if (name.contains(QLatin1String(word), Qt::CaseInsensitive))
            return true;
    }
    return false;
}

} // namespace

void readPythonLocks(LockReader &reader)
{
    if (const auto bytes = reader.read(u"uv.lock"_s)) {
        const auto root = parseToml(reader, *bytes, u"uv.lock"_s);
        if (const auto *packages = root ? packagesOf(*root) : nullptr)
            UvLock(reader, *packages);
    }
    for (const QString &file : {u"poetry.lock"_s, u"pdm.lock"_s}) {
        const auto bytes = reader.read(file);
        const auto root = bytes ? parseToml(reader, *bytes, file) : std::nullopt;
        if (const auto *packages = root ? packagesOf(*root) : nullptr)
            readPoetry(reader, *packages, file);
    }
    if (const auto bytes = reader.read(u"pylock.toml"_s)) {
        if (const auto root = parseToml(reader, *bytes, u"pylock.toml"_s))
            readPylock(reader, *root);
    }
    if (const auto bytes = reader.read(u"Pipfile.lock"_s))
        readPipfile(reader, *bytes);
    for (const auto &name : reader.names()) {
        if (!name.startsWith("requirements"_L1) || !name.endsWith(".txt"_L1))
            continue;
        const auto bytes = reader.peek(name);
        if (!bytes)
            continue; // a finding of the manifest
        for (const auto &requirement : requirementsIn(*bytes)) {
            if (requirement.pin.isEmpty())
                continue;
            const QString package = pypi(requirement.name);
            const auto place = reader.add(package, requirement.pin, name);
            if (!place)
                continue;
            const auto scope = isForDevelopment(name) ? Scope::Development : Scope::Runtime;
            reader.direct(reader.at(*place).id(), scope);
            reader.choose(package, requirement.pin);
            if (requirement.hashes.size() == 1)
                LockReader::setHash(reader.at(*place), requirement.hashes.front());
        }
    }
}

} // namespace coppice::manifest
