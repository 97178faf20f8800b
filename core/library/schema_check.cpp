// SPDX-License-Identifier: GPL-3.0-or-later
// The settings' JSON Schemas (templates/schema) give the verdict, by valijson; the words for people are ours.
#include "library/json_schema.h"
#include "library/yaml_file.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>

namespace coppice::library {

extern const char *const librarySchemaText;
extern const char *const pluginSchemaText;

using namespace Qt::StringLiterals;

namespace {

const JsonSchema &loaded(SettingsSchema which)
{
    static const JsonSchema libraryOne(QJsonDocument::fromJson(librarySchemaText).object());
    static const JsonSchema pluginOne(QJsonDocument::fromJson(pluginSchemaText).object());
    return which == SettingsSchema::Library ? libraryOne : pluginOne;
}

/// The part of a schema that speaks of a path, local references followed.
QJsonObject schemaAt(const QJsonObject &root, const QStringList &keys)
{
    const auto deref = [&](QJsonObject part) {
        for (int hops = 0; hops < 8 && part.contains(u"$ref"_s); ++hops)
            part = root[u"definitions"_s].toObject()[part[u"$ref"_s].toString().section(u'/', -1)].toObject();
        return part;
    };
    QJsonObject at = deref(root);
    for (const QString &key : keys) {
        const auto properties = at[u"properties"_s].toObject();
        if (properties.contains(key))
            at = properties[key].toObject();
        else if (at[u"additionalProperties"_s].isObject())
            at = at[u"additionalProperties"_s].toObject();
        else
            at = at[u"items"_s].toObject();
        at = deref(at);
    }
    return at;
}

QString wantedType(const QJsonObject &part)
{
    const auto type = part[u"type"_s];
    QStringList words;
    if (type.isArray()) {
        for (const auto &word : type.toArray())
            words << word.toString();
    } else {
        words << type.toString();
    }
    const auto has = [&](const char *word) { return words.contains(QLatin1String(word)); };
    if (has("string") && has("array"))
        return u"a text or a list of texts"_s;
    if (has("string"))
        return u"a text"_s;
    if (has("array"))
        return u"a list"_s;
    if (has("object"))
        return u"a group of keys"_s;
    if (has("boolean"))
        return u"true or false"_s;
    if (has("integer"))
        return u"a whole number"_s;
    return u"a number"_s;
}

QString shown(const QStringList &keys)
{
    return keys.isEmpty() ? u"the file"_s : keys.join(u'.').left(120);
}

class Explainer
{
public:
    Explainer(const YamlFile &file, const QJsonObject &schema) : m_file(file), m_schema(schema) { }

    void explain(const JsonSchema::Mistake &mistake)
    {
        const QStringList &keys = mistake.keys;
        const QString &what = mistake.what;
        const auto part = schemaAt(m_schema, keys);
        if (what.startsWith("Value type not permitted"_L1)) {
            add(keys, u"%1 has to be %2"_s.arg(shown(keys), wantedType(part)));
        } else if (what.contains("enum values"_L1)) {
            QStringList words;
            for (const auto &word : part[u"enum"_s].toArray())
                words << word.toString();
            add(keys, u"%1 has to be one of: %2"_s.arg(shown(keys), words.join(u", "_s)));
        } else if (what.startsWith("Object contains a property"_L1)) {
            unknownKeys(keys, part);
        } else if (what.startsWith("Missing required property"_L1)) {
            add(keys, u"%1 lacks the key \"%2\""_s.arg(shown(keys), what.section(u'\'', 1, 1)));
        } else if (part.contains(u"minimum"_s) || part.contains(u"maximum"_s)) {
            const auto limit = [&](const QString &key) { return QString::number(part[key].toDouble()); };
            add(keys, part.contains(u"maximum"_s)
                    ? u"%1 has to be from %2 to %3"_s.arg(shown(keys), limit(u"minimum"_s), limit(u"maximum"_s))
                    : u"%1 has to be at least %2"_s.arg(shown(keys), limit(u"minimum"_s)));
        } else if (!what.startsWith("Failed to validate"_L1)) {
            add(keys, u"%1: %2"_s.arg(shown(keys), what));
        }
    }
    std::vector<Problem> take() { return std::move(m_problems); }

private:
    /// valijson names only the first of them.
    void unknownKeys(const QStringList &keys, const QJsonObject &part)
    {
        QString path;
        for (const QString &key : keys)
            path = yamlPath(path, key);
        const auto known = part[u"properties"_s].toObject();
        for (const QString &key : m_file.keys(path)) {
            if (!known.contains(key))
                add(QStringList(keys) << key,
                    u"\"%1\" is not known here and was not read; known are: %2"_s.arg(key.left(80), known.keys().join(u", "_s)), true);
        }
    }

    void add(const QStringList &keys, const QString &text, bool warning = false)
    {
        QString path;
        int line = m_file.line(path);
        for (const QString &key : keys) {
            path = yamlPath(path, key);
            if (const int here = m_file.line(path))
                line = here;
        }
        const QString mark = path + u'|' + text;
        if (m_seen.contains(mark) || m_problems.size() >= 100)
            return;
        m_seen.insert(mark);
        m_problems.push_back({m_file.file(), line, text, warning});
    }

    const YamlFile &m_file;
    const QJsonObject &m_schema;
    QSet<QString> m_seen;
    std::vector<Problem> m_problems;
};

} // namespace

std::vector<Problem> checkBySchema(const YamlFile &file, SettingsSchema which)
{
    const JsonSchema &schema = loaded(which);
    const auto mistakes = schema.check(file.root());
    if (mistakes.empty())
        return {};
    Explainer explainer(file, schema.json());
    for (const auto &mistake : mistakes)
        explainer.explain(mistake);
    auto problems = explainer.take();
    if (problems.empty())
        problems.push_back({file.file(), 0, u"The file does not follow its schema"_s});
    return problems;
}

} // namespace coppice::library
