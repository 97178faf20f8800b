// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/export.h"

#include <manifest/purl.h>
#include <manifest/spdx.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QUuid>

#include <algorithm>

namespace coppice::graph {

using namespace Qt::StringLiterals;

namespace {

/// A component of the bill with what it needs, by its bom-ref.
struct Part {
    QJsonObject component;
    QSet<QString> needs;
    bool known = true; ///< all that it needs is known
    bool isPlugin = false;
};

QString scopeWord(manifest::Dependency::Scope scope)
{
    using Scope = manifest::Dependency::Scope;
    switch (scope) {
    case Scope::Development: return u"excluded"_s;
    case Scope::Optional: return u"optional"_s;
    case Scope::Runtime:
    case Scope::Peer:
    case Scope::Indirect: break;
    }
    return u"required"_s;
}

QJsonObject packageComponent(const QString &purl, const QString &version, manifest::Dependency::Scope scope)
{
    const QString ref = manifest::purlWithVersion(purl, version);
    const QString name = manifest::purlName(purl);
    const qsizetype slash = name.lastIndexOf(u'/');
    QJsonObject component{{u"type"_s, u"library"_s}, {u"bom-ref"_s, ref}, {u"name"_s, name.mid(slash + 1)}, {u"purl"_s, ref}, {u"scope"_s, scopeWord(scope)}};
    if (slash > 0)
        component[u"group"_s] = name.left(slash);
    if (!version.isEmpty())
        component[u"version"_s] = version;
    return component;
}

/// By its SPDX id, or as an expression of several; what is neither is a name.
QJsonObject licenseOf(const QString &text)
{
    const auto spdx = manifest::spdxLicense(text);
    if (!spdx.expression.isEmpty())
        return {{u"expression"_s, spdx.expression}};
    return {{u"license"_s, spdx.id.isEmpty() ? QJsonObject{{u"name"_s, text}} : QJsonObject{{u"id"_s, spdx.id}}}};
}

class Bill
{
public:
    Bill(const library::Catalog &catalog, const Graph &graph, const BillOptions &options) : m_graph(graph), m_options(options)
    {
        auto &wanted = m_wanted;
        wanted.assign(graph.nodes().size(), options.plugin.isEmpty());
        if (const auto only = graph.find(options.plugin))
            reach(*only, wanted);
        for (const auto &entry : catalog.entries) {
            const auto node = graph.find(entry.plugin.id);
            if (node && wanted[size_t(*node)])
                addPlugin(entry, *node);
        }
    }

    QJsonObject document()
    {
        QJsonArray components, dependencies;
        QJsonArray complete, incomplete;
        const auto ordered = [](const QSet<QString> &set) {
            QStringList list(set.begin(), set.end());
            list.sort();
            return QJsonArray::fromStringList(list);
        };
        QSet<QString> plugins;
        for (const auto &[ref, part] : m_parts) {
            components.append(part.component);
            dependencies.append(QJsonObject{{u"ref"_s, ref}, {u"dependsOn"_s, ordered(part.needs)}});
            (part.known ? complete : incomplete).append(ref);
            if (part.isPlugin)
                plugins.insert(ref);
        }
        const bool one = !m_options.plugin.isEmpty();
        const QString root = u"library:"_s + m_options.library;
        dependencies.prepend(QJsonObject{{u"ref"_s, root}, {u"dependsOn"_s, one ? QJsonArray{QString(u"plugin:" + m_options.plugin)} : ordered(plugins)}});
        QJsonObject about{{u"type"_s, u"application"_s}, {u"bom-ref"_s, root}, {u"name"_s, m_options.library}};
        if (!m_options.version.isEmpty())
            about[u"version"_s] = m_options.version;
        QJsonObject tool{{u"type"_s, u"application"_s}, {u"name"_s, u"coppice"_s}};
        if (!m_options.toolVersion.isEmpty())
            tool[u"version"_s] = m_options.toolVersion;
        QJsonArray compositions;
        if (!complete.isEmpty())
            compositions.append(QJsonObject{{u"aggregate"_s, u"complete"_s}, {u"dependencies"_s, complete}});
        if (!incomplete.isEmpty())
            compositions.append(QJsonObject{{u"aggregate"_s, u"incomplete"_s}, {u"dependencies"_s, incomplete}});
        QJsonObject bill{{u"bomFormat"_s, u"CycloneDX"_s},
                         {u"specVersion"_s, u"1.6"_s},
                         {u"version"_s, 1},
                         {u"metadata"_s, QJsonObject{{u"tools"_s, QJsonObject{{u"components"_s, QJsonArray{tool}}}}, {u"component"_s, about}}},
                         {u"components"_s, components},
                         {u"dependencies"_s, dependencies},
                         {u"compositions"_s, compositions}};
        const QUuid space(u"6ba7b811-9dad-11d1-80b4-00c04fd430c8"_s); // RFC 4122: names that are addresses
        bill[u"serialNumber"_s] =
            QString(u"urn:uuid:" + QUuid::createUuidV5(space, QJsonDocument(bill).toJson(QJsonDocument::Compact)).toString(QUuid::WithoutBraces));
        return bill;
    }

private:
    void reach(int node, std::vector<bool> &wanted) const
    {
        std::vector<int> open{node};
        while (!open.empty()) {
            const int at = open.back();
            open.pop_back();
            if (wanted[size_t(at)])
                continue;
            wanted[size_t(at)] = true;
            for (const int edge : m_graph.nodes()[size_t(at)].out)
                open.push_back(m_graph.edges()[size_t(edge)].to);
        }
    }

    void addPlugin(const library::CatalogEntry &entry, int node)
    {
        const QString ref = u"plugin:"_s + entry.plugin.id;
        Part part;
        part.isPlugin = true;
        part.known = !entry.manifest.packages.empty(); // else no file was read that would name what it needs
        part.component = {{u"type"_s, u"application"_s}, {u"bom-ref"_s, ref}, {u"name"_s, entry.plugin.id}};
        const QString version = entry.manifest.version.value;
        if (!version.isEmpty())
            part.component[u"version"_s] = version;
        if (!entry.manifest.description.value.isEmpty())
            part.component[u"description"_s] = entry.manifest.description.value;
        if (!entry.manifest.license.value.isEmpty())
            part.component[u"licenses"_s] = QJsonArray{licenseOf(entry.manifest.license.value)};
        if (!entry.manifest.packages.empty()) {
            const auto &package = entry.manifest.packages.front();
            part.component[u"purl"_s] = manifest::purlWithVersion(package.purl, package.version.isEmpty() ? version : package.version);
        }
        part.component[u"properties"_s] =
            QJsonArray{QJsonObject{{u"name"_s, u"coppice:prefix"_s}, {u"value"_s, QString::fromUtf8(entry.plugin.prefix)}},
                       QJsonObject{{u"name"_s, u"coppice:tree"_s}, {u"value"_s, entry.tree.toString()}}};

        for (const int edge : m_graph.nodes()[size_t(node)].out)
            part.needs.insert(QString(u"plugin:" + m_graph.nodes()[size_t(m_graph.edges()[size_t(edge)].to)].id));
        QSet<QString> siblings; // what stands for plugins of the library already
        for (const int edge : m_graph.nodes()[size_t(node)].out) {
            for (const auto &reason : m_graph.edges()[size_t(edge)].reasons)
                siblings.insert(reason.purl);
        }
        const auto locks = m_options.locks ? m_options.locks(entry) : manifest::Locks();
        QSet<QString> inLock;
        for (const auto &package : locks.packages) {
            inLock.insert(package.purl);
            addLocked(package);
            if (package.file.endsWith("gradle.lockfile"_L1)) { // all that it gets, and no word of what it asks for
                part.needs.insert(refOf(package.id()));
                part.known = false;
            }
        }
        for (const auto &id : locks.direct)
            part.needs.insert(refOf(id));
        for (const auto &dependency : entry.manifest.dependencies) {
            if (siblings.contains(dependency.purl))
                continue;
            const QString fixed = inLock.contains(dependency.purl) ? locks.versionFor(dependency.purl, dependency.range) : dependency.locked;
            const QString id = manifest::purlWithVersion(dependency.purl, fixed);
            part.needs.insert(id);
            part.known = part.known && inLock.contains(dependency.purl);
            if (!m_parts.contains(id))
                m_parts[id] = {packageComponent(dependency.purl, fixed, dependency.scope), {}, false, false};
        }
        part.needs.remove(ref);
        m_parts[ref] = std::move(part);
    }

    /// A package that a plugin of the bill publishes is that plugin, not a second component.
    [[nodiscard]] QString refOf(const QString &id) const
    {
        const QStringList publishers = m_graph.publishersOf(id.section(u'@', 0, 0));
        const auto node = publishers.isEmpty() ? std::nullopt : m_graph.find(publishers.front());
        return node && m_wanted[size_t(*node)] ? QString(u"plugin:" + publishers.front()) : id;
    }

    void addLocked(const manifest::LockedPackage &package)
    {
        const QString id = package.id();
        if (refOf(id) != id)
            return;
        auto &part = m_parts[id];
        const auto old = part.component;
        part.component = packageComponent(package.purl, package.version, package.scope);
        // Of several plugins, the one that needs it most decides.
        const QString scope = old[u"scope"_s].toString();
        if (scope == "required"_L1 || (scope == "optional"_L1 && package.scope == manifest::Dependency::Scope::Development))
            part.component[u"scope"_s] = scope;
        if (!package.hash.isEmpty())
            part.component[u"hashes"_s] = QJsonArray{QJsonObject{{u"alg"_s, package.hashName}, {u"content"_s, package.hash}}};
        else if (old.contains(u"hashes"_s))
            part.component[u"hashes"_s] = old[u"hashes"_s];
        for (const auto &need : package.needs)
            part.needs.insert(refOf(need));
        // Files that only list packages do not say which needs which.
        part.known = !package.file.startsWith("requirements"_L1) && package.file != "Pipfile.lock"_L1 && package.file != "go.mod"_L1
            && package.file != "pylock.toml"_L1 && !package.file.endsWith("gradle.lockfile"_L1);
    }

    const Graph &m_graph;
    std::vector<bool> m_wanted;
    const BillOptions &m_options;
    std::map<QString, Part> m_parts;
};

} // namespace

QJsonObject toCycloneDx(const library::Catalog &catalog, const Graph &graph, const BillOptions &options)
{
    return Bill(catalog, graph, options).document();
}

} // namespace coppice::graph
