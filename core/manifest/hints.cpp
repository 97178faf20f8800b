// SPDX-License-Identifier: GPL-3.0-or-later
// Files that declare variables beside the manifests: .env.example, smithery.yaml, .mcp.json.
#include "manifest/builder.h"

#include <QJsonArray>
#include <QRegularExpression>

#include <yaml-cpp/yaml.h>

namespace coppice::manifest {

using namespace Qt::StringLiterals;

namespace {

QString unquoted(QString value)
{
    value = value.trimmed();
    if (value.size() >= 2 && (value.front() == u'"' || value.front() == u'\'') && value.indexOf(value.front(), 1) > 0)
        return value.mid(1, value.indexOf(value.front(), 1) - 1);
    return value.section(u" #"_s, 0, 0).trimmed();
}

/// Values in an example file that only stand for a real one.
bool isSample(const QString &value)
{
    static const QRegularExpression shapes(u"^(your|my|xxx|<|\\.\\.\\.|changeme|change[-_]me|replace|todo|insert)|xxxx|_here$|-here$"_s,
                                           QRegularExpression::CaseInsensitiveOption);
    return shapes.match(value).hasMatch();
}

void readEnvExample(Builder &builder, const QString &path)
{
    const auto bytes = builder.readListed(path);
    if (!bytes)
        return;
    // A line that is commented out declares an optional variable; it is known by having nothing before its name.
    static const QRegularExpression shape(u"^(#\\s?)?(?:export\\s+)?([A-Za-z_][A-Za-z0-9_.]*)\\s*=(.*)$"_s);
    QStringList comment;
    int line = 0;
    for (const auto &raw : bytes->split('\n')) {
        ++line;
        const QString text = QString::fromUtf8(raw.left(4096)).trimmed();
        const auto match = shape.match(text);
        const bool commented = match.hasMatch() && !match.captured(1).isEmpty();
        if (match.hasMatch() && (!commented || match.captured(2) == match.captured(2).toUpper())) {
            const QString value = unquoted(match.captured(3));
            EnvironmentVariable variable;
            variable.name = match.captured(2);
            variable.description = comment.join(u' ');
            variable.defaultValue = isSample(value) ? QString() : value;
            variable.source = u"%1:%2"_s.arg(path).arg(line);
            builder.variable(variable);
            comment.clear();
        } else if (text.startsWith(u'#')) {
            static const QRegularExpression marks(u"^[#\\s=*-]+|[\\s=*-]+$"_s);
            const QString words = QString(text).remove(marks);
            if (!words.isEmpty() && comment.size() < 5)
                comment << words;
        } else {
            comment.clear();
        }
    }
}

std::string childText(const YAML::Node &map, const char *key)
{
    if (!map.IsMap())
        return {};
    const YAML::Node child = map[key];
    return child && child.IsScalar() ? child.Scalar() : std::string();
}

/// startCommand.configSchema says what can be set, commandFunction in which variable it arrives.
void readSmitheryConfig(Builder &builder, const YAML::Node &command)
{
    if (!command.IsMap())
        return;
    struct Field {
        QString description;
        QString defaultValue;
        bool required = false;
        int line = 0;
    };
    QMap<QString, Field> fields;
    const YAML::Node schema = command["configSchema"];
    if (schema && schema.IsMap()) {
        QStringList required;
        if (const YAML::Node list = schema["required"]; list && list.IsSequence()) {
            for (const auto &item : list) {
                if (item.IsScalar() && required.size() < 500)
                    required << QString::fromStdString(item.Scalar());
            }
        }
        if (const YAML::Node properties = schema["properties"]; properties && properties.IsMap()) {
            for (const auto &property : properties) {
                if (!property.first.IsScalar() || fields.size() >= 500)
                    continue;
                const QString name = QString::fromStdString(property.first.Scalar());
                fields.insert(name, {QString::fromStdString(childText(property.second, "description")),
                                     QString::fromStdString(childText(property.second, "default")), required.contains(name),
                                     property.first.Mark().line + 1});
            }
        }
    }
    const auto declare = [&](const QString &variableName, const Field &field) {
        EnvironmentVariable variable;
        variable.name = variableName;
        variable.description = field.description;
        variable.defaultValue = field.defaultValue;
        variable.required = field.required;
        variable.source = u"smithery.yaml:%1"_s.arg(field.line);
        builder.variable(variable);
    };
    static const QRegularExpression upper(u"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$"_s);
    for (auto it = fields.cbegin(); it != fields.cend(); ++it) {
        if (upper.match(it.key()).hasMatch())
            declare(it.key(), it.value());
    }
    const QString function = QString::fromStdString(childText(command, "commandFunction")).left(16 * 1024);
    static const QRegularExpression pairs(
        u"['\"]?([A-Z][A-Z0-9_]*)['\"]?\\s*:\\s*(?:String\\()?\\s*config(?:\\?)?(?:\\.([A-Za-z_]\\w*)|\\[['\"]([^'\"]+)['\"]\\])"_s);
    auto matches = pairs.globalMatch(function);
    for (int n = 0; n < 500 && matches.hasNext(); ++n) {
        const auto match = matches.next();
        const QString key = match.captured(2).isEmpty() ? match.captured(3) : match.captured(2);
        Field field = fields.value(key);
        if (field.line == 0)
            field.line = command["commandFunction"].Mark().line + 1;
        declare(match.captured(1), field);
    }
}

void readSmithery(Builder &builder, const QString &path)
{
    const auto bytes = builder.readListed(path);
    if (!bytes)
        return;
    if (bytes->size() > 256 * 1024) {
        builder.finding(Finding::Severity::Note, u"manifest.unreadable"_s, u"The file is larger than 256 KiB; it was not read"_s, path);
        return;
    }
    try {
        const YAML::Node root = YAML::Load(bytes->toStdString());
        if (root.IsMap())
            readSmitheryConfig(builder, root["startCommand"]);
    } catch (const YAML::Exception &error) {
        builder.finding(Finding::Severity::Warning, u"manifest.broken"_s,
                        u"The file is not YAML: %1"_s.arg(QString::fromStdString(error.msg)),
                        error.mark.is_null() ? path : u"%1:%2"_s.arg(path).arg(error.mark.line + 1));
    } catch (const std::exception &error) {
        builder.finding(Finding::Severity::Warning, u"manifest.broken"_s,
                        u"The file could not be read as YAML: %1"_s.arg(QString::fromUtf8(error.what())), path);
    }
}

/// True when the entry starts this plugin's own program: a path in the plugin is among its words.
bool startsOwnProgram(Builder &builder, const QJsonObject &server)
{
    QStringList words{server[u"command"_s].toString()};
    for (const auto &argument : server[u"args"_s].toArray()) {
        if (words.size() < 50)
            words << argument.toString();
    }
    for (QString word : words) {
        word.remove(u"${workspaceFolder}/"_s);
        while (word.startsWith("./"_L1))
            word.remove(0, 2);
        const qsizetype slash = word.indexOf(u'/');
        const auto &root = builder.list({});
        if (word == "."_L1 || (!word.isEmpty() && slash < 0 && root.contains(word) && word.contains(u'.'))
            || (slash > 0 && (root.contains(word.left(slash + 1)) || word.startsWith("dist/"_L1) || word.startsWith("build/"_L1))))
            return true;
    }
    return false;
}

/// A client's wiring: it declares what the plugin's own entry is given, and nothing of other servers.
void readMcpJson(Builder &builder)
{
    const auto file = builder.readJson(u".mcp.json"_s);
    if (!file)
        return;
    const auto servers = file->object[u"mcpServers"_s].toObject();
    qsizetype n = 0;
    for (auto it = servers.begin(); it != servers.end() && n < 50; ++it, ++n) {
        const auto server = it.value().toObject();
        if (!startsOwnProgram(builder, server))
            continue;
        const auto env = server[u"env"_s].toObject();
        for (auto variable = env.begin(); variable != env.end(); ++variable) {
            const QString value = variable.value().toString();
            EnvironmentVariable declared;
            declared.name = variable.key();
            declared.defaultValue = value.contains(u'$') || isSample(value) ? QString() : value;
            declared.source = file->source("mcpServers/" + it.key().toUtf8() + "/env/" + variable.key().toUtf8());
            builder.variable(declared);
        }
    }
}

} // namespace

void readHints(Builder &builder)
{
    readSmithery(builder, u"smithery.yaml"_s);
    for (const char *name : {".env.example", ".env.sample", ".env.template", "env.example"})
        readEnvExample(builder, QLatin1String(name));
    readMcpJson(builder);
}

} // namespace coppice::manifest
