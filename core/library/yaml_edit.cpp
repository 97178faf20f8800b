// SPDX-License-Identifier: GPL-3.0-or-later
// One scalar changed in a settings file's text. Whatever the edit does is read again before it is handed out: the
// value has to be there, and everything else has to be as it was.
#include "library/settings.h"
#include "library/yaml_file.h"

#include <QJsonObject>

#include <yaml-cpp/yaml.h>

namespace coppice::library {

using namespace Qt::StringLiterals;

namespace {

Fail refuse(const QString &path)
{
    return fail(u"settings.edit"_s, u"The file's form does not allow setting this key without rewriting it"_s, path,
                u"Change it in an editor."_s);
}

/// Where the text of a scalar ends that starts at `from`.
qsizetype scalarEnd(const QByteArray &text, qsizetype from, bool flow)
{
    const char quote = text[from];
    if (quote == '"' || quote == '\'') {
        for (qsizetype i = from + 1; i < text.size(); ++i) {
            if (quote == '"' && text[i] == '\\')
                ++i;
            else if (text[i] == quote) {
                if (quote == '\'' && i + 1 < text.size() && text[i + 1] == quote)
                    ++i;
                else
                    return i + 1;
            }
        }
        return -1;
    }
    if (quote == '|' || quote == '>' || quote == '&' || quote == '*' || quote == '!')
        return -1;
    qsizetype end = from;
    for (qsizetype i = from; i < text.size() && text[i] != '\n' && text[i] != '\r'; ++i) {
        if (text[i] == '#' && i > from && (text[i - 1] == ' ' || text[i - 1] == '\t'))
            break;
        if (flow && (text[i] == ',' || text[i] == '}' || text[i] == ']'))
            break;
        if (text[i] != ' ' && text[i] != '\t')
            end = i + 1;
    }
    return end;
}

qsizetype lineStart(const QByteArray &text, qsizetype pos)
{
    return pos <= 0 ? 0 : text.lastIndexOf('\n', pos - 1) + 1;
}

/// The line after the last one that belongs to a block of at least this indentation, comments at its end left below.
qsizetype blockEnd(const QByteArray &text, qsizetype firstLine, int indentation)
{
    qsizetype end = firstLine;
    for (qsizetype at = firstLine; at < text.size();) {
        qsizetype next = text.indexOf('\n', at);
        next = next < 0 ? text.size() : next + 1;
        const QByteArray line = text.mid(at, next - at);
        const QByteArray trimmed = line.trimmed();
        if (!trimmed.isEmpty() && !trimmed.startsWith('#')) {
            int spaces = 0;
            while (spaces < line.size() && line[spaces] == ' ')
                ++spaces;
            const bool item = trimmed.startsWith("- ") || trimmed == "-";
            if (at != firstLine && (spaces < indentation || (item && spaces <= indentation && spaces == 0 && indentation == 0)))
                break;
            end = next;
        }
        at = next;
    }
    return end;
}

/// "a: b" nested for the keys that are not there yet.
QByteArray nested(const QStringList &keys, const QString &value, int indentation)
{
    QByteArray out;
    for (qsizetype i = 0; i < keys.size(); ++i) {
        out += QByteArray(indentation, ' ') + yamlScalar(keys[i]) + ':';
        out += i + 1 < keys.size() ? QByteArray("\n") : QByteArray(" " + yamlScalar(value) + '\n');
        indentation += 2;
    }
    return out;
}
QByteArray nestedFlow(const QStringList &keys, const QString &value)
{
    QByteArray out;
    for (const QString &key : keys)
        out += QByteArray(out.isEmpty() ? "" : "{") + yamlScalar(key) + ": ";
    return out + yamlScalar(value) + QByteArray(keys.size() - 1, '}');
}

Result<QByteArray> edit(const QByteArray &yaml, const QStringList &keys, const QString &value, const QString &path)
{
    const YAML::Node root = YAML::Load(yaml.toStdString());
    if (!root.IsDefined() || root.IsNull()) {
        QByteArray out = yaml;
        if (!out.isEmpty() && !out.endsWith('\n'))
            out += '\n';
        return QByteArray(out + nested(keys, value, 0));
    }
    YAML::Node at;
    at.reset(root);
    bool flow = false;
    for (qsizetype i = 0; i < keys.size(); ++i) {
        if (!at.IsMap())
            return refuse(path);
        flow = flow || at.Style() == YAML::EmitterStyle::Flow;
        YAML::Node key, child;
        bool found = false;
        for (const auto &member : at) {
            if (member.first.IsScalar() && QString::fromStdString(member.first.Scalar()) == keys[i]) {
                key.reset(member.first);
                child.reset(member.second);
                found = true;
                break;
            }
        }
        if (!found) {
            const QStringList missing = keys.mid(i);
            if (flow) {
                const qsizetype open = at.Mark().pos;
                if (open < 0 || open >= yaml.size() || yaml[open] != '{')
                    return refuse(path);
                const bool empty = at.size() == 0;
                return QByteArray(yaml.left(open + 1) + nestedFlow(missing, value) + QByteArray(empty ? "" : ", ") + yaml.mid(open + 1));
            }
            const qsizetype first = lineStart(yaml, at.Mark().pos);
            const int indentation = at.Mark().column;
            const qsizetype end = blockEnd(yaml, first, indentation);
            QByteArray head = yaml.left(end);
            if (!head.isEmpty() && !head.endsWith('\n'))
                head += '\n';
            return QByteArray(head + nested(missing, value, indentation) + yaml.mid(end));
        }
        const bool last = i + 1 == keys.size();
        if (child.IsNull()) {
            // "key:" with nothing behind it
            const qsizetype colon = yaml.indexOf(':', key.Mark().pos + qsizetype(key.Scalar().size()));
            if (colon < 0 || flow)
                return refuse(path);
            const qsizetype lineEnd = yaml.indexOf('\n', colon);
            const qsizetype insertAt = lineEnd < 0 ? yaml.size() : lineEnd;
            const QByteArray written = yaml.mid(colon + 1, insertAt - colon - 1).trimmed();
            if (!written.isEmpty() && !written.startsWith('#'))
                return refuse(path);
            if (last)
                return QByteArray(yaml.left(colon + 1) + ' ' + yamlScalar(value) + yaml.mid(colon + 1));
            return QByteArray(yaml.left(insertAt) + '\n' + nested(keys.mid(i + 1), value, key.Mark().column + 2).chopped(1) + yaml.mid(insertAt));
        }
        if (last) {
            const qsizetype from = child.Mark().pos;
            if (!child.IsScalar() || from < 0 || from >= yaml.size())
                return refuse(path);
            const qsizetype end = scalarEnd(yaml, from, flow);
            if (end < 0)
                return refuse(path);
            return QByteArray(yaml.left(from) + yamlScalar(value) + yaml.mid(end));
        }
        at.reset(child);
    }
    return refuse(path);
}

/// The same values with one set: what the edited file has to read as.
QJsonObject withValue(QJsonObject object, const QStringList &keys, const QJsonValue &value)
{
    const QString key = keys.front();
    object[key] = keys.size() == 1 ? value : QJsonValue(withValue(object[key].toObject(), keys.mid(1), value));
    return object;
}

} // namespace

Result<QByteArray> setInYaml(const QByteArray &yaml, const QString &path, const QString &value)
{
    return setInYaml(yaml, path.split(u'.'), value);
}

Result<QByteArray> setInYaml(const QByteArray &yaml, const QStringList &keys, const QString &value)
{
    const QString path = keys.join(u'.');
    for (const QString &key : keys) {
        if (key.isEmpty())
            return failUsage(u"settings.path"_s, u"A key's path has names with dots between"_s, path);
    }
    const YamlFile before(yaml, {});
    if (!before.problems().empty())
        return fail(u"settings.broken"_s, before.problems().front().text, before.problems().front().where(),
                    u"Correct the file first."_s);
    try {
        COPPICE_TRY(const QByteArray edited, edit(yaml, keys, value, path));
        const YamlFile after(edited, {});
        QString at;
        for (const QString &key : keys)
            at = yamlPath(at, key);
        QJsonValue now = after.root();
        for (const QString &key : keys)
            now = now.toObject()[key];
        if (!after.problems().empty() || after.text(at) != value || after.root() != withValue(before.root(), keys, now))
            return refuse(path);
        return edited;
    } catch (const std::exception &) {
        return refuse(path);
    }
}

} // namespace coppice::library
