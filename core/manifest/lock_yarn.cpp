// SPDX-License-Identifier: GPL-3.0-or-later
// yarn.lock, classic and berry. Sources: classic.yarnpkg.com/docs/yarn-lock, yarnpkg.com/configuration (lockfiles).
#include "manifest/lock_reader.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

/// "name@range", with the real package where the range is an alias of it.
struct Descriptor {
    QString purl;
    QString range;
    QString text; ///< as other entries name it
};

Descriptor descriptorOf(const QString &name, QString range)
{
    Descriptor descriptor;
    if (!range.startsWith("npm:"_L1)) {
        descriptor.text = name + u'@' + range;
        descriptor.purl = purl(u"npm"_s, name);
        descriptor.range = range;
        return descriptor;
    }
    const QString inner = range.mid(4);
    const qsizetype at = inner.indexOf(u'@', 1);
    descriptor.purl = purl(u"npm"_s, at > 0 ? inner.left(at) : name);
    descriptor.range = at > 0 ? inner.mid(at + 1) : inner;
    // Berry writes npm: before every range, and its entries are looked up by the same words.
    descriptor.text = at > 0 ? QString(name + u'@' + range) : QString(name + u'@' + inner);
    return descriptor;
}

QPair<QString, QString> parted(const QString &text)
{
    const qsizetype at = text.indexOf(u'@', 1);
    return at > 0 ? QPair(text.left(at), text.mid(at + 1)) : QPair(text, QString());
}

/// A folder of this repository, whose packages its own files name; a packed one is a package as any other.
bool isFolder(const QString &range)
{
    if (range.startsWith("workspace:"_L1) || range.startsWith("link:"_L1) || range.startsWith("portal:"_L1))
        return true;
    const QString path = range.section(u'#', 0, 0).section("::"_L1, 0, 0);
    return range.startsWith("file:"_L1) && !path.endsWith(".tgz"_L1) && !path.endsWith(".tar.gz"_L1);
}

struct Entry {
    std::vector<Descriptor> descriptors;
    QString version, resolution, resolved, integrity;
    QList<QPair<QString, QString>> needs;
    bool workspace = false, isRoot = false;
    QString id;
};

std::vector<Entry> entriesOf(const QByteArray &bytes)
{
    std::vector<Entry> entries;
    QString block;
    for (const auto &line : indentedLines(bytes)) {
        if (line.depth == 0) {
            auto &entry = entries.emplace_back();
            block.clear();
            for (QString text : line.key.split(u',')) {
                text = text.trimmed();
                while (text.startsWith(u'"'))
                    text.remove(0, 1);
                while (text.endsWith(u'"'))
                    text.chop(1);
                const auto [name, range] = parted(text);
                entry.workspace = entry.workspace || isFolder(range);
                entry.isRoot = entry.isRoot || range == "workspace:."_L1;
                entry.descriptors.push_back(descriptorOf(name, range));
            }
            continue;
        }
        if (entries.empty())
            continue;
        auto &entry = entries.back();
        if (line.depth <= 2) {
            block.clear();
            if (line.key == "version"_L1)
                entry.version = line.value;
            else if (line.key == "resolution"_L1)
                entry.resolution = line.value;
            else if (line.key == "resolved"_L1)
                entry.resolved = line.value;
            else if (line.key == "integrity"_L1)
                entry.integrity = line.value;
            else if (line.value.isEmpty())
                block = line.key;
        } else if (block == "dependencies"_L1 || block == "optionalDependencies"_L1) {
            entry.needs.append({line.key, line.value});
        }
    }
    return entries;
}

/// What package.json asks for: classic lock files do not say, and those of berry not what for. False where there is none.
bool readDirect(LockReader &reader, const QHash<QString, QString> &byDescriptor)
{
    const auto bytes = reader.peek(u"package.json"_s);
    const auto root = bytes ? QJsonDocument::fromJson(*bytes).object() : QJsonObject();
    using Scope = Dependency::Scope;
    for (const auto &[list, scope] : {std::pair("dependencies", Scope::Runtime), std::pair("optionalDependencies", Scope::Optional),
                                      std::pair("devDependencies", Scope::Development)}) {
        const auto names = root[QLatin1String(list)].toObject();
        for (auto it = names.constBegin(); it != names.constEnd(); ++it) {
            const QString id = byDescriptor.value(descriptorOf(it.key(), it.value().toString()).text);
            if (!id.isEmpty())
                reader.direct(id, scope);
        }
    }
    return !root.isEmpty();
}

} // namespace

void readYarnLock(LockReader &reader)
{
    const QString file = u"yarn.lock"_s;
    const auto bytes = reader.read(file);
    if (!bytes)
        return;
    auto entries = entriesOf(*bytes);
    QHash<QString, QString> byDescriptor;
    bool any = false;
    for (auto &entry : entries) {
        if (entry.descriptors.empty() || entry.workspace || entry.version.isEmpty() || entry.descriptors.front().purl == "pkg:npm/__metadata"_L1)
            continue;
        QString name = entry.descriptors.front().purl;
        QString version = entry.version;
        if (!entry.resolution.isEmpty()) {
            const auto [own, where] = parted(entry.resolution);
            name = purl(u"npm"_s, own);
        }
        const auto place = reader.add(name, version, file);
        if (!place)
            continue;
        any = true;
        auto &package = reader.at(*place);
        entry.id = package.id();
        if (!entry.integrity.isEmpty())
            LockReader::setHash(package, entry.integrity);
        else if (const QString sha1 = entry.resolved.section(u'#', 1); sha1.size() == 40)
            LockReader::setHash(package, sha1);
        if (!entry.resolved.startsWith("http"_L1))
            package.origin = npmReference(entry.resolved, {});
        for (const auto &descriptor : entry.descriptors) {
            byDescriptor.insert(descriptor.text, entry.id);
            reader.choose(QString(descriptor.purl + u'\n' + descriptor.range), version);
            reader.choose(descriptor.purl, version);
        }
    }
    if (!any && !bytes->trimmed().isEmpty() && !bytes->contains("yarn lockfile") && !bytes->contains("__metadata"))
        return reader.broken(u"The file is no lock file of yarn"_s, file);
    const bool byManifest = readDirect(reader, byDescriptor);
    for (const auto &entry : entries) {
        const auto place = entry.id.isEmpty() ? std::nullopt : reader.find(entry.id);
        for (const auto &[name, range] : entry.needs) {
            const QString id = byDescriptor.value(descriptorOf(name, range).text);
            if (id.isEmpty())
                continue;
            if (entry.isRoot && byManifest)
                continue; // package.json says what for, too
            if (entry.workspace)
                reader.direct(id);
            else if (place)
                reader.needs(*place, id);
        }
    }
}

} // namespace coppice::manifest
