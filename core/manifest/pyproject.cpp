// SPDX-License-Identifier: GPL-3.0-or-later
// Python: pyproject.toml (PEP 621, PEP 735, Poetry, uv's workspaces and sources), setup.cfg, Pipfile, requirements files.
#include "manifest/lock_reader.h"
#include "manifest/requirement.h"
#include "manifest/toml_file.h"

#include <QRegularExpression>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

using Scope = Dependency::Scope;

/// What a group of optional requirements is for, by its name.
Scope scopeOfGroup(const QString &name)
{
    for (const char *word : {"dev", "test", "lint", "doc", "typing", "ci"}) {
        if (name.compare(QLatin1String(word), Qt::CaseInsensitive) == 0 || name.startsWith(QLatin1String(word), Qt::CaseInsensitive))
            return Scope::Development;
    }
    return Scope::Optional;
}

/// "path:…" or "git:…" of an address; empty for one of a file that is downloaded.
QString addressReference(const QString &address, const QString &folder)
{
    if (address.startsWith("git+"_L1) || address.contains(".git@"_L1) || address.endsWith(".git"_L1))
        return gitReference(address);
    if (address.startsWith(u'.') || address.startsWith("file:"_L1))
        return pathReference(address.startsWith("file:"_L1) && !address.startsWith("file://"_L1) ? address.mid(5) : address, folder);
    return {};
}

void addRequirement(Builder &builder, const Requirement &requirement, const QString &folder, const QString &source, Scope scope)
{
    const QString reference = addressReference(requirement.address.section(u'#', 0, 0), folder);
    QString name = requirement.name;
    if (name.isEmpty()) { // "-e ../sibling": the folder's name stands for the package's
        if (!reference.startsWith("path:.."_L1))
            return;
        name = reference.section(u'/', -1);
    }
    Dependency dependency{purl(u"pypi"_s, name), requirement.range, {}, Dependency::Level::Manifest, source, scope, reference};
    if (!requirement.pin.isEmpty()) {
        dependency.locked = requirement.pin;
        dependency.level = Dependency::Level::Locked;
    }
    builder.dependency(dependency);
}

/// One pyproject.toml: of the plugin, or of a member of its workspace.
class Project
{
public:
    Project(Builder &builder, const TomlFile &file, const QString &folder) : m_builder(builder), m_file(file), m_folder(folder)
    {
        const auto *sources = tomlAt(file.root, {"tool", "uv", "sources"});
        m_sources = sources ? sources->as_table() : nullptr;
    }

    void read()
    {
        const auto at = [&](std::initializer_list<const char *> keys) { return tomlAt(m_file.root, keys); };
        const auto *name = at({"project", "name"}) ? at({"project", "name"}) : at({"tool", "poetry", "name"});
        const auto *version = at({"project", "version"}) ? at({"project", "version"}) : at({"tool", "poetry", "version"});
        if (name)
            m_builder.package(purl(u"pypi"_s, tomlText(name)), tomlText(version), m_file.source(name));
        addRequirements(at({"project", "dependencies"}), Scope::Runtime);
        addGroups(at({"project", "optional-dependencies"}), std::nullopt);
        addGroups(at({"dependency-groups"}), Scope::Development);
        addRequirements(at({"tool", "uv", "dev-dependencies"}), Scope::Development);
        addTable(at({"tool", "poetry", "dependencies"}), Scope::Runtime);
        addTable(at({"tool", "poetry", "dev-dependencies"}), Scope::Development);
        const auto *groups = at({"tool", "poetry", "group"});
        if (const auto *table = groups ? groups->as_table() : nullptr) {
            for (const auto &[key, value] : *table) {
                if (const auto *group = value.as_table())
                    addTable(group->get("dependencies"), Scope::Development);
            }
        }
    }

    /// Poetry's and Pipfile's tables: name = "range" or name = {version, path, git, optional}.
    void addTable(const toml::node *node, Scope scope)
    {
        const auto *table = node ? node->as_table() : nullptr;
        if (!table)
            return;
        for (const auto &[key, value] : *table) {
            const QString name = tomlKey(key);
            if (name == "python"_L1)
                continue;
            QString range = tomlText(&value);
            QString reference;
            Scope own = scope;
            if (const auto *detail = value.as_table()) {
                range = tomlText(detail->get("version"));
                reference = referenceOf(*detail);
                const auto *optional = detail->get("optional") ? detail->get("optional")->as_boolean() : nullptr;
                if (optional && optional->get())
                    own = Scope::Optional;
            }
            m_builder.dependency({purl(u"pypi"_s, name), range, {}, Dependency::Level::Manifest, m_file.source(&value), own, reference});
        }
    }

private:
    [[nodiscard]] QString referenceOf(const toml::table &detail) const
    {
        if (const QString path = tomlText(detail.get("path")); !path.isEmpty())
            return pathReference(path, m_folder);
        if (const QString git = tomlText(detail.get("git")); !git.isEmpty())
            return gitReference(git);
        const auto *workspace = detail.get("workspace") ? detail.get("workspace")->as_boolean() : nullptr;
        return workspace && workspace->get() ? u"workspace:"_s : QString();
    }

    void addRequirements(const toml::node *node, Scope scope)
    {
        const auto *array = node ? node->as_array() : nullptr;
        if (!array)
            return;
        for (const auto &item : *array) {
            if (!item.is_string())
                continue;
            auto requirement = requirementOf(tomlText(&item));
            if (requirement.name.isEmpty())
                continue;
            QString reference;
            if (m_sources) {
                for (const auto &[key, value] : *m_sources) {
                    const auto *detail = value.as_table();
                    if (const auto *several = value.as_array(); several && !several->empty())
                        detail = several->get(0)->as_table();
                    if (detail && foldPypi(tomlKey(key)) == foldPypi(requirement.name))
                        reference = referenceOf(*detail);
                }
            }
            if (reference.isEmpty()) {
                addRequirement(m_builder, requirement, m_folder, m_file.source(&item), scope);
                continue;
            }
            m_builder.dependency({purl(u"pypi"_s, requirement.name), requirement.range, {}, Dependency::Level::Manifest,
                                  m_file.source(&item), scope, reference});
        }
    }

    void addGroups(const toml::node *node, std::optional<Scope> scope)
    {
        const auto *groups = node ? node->as_table() : nullptr;
        if (!groups)
            return;
        for (const auto &[key, value] : *groups)
            addRequirements(&value, scope.value_or(scopeOfGroup(tomlKey(key))));
    }

    Builder &m_builder;
    const TomlFile &m_file;
    QString m_folder;
    const toml::table *m_sources = nullptr;
};

/// `__version__ = "1.2"` in a file that the build takes the version from; never run, only read.
void readVersionFile(Builder &builder, const QString &path)
{
    const auto bytes = builder.readListed(path);
    if (!bytes)
        return;
    static const QRegularExpression assignment(
        u"^\\s*(?:__version__|version|VERSION)\\s*(?::\\s*\\w+\\s*)?=\\s*(['\"])([^'\"\\n]{1,100})\\1"_s,
        QRegularExpression::MultilineOption);
    const QString text = QString::fromUtf8(bytes->left(64 * 1024));
    const auto match = assignment.match(text);
    if (match.hasMatch())
        builder.version(match.captured(2), u"%1:%2"_s.arg(path).arg(1 + text.left(match.capturedStart(2)).count(u'\n')));
}

void readDynamicVersion(Builder &builder, const TomlFile &file, const toml::node *where)
{
    if (const QString path = tomlText(tomlAt(file.root, {"tool", "hatch", "version", "path"})); !path.isEmpty())
        return readVersionFile(builder, path);
    if (const QString attr = tomlText(tomlAt(file.root, {"tool", "setuptools", "dynamic", "version", "attr"})); !attr.isEmpty()) {
        const QString module = attr.section(u'.', 0, -2).replace(u'.', u'/');
        for (const QString &root : {u""_s, u"src/"_s}) {
            readVersionFile(builder, QString(root + module + u".py"));
            readVersionFile(builder, QString(root + module + u"/__init__.py"));
        }
        return;
    }
    const auto *fromFile = tomlAt(file.root, {"tool", "setuptools", "dynamic", "version", "file"});
    const QString path = fromFile && fromFile->as_array() && !fromFile->as_array()->empty()
        ? tomlText(fromFile->as_array()->get(0))
        : tomlText(fromFile);
    if (!path.isEmpty()) {
        if (const auto bytes = builder.readListed(path))
            builder.version(QString::fromUtf8(bytes->left(200)).section(u'\n', 0, 0), path);
        return;
    }
    builder.finding(Finding::Severity::Note, u"manifest.version-elsewhere"_s,
                    u"The version is made by the build (from a tag or code); no file says it"_s, file.source(where));
}

bool isDynamic(const toml::node *list, const char *name)
{
    const auto *array = list ? list->as_array() : nullptr;
    if (array) {
        for (const auto &item : *array) {
            if (tomlText(&item) == QLatin1String(name))
                return true;
        }
    }
    return false;
}

void readProject(Builder &builder, const TomlFile &file)
{
    const auto at = [&](std::initializer_list<const char *> keys) { return tomlAt(file.root, keys); };
    const auto text = [&](const toml::node *node) { return std::pair(tomlText(node), file.source(node)); };
    const bool named = at({"project", "name"}) || at({"tool", "poetry", "name"});
    builder.language(u"python"_s, u"pyproject.toml"_s, named ? 2 : 0);

    for (const auto *table : {at({"project"}), at({"tool", "poetry"})}) {
        const auto *fields = table ? table->as_table() : nullptr;
        if (!fields)
            continue;
        const auto field = [&](const char *key) { return text(fields->get(key)); };
        builder.name(field("name").first, field("name").second);
        builder.version(field("version").first, field("version").second);
        builder.description(field("description").first, field("description").second);
        const auto *license = fields->get("license");
        builder.license(license && license->as_table() ? tomlText(license->as_table()->get("text")) : tomlText(license),
                        file.source(license));
    }
    if (const auto *dynamic = at({"project", "dynamic"}); isDynamic(dynamic, "version"))
        readDynamicVersion(builder, file, dynamic);

    Project(builder, file, {}).read();
    QStringList patterns;
    const auto *members = at({"tool", "uv", "workspace", "members"});
    if (const auto *array = members ? members->as_array() : nullptr) {
        for (const auto &pattern : *array)
            patterns << tomlText(&pattern);
    }
    for (const auto &folder : memberFolders(builder, patterns, u"pyproject.toml"_s)) {
        if (const auto member = TomlFile::read(builder, QString(folder + u"/pyproject.toml")))
            Project(builder, *member, folder).read();
    }
}

/// [metadata] and [options] of setup.cfg.
void readSetupCfg(Builder &builder)
{
    const auto bytes = builder.readListed(u"setup.cfg"_s);
    if (!bytes)
        return;
    QString section, key;
    int line = 0;
    for (const auto &raw : bytes->split('\n')) {
        ++line;
        const QString text = QString::fromUtf8(raw.left(4000));
        const QString trimmed = text.trimmed();
        const QString source = u"setup.cfg:%1"_s.arg(line);
        if (trimmed.startsWith(u'[') && trimmed.endsWith(u']')) {
            section = trimmed.mid(1, trimmed.size() - 2);
            key.clear();
            continue;
        }
        const bool goesOn = text.startsWith(u' ') || text.startsWith(u'\t');
        if (!goesOn)
            key = text.section(u'=', 0, 0).trimmed();
        const QString value = goesOn ? trimmed : text.section(u'=', 1).trimmed();
        const bool extra = section == "options.extras_require"_L1;
        if (!value.isEmpty() && !value.startsWith(u'#') && ((section == "options"_L1 && key == "install_requires"_L1) || extra)) {
            addRequirement(builder, requirementOf(value), {}, source, extra ? scopeOfGroup(key) : Scope::Runtime);
            continue;
        }
        if (section != "metadata"_L1 || goesOn)
            continue;
        if (key == "name"_L1) {
            builder.name(value, source);
            builder.package(purl(u"pypi"_s, value), {}, source);
        } else if (key == "version"_L1 && !value.startsWith("attr:"_L1) && !value.startsWith("file:"_L1)) {
            builder.version(value, source);
        } else if (key == "description"_L1) {
            builder.description(value, source);
        } else if (key == "license"_L1) {
            builder.license(value, source);
        }
    }
}

void readRequirements(Builder &builder, const QString &path, QStringList &seen)
{
    if (seen.contains(path) || seen.size() >= 20)
        return;
    seen << path;
    const auto bytes = builder.readListed(path);
    if (!bytes)
        return;
    const QString name = path.section(u'/', -1);
    const auto scope = scopeOfGroup(name.mid(name.startsWith("requirements"_L1) ? 13 : 0)) == Scope::Development ? Scope::Development : Scope::Runtime;
    const QString folder = path.contains(u'/') ? path.section(u'/', 0, -2) : QString();
    for (const auto &requirement : requirementsIn(*bytes))
        addRequirement(builder, requirement, folder, u"%1:%2"_s.arg(path).arg(requirement.line), scope);
    for (const auto &include : includesIn(*bytes)) {
        const QString other = pathReference(include, folder).mid(5);
        if (!other.isEmpty() && !other.startsWith(".."_L1))
            readRequirements(builder, other, seen);
    }
}

void readPipfile(Builder &builder)
{
    const auto file = TomlFile::read(builder, u"Pipfile"_s);
    if (!file)
        return;
    Project tables(builder, *file, {});
    tables.addTable(file->root.get("packages"), Scope::Runtime);
    tables.addTable(file->root.get("dev-packages"), Scope::Development);
}

} // namespace

void readPyproject(Builder &builder)
{
    const auto file = TomlFile::read(builder, u"pyproject.toml"_s);
    if (file)
        readProject(builder, *file);
    readSetupCfg(builder);
    readPipfile(builder);
    QStringList seen;
    const QStringList names = builder.list({});
    for (const QString &name : names) {
        if (name.startsWith("requirements"_L1) && name.endsWith(".txt"_L1))
            readRequirements(builder, name, seen);
    }
    if (!file) {
        for (const char *sign : {"pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile"}) {
            if (builder.has(QLatin1String(sign))) {
                builder.language(u"python"_s, QLatin1String(sign), qstrcmp(sign, "setup.py") == 0 ? 2 : 1);
                break;
            }
        }
    }
}

} // namespace coppice::manifest
