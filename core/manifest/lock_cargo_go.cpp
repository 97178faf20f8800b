// SPDX-License-Identifier: GPL-3.0-or-later
// Cargo.lock (versions 1 to 4, doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html) and go.mod's build list
// (go.dev/ref/mod: from Go 1.17 on it names every module that is built with).
#include "manifest/go_mod.h"
#include "manifest/lock_reader.h"
#include "manifest/toml_file.h"

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

QString crate(const QString &name)
{
    return purl(u"cargo"_s, name);
}

void readCrates(LockReader &reader, const toml::array &packages)
{
    QHash<QString, QStringList> versions;
    const auto isOwn = [](const toml::table &package) { return !package.contains("source"); };
    for (const auto &item : packages) {
        const auto *package = item.as_table();
        if (!package || isOwn(*package))
            continue;
        const QString name = crate(tomlText(package->get("name")));
        const QString version = tomlText(package->get("version"));
        const auto place = reader.add(name, version, u"Cargo.lock"_s);
        if (!place)
            continue;
        versions[name] << version;
        LockReader::setHash(reader.at(*place), tomlText(package->get("checksum")));
        if (const QString source = tomlText(package->get("source")); source.startsWith("git+"_L1))
            reader.at(*place).origin = gitReference(source);
    }
    for (const auto &item : packages) {
        const auto *package = item.as_table();
        const auto *needs = package && package->get("dependencies") ? package->get("dependencies")->as_array() : nullptr;
        if (!needs)
            continue;
        const bool own = isOwn(*package);
        const auto place = own ? std::nullopt
                               : reader.find(purlWithVersion(crate(tomlText(package->get("name"))), tomlText(package->get("version"))));
        for (const auto &need : *needs) {
            // "name", "name 1.0.0" where there are several, "name 1.0.0 (source)" in old files
            const QStringList words = tomlText(&need).split(u' ', Qt::SkipEmptyParts);
            const QString name = crate(words.value(0));
            const QString version = words.size() > 1 ? words[1] : versions.value(name).value(0);
            const QString id = purlWithVersion(name, version);
            if (own) {
                reader.direct(id);
                reader.choose(name, reader.find(id) ? version : QString());
            } else if (place) {
                reader.needs(*place, id);
            }
        }
    }
    // A lock without the project's own entry, as for a member of a workspace.
    for (auto it = versions.cbegin(); it != versions.cend(); ++it) {
        if (it->size() == 1)
            reader.choose(it.key(), it->front());
    }
}

} // namespace

void readCargoLock(LockReader &reader)
{
    const QString file = u"Cargo.lock"_s;
    const auto bytes = reader.read(file);
    if (!bytes)
        return;
    try {
        const auto root = toml::parse(std::string_view(bytes->constData(), size_t(bytes->size())));
        const auto *packages = root.get("package");
        if (const auto *array = packages ? packages->as_array() : nullptr)
            readCrates(reader, *array);
    } catch (const toml::parse_error &error) {
        reader.broken(u"The lock file is not TOML: %1"_s.arg(QString::fromUtf8(error.description())),
                      u"%1:%2"_s.arg(file).arg(error.source().begin.line));
    } catch (const std::exception &error) {
        reader.broken(u"The lock file could not be read as TOML: %1"_s.arg(QString::fromUtf8(error.what())), file);
    }
}

void readGoList(LockReader &reader)
{
    const auto bytes = reader.peek(u"go.mod"_s);
    if (!bytes)
        return;
    const auto module = parseGoMod(*bytes);
    for (const auto &need : module.needs) {
        const auto replaced = module.replacement(need.path, need.version);
        const QString path = replaced && !replaced->isFolder ? replaced->to : need.path;
        const QString version = replaced ? replaced->version : need.version;
        if (replaced && replaced->isFolder)
            continue;
        const auto place = reader.add(purl(u"golang"_s, path), version, u"go.mod"_s);
        if (!place)
            continue;
        // Under its own name, whatever stands in for it.
        reader.choose(purl(u"golang"_s, need.path), version);
        if (!need.indirect)
            reader.direct(reader.at(*place).id());
        reader.scope(*place, Dependency::Scope::Runtime);
    }
}

} // namespace coppice::manifest
