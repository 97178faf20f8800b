// SPDX-License-Identifier: GPL-3.0-or-later
// Go's go.mod (go.dev/ref/mod) and Rust's Cargo.toml with Cargo.lock (doc.rust-lang.org/cargo/reference/manifest.html).
#include "manifest/toml_file.h"

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

void addCrates(Builder &builder, const TomlFile &file, const toml::node *node)
{
    const auto *table = node ? node->as_table() : nullptr;
    if (!table)
        return;
    for (const auto &[key, value] : *table) {
        QString name = tomlKey(key);
        QString range = tomlText(&value);
        if (const auto *detail = value.as_table()) {
            range = tomlText(detail->get("version"));
            if (const QString real = tomlText(detail->get("package")); !real.isEmpty())
                name = real;
        }
        builder.dependency({purl(u"cargo"_s, name), range, {}, Dependency::Level::Manifest, file.source(&value)});
    }
}

/// A field of [package]; `field.workspace = true` takes the one of [workspace.package], where this file has it.
const toml::node *packageField(const TomlFile &file, const char *name)
{
    const auto *node = tomlAt(file.root, {"package", name});
    const auto *detail = node ? node->as_table() : nullptr;
    const bool inherits = detail && detail->get("workspace");
    if (node && !inherits)
        return node;
    return inherits || !tomlAt(file.root, {"package"}) ? tomlAt(file.root, {"workspace", "package", name}) : nullptr;
}

} // namespace

void readGoMod(Builder &builder)
{
    const auto bytes = builder.readListed(u"go.mod"_s);
    if (!bytes)
        return;
    builder.language(u"go"_s, u"go.mod"_s, 2);
    QString block;
    int line = 0;
    for (const auto &raw : bytes->split('\n')) {
        ++line;
        const QString source = u"go.mod:%1"_s.arg(line);
        const QStringList words = QString::fromUtf8(raw).section(u"//"_s, 0, 0).simplified().split(u' ', Qt::SkipEmptyParts);
        if (words.isEmpty())
            continue;
        if (words.front() == ")"_L1) {
            block.clear();
            continue;
        }
        if (words.size() == 2 && words[1] == "("_L1) {
            block = words.front();
            continue;
        }
        QStringList rest = words;
        const QString verb = block.isEmpty() ? rest.takeFirst() : block;
        for (auto &word : rest) {
            if (word.size() > 1 && (word.startsWith(u'"') || word.startsWith(u'`')))
                word = word.mid(1, word.size() - 2);
        }
        if (verb == "module"_L1 && !rest.isEmpty())
            builder.name(rest.front(), source);
        else if (verb == "require"_L1 && rest.size() >= 2)
            builder.dependency({purl(u"golang"_s, rest[0]), rest[1], rest[1], Dependency::Level::Manifest, source});
    }
}

void readCargo(Builder &builder)
{
    const auto file = TomlFile::read(builder, u"Cargo.toml"_s);
    if (!file) {
        if (builder.has(u"Cargo.toml"_s))
            builder.language(u"rust"_s, u"Cargo.toml"_s, 1);
        return;
    }
    builder.language(u"rust"_s, u"Cargo.toml"_s, tomlAt(file->root, {"package", "name"}) ? 2 : 1);
    const auto *name = tomlAt(file->root, {"package", "name"});
    builder.name(tomlText(name), file->source(name));
    const auto *version = packageField(*file, "version");
    builder.version(tomlText(version), file->source(version));
    const auto *description = packageField(*file, "description");
    builder.description(tomlText(description), file->source(description));
    const auto *license = packageField(*file, "license");
    builder.license(tomlText(license), file->source(license));
    if (!version && tomlAt(file->root, {"package", "version"}))
        builder.finding(Finding::Severity::Note, u"manifest.version-elsewhere"_s,
                        u"The version is that of a workspace outside this plugin"_s,
                        file->source(tomlAt(file->root, {"package", "version"})));
    for (const char *member : {"dependencies", "dev-dependencies", "build-dependencies"})
        addCrates(builder, *file, file->root.get(member));

    const auto lock = TomlFile::read(builder, u"Cargo.lock"_s);
    const auto *packages = lock ? lock->root.get("package") : nullptr;
    if (const auto *array = packages ? packages->as_array() : nullptr) {
        for (const auto &item : *array) {
            if (const auto *package = item.as_table())
                builder.locked(purl(u"cargo"_s, tomlText(package->get("name"))), tomlText(package->get("version")));
        }
    }
}

} // namespace coppice::manifest
