// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/yaml_file.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>

#include <yaml-cpp/yaml.h>

namespace coppice::library {

using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype largestFile = 512 * 1024;
constexpr int deepest = 24;
constexpr int mostValues = 50'000; // also what ends a nest of aliases

bool isNumber(const QString &text)
{
    static const QRegularExpression shape(u"^[-+]?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?\\z"_s);
    return text.size() < 40 && shape.match(text).hasMatch();
}
} // namespace

QString yamlPath(const QString &parent, const QString &key)
{
    QString escaped = key;
    escaped.replace(u'~', "~0"_L1).replace(u'/', "~1"_L1);
    return parent.isEmpty() ? escaped : QString(parent + u'/' + escaped);
}

/// Turns yaml-cpp's nodes into ours, within bounds.
class YamlReader
{
public:
    YamlReader(YamlFile &out) : m_out(out) { }

    /// Undefined for an empty value.
    QJsonValue read(const YAML::Node &node, const QString &path, int line, int depth)
    {
        if (++m_values > mostValues || depth > deepest) {
            if (!m_tooMuch)
                m_out.m_problems.push_back({m_out.m_file, line, u"The file is nested too deeply or holds too many values"_s});
            m_tooMuch = true;
            return QJsonValue(QJsonValue::Undefined);
        }
        switch (node.Type()) {
        case YAML::NodeType::Scalar:
            return scalar(node, path, line);
        case YAML::NodeType::Sequence: {
            QJsonArray array;
            for (const auto &item : node) {
                if (m_tooMuch)
                    break;
                const int itemLine = item.Mark().line + 1;
                const auto value = read(item, yamlPath(path, QString::number(array.size())), itemLine, depth + 1);
                array.append(value.isUndefined() ? QJsonValue() : value);
            }
            m_out.m_nodes[path].line = line;
            m_out.m_nodes[path].size = array.size();
            return array;
        }
        case YAML::NodeType::Map: {
            QJsonObject object;
            QStringList keys;
            for (const auto &member : node) {
                if (m_tooMuch)
                    break;
                const int keyLine = member.first.Mark().line + 1;
                if (!member.first.IsScalar()) {
                    m_out.m_problems.push_back({m_out.m_file, keyLine, u"A key has to be a single word"_s});
                    continue;
                }
                const QString key = QString::fromStdString(member.first.Scalar());
                if (keys.contains(key)) {
                    m_out.m_problems.push_back({m_out.m_file, keyLine, u"The key \"%1\" stands here for the second time"_s.arg(key.left(80))});
                    continue;
                }
                const auto value = read(member.second, yamlPath(path, key), keyLine, depth + 1);
                if (value.isUndefined())
                    continue;
                keys << key;
                object[key] = value;
            }
            m_out.m_nodes[path].line = line;
            m_out.m_nodes[path].keys = keys;
            return object;
        }
        default:
            return QJsonValue(QJsonValue::Undefined);
        }
    }

private:
    QJsonValue scalar(const YAML::Node &node, const QString &path, int line)
    {
        const QString text = QString::fromStdString(node.Scalar());
        const bool plain = node.Tag() == "?" || node.Tag().empty();
        if (plain && (text.isEmpty() || text == "~"_L1 || text == "null"_L1))
            return QJsonValue(QJsonValue::Undefined);
        m_out.m_nodes[path].line = line;
        m_out.m_nodes[path].text = text;
        if (plain && (text == "true"_L1 || text == "false"_L1))
            return text == "true"_L1;
        if (plain && isNumber(text))
            return text.toDouble();
        return text;
    }

    YamlFile &m_out;
    int m_values = 0;
    bool m_tooMuch = false;
};

YamlFile::YamlFile(const QByteArray &bytes, const QString &file) : m_file(file)
{
    if (bytes.size() > largestFile) {
        m_problems.push_back({m_file, 0, u"The file is larger than 512 KiB; it was not read"_s});
        return;
    }
    try {
        const YAML::Node root = YAML::Load(bytes.toStdString());
        if (root.IsNull() || !root.IsDefined())
            return;
        if (!root.IsMap()) {
            m_problems.push_back({m_file, 1, u"The file has to hold keys with values (key: value)"_s});
            return;
        }
        m_root = YamlReader(*this).read(root, {}, root.Mark().line + 1, 0).toObject();
    } catch (const YAML::Exception &error) {
        m_problems.push_back({m_file, error.mark.is_null() ? 0 : error.mark.line + 1,
                              u"This is not YAML: %1"_s.arg(QString::fromStdString(error.msg).left(200))});
    } catch (const std::exception &error) {
        m_problems.push_back({m_file, 0, u"The file could not be read as YAML: %1"_s.arg(QString::fromUtf8(error.what()).left(200))});
    }
    if (!m_problems.empty() && m_root.isEmpty())
        m_nodes.clear();
}

QStringList YamlFile::texts(const QString &path) const
{
    const auto node = m_nodes.constFind(path);
    if (node == m_nodes.constEnd())
        return {};
    if (!node->text.isEmpty())
        return {node->text};
    QStringList all;
    for (qsizetype i = 0; i < node->size; ++i) {
        const QString item = text(yamlPath(path, QString::number(i)));
        if (!item.isEmpty())
            all << item;
    }
    return all;
}

bool YamlFile::flag(const QString &path, bool otherwise) const
{
    const QString word = text(path);
    return word == "true"_L1 ? true : word == "false"_L1 ? false : otherwise;
}

QByteArray yamlScalar(const QString &text)
{
    static const QRegularExpression safe(u"^[A-Za-z0-9_./$(][A-Za-z0-9_./$@()=+~ -]*\\z"_s);
    static const QRegularExpression special(u"^(yes|no|on|off|null|y|n)\\z"_s, QRegularExpression::CaseInsensitiveOption);
    const bool url = text.startsWith("https://"_L1) || text.startsWith("http://"_L1) || text.startsWith("ssh://"_L1) || text.startsWith("file://"_L1);
    static const QRegularExpression safeUrl(u"^[A-Za-z0-9_./$@()=+~:?&%-]+\\z"_s);
    const bool plain = url ? safeUrl.match(text).hasMatch() && !text.endsWith(u':')
                           : safe.match(text).hasMatch() && !special.match(text).hasMatch() && text == text.trimmed();
    // Numbers, true and false stay what they are where they are meant; where a text is meant, their text is read.
    if (plain)
        return text.toUtf8();
    QByteArray quoted = "\"";
    for (const char c : text.toUtf8()) {
        switch (c) {
        case '"':
            quoted += "\\\"";
            break;
        case '\\':
            quoted += "\\\\";
            break;
        case '\n':
            quoted += "\\n";
            break;
        case '\t':
            quoted += "\\t";
            break;
        case '\r':
            quoted += "\\r";
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
                quoted += "\\x" + QByteArray::number(uint(static_cast<unsigned char>(c)), 16).rightJustified(2, '0');
            else
                quoted += c;
        }
    }
    return quoted + '"';
}

} // namespace coppice::library
