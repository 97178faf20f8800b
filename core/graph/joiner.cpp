// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/joiner.h"

#include <manifest/addresses.h>
#include <manifest/purl.h>

#include <QDir>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace coppice::graph {

using namespace Qt::StringLiterals;

namespace {

QString folded(const QString &name)
{
    return manifest::foldPypi(name);
}

QString lastPart(const QString &name)
{
    return name.section(u'/', -1);
}

/// Go's "/v2" at the end of a module path.
QString withoutMajor(const QString &purl)
{
    static const QRegularExpression major(u"(/v[0-9]+|\\.v[0-9]+)\\z"_s);
    return QString(purl).remove(major);
}

/// "npm/@scope" of "pkg:npm/%40scope/name"; empty for a name without one.
QString namespaceOf(const QString &purl)
{
    const QString name = manifest::purlName(withoutMajor(purl));
    const qsizetype slash = name.lastIndexOf(u'/');
    return slash > 0 ? QString(manifest::purlType(purl) + u'/' + name.left(slash)) : QString();
}

/// Of more than one word, so that it is not an everyday one such as "redis" or "search".
bool isDistinct(const QString &name)
{
    static const QRegularExpression words(u"[A-Za-z][^-_.]*[-_.].*[A-Za-z0-9]"_s);
    return name.size() >= 6 && words.match(name).hasMatch();
}

} // namespace

Joiner::Joiner(const std::vector<const library::CatalogEntry *> &entries) : m_entries(entries), m_types(entries.size())
{
    for (size_t i = 0; i < entries.size(); ++i) {
        const auto &entry = *entries[i];
        QSet<QString> names{folded(entry.plugin.id)};
        if (entry.manifest.name.isSet())
            names.insert(folded(lastPart(entry.manifest.name.value)));
        for (const auto &package : entry.manifest.packages) {
            m_byPurl[package.purl].push_back(int(i));
            const QString type = manifest::purlType(package.purl);
            if (type == "golang"_L1 && !m_byModule.contains(withoutMajor(package.purl)))
                m_byModule.insert(withoutMajor(package.purl), int(i));
            m_types[i].insert(type);
            if (const QString space = namespaceOf(package.purl); !space.isEmpty())
                m_namespaces.insert(space);
            names.insert(folded(lastPart(manifest::purlName(withoutMajor(package.purl)))));
        }
        m_byPrefix.insert(QString::fromUtf8(entry.plugin.prefix), int(i));
        if (entry.plugin.settings.upstream) {
            if (const QString git = manifest::gitReference(entry.plugin.settings.upstream->url); !git.isEmpty())
                m_byUpstream[git.toLower()].push_back(int(i));
        }
        for (const auto &name : names) {
            const auto there = m_byName.find(name);
            if (there == m_byName.end())
                m_byName.insert(name, int(i));
            else if (*there != int(i))
                *there = -1;
        }
    }
    // A plugin's id is its own, whatever packages of others are called.
    for (size_t i = 0; i < entries.size(); ++i)
        m_byName.insert(folded(entries[i]->plugin.id), int(i));
}

std::optional<int> Joiner::atPath(int plugin, const QString &path) const
{
    QString at = QDir::cleanPath(QString::fromUtf8(m_entries[size_t(plugin)]->plugin.prefix) + u'/' + path);
    while (!at.isEmpty() && !at.startsWith(".."_L1)) {
        if (const auto there = m_byPrefix.constFind(at); there != m_byPrefix.constEnd())
            return *there;
        const qsizetype slash = at.lastIndexOf(u'/');
        at = slash < 0 ? QString() : at.left(slash);
    }
    return std::nullopt;
}

const Joiner::Known &Joiner::known(const QString &purl) const
{
    if (const auto there = m_known.constFind(purl); there != m_known.constEnd())
        return *there;
    Known known;
    const QString type = manifest::purlType(purl);
    const QString plain = withoutMajor(purl);
    if (const auto same = m_byPurl.constFind(purl); same != m_byPurl.constEnd())
        known.publishers = *same;
    else if (const auto module = m_byModule.constFind(plain); type == "golang"_L1 && module != m_byModule.constEnd())
        known.publishers.push_back(*module);
    const QString name = lastPart(manifest::purlName(plain));
    if (const auto called = m_byName.constFind(folded(name)); called != m_byName.constEnd() && *called >= 0 && !m_types[size_t(*called)].contains(type)) {
        known.namesake = *called;
        const QString space = namespaceOf(purl);
        known.ours = !space.isEmpty() && m_namespaces.contains(space);
        known.distinct = space.isEmpty() && isDistinct(name);
    }
    return *m_known.insert(purl, std::move(known));
}

std::optional<int> Joiner::namesake(int plugin, const manifest::Dependency &dependency) const
{
    const auto &known = this->known(dependency.purl);
    if (known.namesake < 0 || known.namesake == plugin || !(known.ours || known.distinct))
        return std::nullopt;
    if (known.ours)
        return known.namesake;
    const QString version = m_entries[size_t(known.namesake)]->manifest.version.value;
    const bool foreign = dependency.level == manifest::Dependency::Level::Locked && dependency.locked != version;
    return foreign ? std::nullopt : std::optional(known.namesake);
}

std::vector<Joiner::Target> Joiner::targetsOf(int plugin, const manifest::Dependency &dependency) const
{
    using Kind = Reason::Kind;
    if (dependency.reference.startsWith("path:"_L1)) {
        const auto target = atPath(plugin, dependency.reference.mid(5));
        return target && *target != plugin ? std::vector<Target>{{*target, Kind::Path}} : std::vector<Target>{};
    }
    std::vector<int> found = known(dependency.purl).publishers;
    Kind kind = Kind::Package;
    if (dependency.reference.startsWith("git:"_L1)) {
        const auto upstreams = m_byUpstream.value(dependency.reference.toLower());
        if (!upstreams.empty()) {
            // Several plugins may come from one repository: the package's name tells which.
            std::vector<int> both;
            std::ranges::copy_if(upstreams, std::back_inserter(both), [&](int one) { return std::ranges::count(found, one) > 0; });
            found = both.empty() ? upstreams : both;
            kind = Kind::Git;
        }
    }
    if (found.empty()) {
        if (const auto other = namesake(plugin, dependency)) {
            found.push_back(*other);
            kind = Kind::Name;
        }
    }
    std::vector<Target> targets;
    // A package of its own is none of another, also where a copy of the plugin publishes the same.
    if (std::ranges::count(found, plugin) == 0) {
        for (const int one : found)
            targets.emplace_back(one, kind);
    }
    return targets;
}

} // namespace coppice::graph
