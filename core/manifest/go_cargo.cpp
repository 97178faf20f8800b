// SPDX-License-Identifier: GPL-3.0-or-later
// Go's go.mod with go.work (go.dev/ref/mod) and Rust's Cargo.toml (doc.rust-lang.org/cargo/reference/manifest.html).
#include "manifest/go_mod.h"
#include "manifest/lock_reader.h"
#include "manifest/toml_file.h"

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

/// One Cargo.toml: of the plugin, or of a member of its workspace.
class Crate
{
public:
    Crate(Builder &builder, const TomlFile &file, const TomlFile &root, const QString &folder)
        : m_builder(builder), m_file(file), m_root(root), m_folder(folder)
    {
    }

    void read()
    {
        const auto *name = tomlAt(m_file.root, {"package", "name"});
        if (name) {
            const auto *version = tomlAt(m_file.root, {"package", "version"});
            if (version && version->as_table())
                version = tomlAt(m_root.root, {"workspace", "package", "version"});
            m_builder.package(purl(u"cargo"_s, tomlText(name)), tomlText(version), m_file.source(name));
        }
        takeLists(m_file.root);
        const auto *targets = m_file.root.get("target");
        if (const auto *table = targets ? targets->as_table() : nullptr) {
            for (const auto &[key, value] : *table) {
                if (const auto *target = value.as_table())
                    takeLists(*target);
            }
        }
    }

private:
    void takeLists(const toml::table &table)
    {
        take(table.get("dependencies"), Dependency::Scope::Runtime);
        take(table.get("build-dependencies"), Dependency::Scope::Development);
        take(table.get("dev-dependencies"), Dependency::Scope::Development);
    }

    void take(const toml::node *node, Dependency::Scope scope)
    {
        const auto *table = node ? node->as_table() : nullptr;
        if (!table)
            return;
        for (const auto &[key, value] : *table) {
            Dependency dependency;
            QString name = tomlKey(key);
            dependency.scope = scope;
            dependency.range = tomlText(&value);
            if (const auto *detail = value.as_table()) {
                detailed(*detail, m_folder, name, dependency);
                const auto *inherited = detail->get("workspace") ? tomlAt(m_root.root, {"workspace", "dependencies"}) : nullptr;
                const auto *known = inherited && inherited->as_table() ? inherited->as_table()->get(tomlKey(key).toStdString()) : nullptr;
                if (known && known->as_table())
                    detailed(*known->as_table(), {}, name, dependency);
                else if (known)
                    dependency.range = tomlText(known);
            }
            dependency.purl = purl(u"cargo"_s, name);
            dependency.source = m_file.source(&value);
            m_builder.dependency(dependency);
        }
    }

    static void detailed(const toml::table &detail, const QString &folder, QString &name, Dependency &dependency)
    {
        if (const QString real = tomlText(detail.get("package")); !real.isEmpty())
            name = real;
        if (const QString range = tomlText(detail.get("version")); !range.isEmpty())
            dependency.range = range;
        if (const QString path = tomlText(detail.get("path")); !path.isEmpty())
            dependency.reference = pathReference(path, folder);
        else if (const QString git = tomlText(detail.get("git")); !git.isEmpty())
            dependency.reference = gitReference(git);
        const auto *optional = detail.get("optional") ? detail.get("optional")->as_boolean() : nullptr;
        if (optional && optional->get() && dependency.scope == Dependency::Scope::Runtime)
            dependency.scope = Dependency::Scope::Optional;
    }

    Builder &m_builder;
    const TomlFile &m_file;
    const TomlFile &m_root;
    QString m_folder;
};

void addModule(Builder &builder, const GoMod &module, const QString &folder)
{
    const QString path = folder.isEmpty() ? u"go.mod"_s : QString(folder + u"/go.mod");
    if (!module.module.isEmpty())
        builder.package(purl(u"golang"_s, module.module), {}, u"%1:%2"_s.arg(path).arg(module.moduleLine));
    for (const auto &need : module.needs) {
        Dependency dependency{purl(u"golang"_s, need.path), need.version, need.version, Dependency::Level::Manifest,
                              u"%1:%2"_s.arg(path).arg(need.line)};
        dependency.scope = need.indirect ? Dependency::Scope::Indirect : Dependency::Scope::Runtime;
        if (const auto replaced = module.replacement(need.path, need.version)) {
            dependency.reference = replaced->isFolder ? pathReference(replaced->to, folder) : gitReference(QString(u"https://" + replaced->to));
            dependency.locked = replaced->isFolder ? QString() : replaced->version;
        }
        builder.dependency(dependency);
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
    const auto module = parseGoMod(*bytes);
    builder.name(module.module, u"go.mod:%1"_s.arg(module.moduleLine));
    addModule(builder, module, {});
    // go.work's "use" names further modules of the same repository.
    QStringList folders;
    if (const auto work = builder.readListed(u"go.work"_s)) {
        bool block = false;
        for (const auto &raw : work->split('\n')) {
            const QStringList words = QString::fromUtf8(raw.left(1000)).section(u"//"_s, 0, 0).simplified().split(u' ', Qt::SkipEmptyParts);
            if (words.isEmpty())
                continue;
            if (words.front() == ")"_L1)
                block = false;
            else if (words.front() == "use"_L1 && words.value(1) == "("_L1)
                block = true;
            else if (block || words.front() == "use"_L1)
                folders << (block ? words.front() : words.value(1));
        }
    }
    for (const auto &folder : memberFolders(builder, folders, u"go.mod"_s)) {
        if (const auto member = builder.readListed(QString(folder + u"/go.mod")))
            addModule(builder, parseGoMod(*member), folder);
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
    Crate(builder, *file, *file, {}).read();
    QStringList patterns;
    const auto *members = tomlAt(file->root, {"workspace", "members"});
    if (const auto *array = members ? members->as_array() : nullptr) {
        for (const auto &pattern : *array)
            patterns << tomlText(&pattern);
    }
    for (const auto &folder : memberFolders(builder, patterns, u"Cargo.toml"_s)) {
        if (const auto member = TomlFile::read(builder, QString(folder + u"/Cargo.toml")))
            Crate(builder, *member, *file, folder).read();
    }
}

} // namespace coppice::manifest
