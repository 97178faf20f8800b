// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/settings.h"

#include <QHash>
#include <QJsonObject>

namespace coppice::library {

/// A settings file as read: values by path ("clients/acp/model/dialect"), each with its line and its text as written.
/// Bounded in size, depth and number of values; yaml-cpp's exceptions end inside.
class YamlFile
{
public:
    /// What cannot be read is told by `problem()`; the file is then empty.
    explicit YamlFile(const QByteArray &bytes, const QString &file);

    [[nodiscard]] const QString &file() const { return m_file; }
    [[nodiscard]] const std::vector<Problem> &problems() const { return m_problems; }
    /// Empty values are left out, so that "key:" with nothing behind it is as if it were not there.
    [[nodiscard]] const QJsonObject &root() const { return m_root; }
    [[nodiscard]] int line(const QString &path) const { return m_nodes.value(path).line; }
    [[nodiscard]] bool has(const QString &path) const { return m_nodes.contains(path); }
    /// A scalar's text as it is written (1.10 stays 1.10); empty when it is none.
    [[nodiscard]] QString text(const QString &path) const { return m_nodes.value(path).text; }
    /// The scalars of a list; a lone scalar counts as a list of one.
    [[nodiscard]] QStringList texts(const QString &path) const;
    /// The members of a map, in the file's order.
    [[nodiscard]] QStringList keys(const QString &path) const { return m_nodes.value(path).keys; }
    [[nodiscard]] qsizetype size(const QString &path) const { return m_nodes.value(path).size; }
    [[nodiscard]] bool flag(const QString &path, bool otherwise = false) const;

private:
    struct Node {
        int line = 0;
        QString text;
        QStringList keys;
        qsizetype size = 0; ///< of a list
    };
    friend class YamlReader;
    QString m_file;
    QJsonObject m_root;
    QHash<QString, Node> m_nodes;
    std::vector<Problem> m_problems;
};

/// Joins a path and one key. Keys keep their slashes escaped, so that no key can pass for two.
[[nodiscard]] QString yamlPath(const QString &parent, const QString &key);

/// A scalar in YAML: plain where that reads back as the same text, else in double quotes.
[[nodiscard]] QByteArray yamlScalar(const QString &text);

enum class SettingsSchema { Library, Plugin };
/// Checks a file by its JSON Schema; one problem for each thing that is wrong, with its line. Unknown keys are warnings.
[[nodiscard]] std::vector<Problem> checkBySchema(const YamlFile &file, SettingsSchema schema);

} // namespace coppice::library
