// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QJsonObject>
#include <QString>

namespace coppice::manifest {

/// On which line of a JSON text each value starts, by path ("packages/0/version"). Qt's parser does not tell.
class JsonLines
{
public:
    JsonLines() = default;
    /// `text` has been accepted by a JSON parser; anything else gives fewer lines, never a fault.
    explicit JsonLines(const QByteArray &text);
    /// From 1; 0 when not known.
    [[nodiscard]] int line(const QByteArray &path) const { return m_lines.value(path); }

private:
    QHash<QByteArray, int> m_lines;
};

/// A JSON file of a plugin.
struct JsonFile {
    QString path;
    QJsonObject object;
    JsonLines lines;
    /// "server.json:12" for a value's path, or the file alone.
    [[nodiscard]] QString source(const QByteArray &valuePath) const
    {
        const int line = lines.line(valuePath);
        return line ? QStringLiteral("%1:%2").arg(path).arg(line) : path;
    }
};

} // namespace coppice::manifest
