// SPDX-License-Identifier: GPL-3.0-or-later
// Python: pyproject.toml (PEP 621, PEP 735, Poetry), setup.cfg, requirements files, lock files.
#include "manifest/toml_file.h"

#include <QRegularExpression>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

/// "Name[extra]>=1.0; marker" (PEP 508) → dependency.
void addRequirement(Builder &builder, const QString &text, const QString &source)
{
    static const QRegularExpression shape(u"^\\s*([A-Za-z0-9][A-Za-z0-9._-]*)\\s*(?:\\[[^\\]]*\\])?\\s*(.*)$"_s);
    const auto match = shape.match(text.left(2000));
    if (!match.hasMatch())
        return;
    QString range = match.captured(2).section(u';', 0, 0).trimmed();
    if (range.startsWith(u'(') && range.endsWith(u')'))
        range = range.mid(1, range.size() - 2);
    Dependency dependency{purl(u"pypi"_s, foldPypi(match.captured(1))), range, {}, Dependency::Level::Manifest, source};
    static const QRegularExpression exact(u"^===?\\s*([^,*\\s]+)$"_s);
    if (const auto pin = exact.match(range); pin.hasMatch()) {
        dependency.locked = pin.captured(1);
        dependency.level = Dependency::Level::Locked;
    }
    builder.dependency(dependency);
}

void addRequirements(Builder &builder, const TomlFile &file, const toml::node *node)
{
    const auto *array = node ? node->as_array() : nullptr;
    if (!array)
        return;
    for (const auto &item : *array) {
        if (item.is_string())
            addRequirement(builder, tomlText(&item), file.source(&item));
    }
}

void addGroups(Builder &builder, const TomlFile &file, const toml::node *node)
{
    const auto *groups = node ? node->as_table() : nullptr;
    if (!groups)
        return;
    for (const auto &[key, value] : *groups)
        addRequirements(builder, file, &value);
}

void addPoetry(Builder &builder, const TomlFile &file, const toml::node *node)
{
    const auto *table = node ? node->as_table() : nullptr;
    if (!table)
        return;
    for (const auto &[key, value] : *table) {
        const QString name = tomlKey(key);
        if (name == "python"_L1)
            continue;
        QString range = tomlText(&value);
        if (const auto *detail = value.as_table())
            range = tomlText(detail->get("version"));
        builder.dependency({purl(u"pypi"_s, foldPypi(name)), range, {}, Dependency::Level::Manifest, file.source(&value)});
    }
}

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

    addRequirements(builder, file, at({"project", "dependencies"}));
    addGroups(builder, file, at({"project", "optional-dependencies"}));
    addGroups(builder, file, at({"dependency-groups"}));
    addRequirements(builder, file, at({"tool", "uv", "dev-dependencies"}));
    addPoetry(builder, file, at({"tool", "poetry", "dependencies"}));
    addPoetry(builder, file, at({"tool", "poetry", "dev-dependencies"}));
    const auto *groups = at({"tool", "poetry", "group"});
    if (const auto *table = groups ? groups->as_table() : nullptr) {
        for (const auto &[key, value] : *table) {
            if (const auto *group = value.as_table())
                addPoetry(builder, file, group->get("dependencies"));
        }
    }
}

/// uv.lock and poetry.lock have the same [[package]] list.
void readLock(Builder &builder, const QString &path)
{
    const auto file = TomlFile::read(builder, path);
    const auto *packages = file ? file->root.get("package") : nullptr;
    const auto *array = packages ? packages->as_array() : nullptr;
    if (!array)
        return;
    for (const auto &item : *array) {
        const auto *package = item.as_table();
        if (package)
            builder.locked(purl(u"pypi"_s, foldPypi(tomlText(package->get("name")))), tomlText(package->get("version")));
    }
}

/// [metadata] of setup.cfg.
void readSetupCfg(Builder &builder)
{
    const auto bytes = builder.readListed(u"setup.cfg"_s);
    if (!bytes)
        return;
    QString section;
    int line = 0;
    for (const auto &raw : bytes->split('\n')) {
        ++line;
        const QString text = QString::fromUtf8(raw);
        const QString trimmed = text.trimmed();
        if (trimmed.startsWith(u'[') && trimmed.endsWith(u']'))
            section = trimmed.mid(1, trimmed.size() - 2);
        if (section != "metadata"_L1 || text.startsWith(u' ') || text.startsWith(u'\t'))
            continue;
        const QString key = text.section(u'=', 0, 0).trimmed();
        const QString value = text.section(u'=', 1).trimmed();
        const QString source = u"setup.cfg:%1"_s.arg(line);
        if (key == "name"_L1)
            builder.name(value, source);
        else if (key == "version"_L1 && !value.startsWith("attr:"_L1) && !value.startsWith("file:"_L1))
            builder.version(value, source);
        else if (key == "description"_L1)
            builder.description(value, source);
        else if (key == "license"_L1)
            builder.license(value, source);
    }
}

void readRequirements(Builder &builder, const QString &path)
{
    const auto bytes = builder.readListed(path);
    if (!bytes)
        return;
    int line = 0;
    for (const auto &raw : bytes->split('\n')) {
        ++line;
        QString text = QString::fromUtf8(raw).trimmed();
        if (text.startsWith(u'#') || text.startsWith(u'-') || text.isEmpty())
            continue;
        text = text.section(u" #"_s, 0, 0).section(u" --"_s, 0, 0);
        if (text.endsWith(u'\\'))
            text.chop(1);
        addRequirement(builder, text.trimmed(), u"%1:%2"_s.arg(path).arg(line));
    }
}

} // namespace

void readPyproject(Builder &builder)
{
    const auto file = TomlFile::read(builder, u"pyproject.toml"_s);
    if (file)
        readProject(builder, *file);
    readSetupCfg(builder);
    for (const QString &name : builder.list({})) {
        if (name.startsWith("requirements"_L1) && name.endsWith(".txt"_L1))
            readRequirements(builder, name);
    }
    if (!file) {
        for (const char *sign : {"pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile"}) {
            if (builder.has(QLatin1String(sign))) {
                builder.language(u"python"_s, QLatin1String(sign), qstrcmp(sign, "setup.py") == 0 ? 2 : 1);
                break;
            }
        }
    }
    if (builder.has(u"uv.lock"_s))
        readLock(builder, u"uv.lock"_s);
    if (builder.has(u"poetry.lock"_s))
        readLock(builder, u"poetry.lock"_s);
}

} // namespace coppice::manifest
