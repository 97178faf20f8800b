// SPDX-License-Identifier: GPL-3.0-or-later
// package-lock.json and npm-shrinkwrap.json, lockfileVersion 1 to 3.
// Source: npm's manual, "package-lock.json" (docs.npmjs.com/cli/configuring-npm/package-lock-json).
#include "manifest/lock_reader.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

constexpr int deepest = 60;
constexpr const char *needMembers[] = {"dependencies", "optionalDependencies", "peerDependencies"};
constexpr const char *rootMembers[] = {"dependencies", "optionalDependencies", "peerDependencies", "devDependencies"};

Dependency::Scope scopeOf(const QJsonObject &package)
{
    if (package[u"dev"_s].toBool() || package[u"devOptional"_s].toBool())
        return Dependency::Scope::Development;
    if (package[u"optional"_s].toBool())
        return Dependency::Scope::Optional;
    return package[u"peer"_s].toBool() ? Dependency::Scope::Peer : Dependency::Scope::Runtime;
}

QString originOf(const QString &resolved)
{
    // A registry's address ends in .tgz; one of a repository's may, too, and names no git.
    return resolved.startsWith("http"_L1) ? QString() : npmReference(resolved, {});
}

/// Versions 2 and 3: "packages", by the folder that each is put into.
class PackagesMap
{
public:
    PackagesMap(LockReader &reader, const QString &file, const QJsonObject &packages) : m_reader(reader), m_file(file), m_packages(packages) { }

    void readAll()
    {
        for (auto it = m_packages.constBegin(); it != m_packages.constEnd(); ++it)
            put(it.key(), it.value().toObject());
        for (auto it = m_packages.constBegin(); it != m_packages.constEnd(); ++it)
            join(it.key(), it.value().toObject());
    }

private:
    static bool isMember(const QString &folder) { return !folder.contains("node_modules/"_L1); }

    void put(const QString &folder, const QJsonObject &package)
    {
        if (isMember(folder) || package[u"link"_s].toBool())
            return;
        const qsizetype last = folder.lastIndexOf("node_modules/"_L1);
        const QString installed = folder.mid(last + 13);
        const QString name = purl(u"npm"_s, package.contains(u"name"_s) ? package[u"name"_s].toString() : installed);
        const QString version = package[u"version"_s].toString();
        const auto place = m_reader.add(name, version, m_file);
        if (!place)
            return;
        auto &to = m_reader.at(*place);
        m_reader.scope(*place, scopeOf(package));
        LockReader::setHash(to, package[u"integrity"_s].toString());
        to.origin = originOf(package[u"resolved"_s].toString());
        m_ids.insert(folder, to.id());
        if (last == 0)
            m_reader.choose(name, to.version);
    }

    /// As node looks for a package: in the folder's node_modules, then in those of the folders above.
    QString resolve(QString folder, const QString &name) const
    {
        for (int step = 0; step < 2 * deepest; ++step) {
            const QString candidate = (folder.isEmpty() ? QString() : QString(folder + u'/')) + u"node_modules/" + name;
            if (const auto id = m_ids.constFind(candidate); id != m_ids.constEnd())
                return *id;
            if (folder.isEmpty())
                break;
            const qsizetype slash = folder.lastIndexOf(u'/');
            folder = slash < 0 ? QString() : folder.left(slash);
        }
        return {};
    }

    void join(const QString &folder, const QJsonObject &package)
    {
        const bool member = isMember(folder);
        const QString own = m_ids.value(folder);
        if (!member && own.isEmpty())
            return;
        const auto place = member ? std::nullopt : m_reader.find(own);
        const auto take = [&](const char *list) {
            const auto names = package[QLatin1String(list)].toObject();
            for (auto it = names.constBegin(); it != names.constEnd(); ++it) {
                const QString id = resolve(folder, it.key());
                if (id.isEmpty())
                    continue;
                if (member)
                    m_reader.direct(id);
                else
                    m_reader.needs(*place, id);
            }
        };
        if (member) {
            for (const char *list : rootMembers)
                take(list);
        } else {
            for (const char *list : needMembers)
                take(list);
        }
    }

    LockReader &m_reader;
    const QString &m_file;
    const QJsonObject &m_packages;
    QHash<QString, QString> m_ids; ///< folder → id
};

/// Version 1: a tree of "dependencies", each with the copies that only it sees.
class Tree
{
public:
    Tree(LockReader &reader, const QString &file) : m_reader(reader), m_file(file) { }

    void readAll(const QJsonObject &dependencies)
    {
        put(dependencies, 0);
        m_scopes.push_back(dependencies);
        join(dependencies, 0);
    }

private:
    static QString versionOf(const QJsonObject &package)
    {
        const QString version = package[u"version"_s].toString();
        return version.startsWith("npm:"_L1) ? version.mid(version.lastIndexOf(u'@') + 1) : version;
    }
    static QString nameOf(const QString &key, const QJsonObject &package)
    {
        const QString version = package[u"version"_s].toString();
        const qsizetype at = version.lastIndexOf(u'@');
        return purl(u"npm"_s, version.startsWith("npm:"_L1) && at > 4 ? version.mid(4, at - 4) : key);
    }

    void put(const QJsonObject &dependencies, int depth)
    {
        for (auto it = dependencies.constBegin(); it != dependencies.constEnd() && depth < deepest; ++it) {
            const auto package = it.value().toObject();
            const QString name = nameOf(it.key(), package);
            if (const auto place = m_reader.add(name, versionOf(package), m_file)) {
                auto &to = m_reader.at(*place);
                m_reader.scope(*place, scopeOf(package));
                LockReader::setHash(to, package[u"integrity"_s].toString());
                to.origin = originOf(package[u"version"_s].toString());
                if (depth == 0)
                    m_reader.choose(name, to.version);
            }
            put(package[u"dependencies"_s].toObject(), depth + 1);
        }
    }

    void join(const QJsonObject &dependencies, int depth)
    {
        for (auto it = dependencies.constBegin(); it != dependencies.constEnd() && depth < deepest; ++it) {
            const auto package = it.value().toObject();
            const auto place = m_reader.find(purlWithVersion(nameOf(it.key(), package), versionOf(package)));
            const auto inner = package[u"dependencies"_s].toObject();
            m_scopes.push_back(inner);
            const auto names = package[u"requires"_s].toObject();
            for (auto need = names.constBegin(); place && need != names.constEnd(); ++need) {
                for (auto scope = m_scopes.crbegin(); scope != m_scopes.crend(); ++scope) {
                    const auto found = scope->constFind(need.key());
                    if (found == scope->constEnd())
                        continue;
                    const auto target = found->toObject();
                    m_reader.needs(*place, purlWithVersion(nameOf(need.key(), target), versionOf(target)));
                    break;
                }
            }
            join(inner, depth + 1);
            m_scopes.pop_back();
        }
    }

    LockReader &m_reader;
    const QString &m_file;
    std::vector<QJsonObject> m_scopes;
};

} // namespace

void readNpmLock(LockReader &reader)
{
    // npm reads a shrinkwrap first where both are there.
    const QString file = reader.has(u"npm-shrinkwrap.json"_s) ? u"npm-shrinkwrap.json"_s : u"package-lock.json"_s;
    const auto bytes = reader.read(file);
    if (!bytes)
        return;
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(*bytes, &error);
    if (!document.isObject()) {
        const int line = 1 + int(bytes->left(error.error ? error.offset : 0).count('\n'));
        return reader.broken(error.error ? QString(u"The lock file is not JSON: " + error.errorString()) : u"The lock file holds no JSON object"_s,
                             u"%1:%2"_s.arg(file).arg(line));
    }
    const auto root = document.object();
    const auto packages = root[u"packages"_s].toObject();
    if (!packages.isEmpty())
        return PackagesMap(reader, file, packages).readAll();
    Tree(reader, file).readAll(root[u"dependencies"_s].toObject());
}

} // namespace coppice::manifest
