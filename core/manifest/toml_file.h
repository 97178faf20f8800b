// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/builder.h"

#include <toml++/toml.h>

namespace coppice::manifest {

/// A TOML file of a plugin: toml++ throws, and its exceptions end here.
struct TomlFile {
    QString path;
    toml::table root;

    [[nodiscard]] static std::optional<TomlFile> read(Builder &builder, const QString &path);

    /// "pyproject.toml:4"
    [[nodiscard]] QString source(const toml::node *node) const
    {
        return node && node->source().begin.line ? QStringLiteral("%1:%2").arg(path).arg(node->source().begin.line) : path;
    }
};

/// A node by keys, none when one of them is missing or no table.
[[nodiscard]] const toml::node *tomlAt(const toml::table &table, std::initializer_list<const char *> keys);
/// Its text; empty when it is no string.
[[nodiscard]] QString tomlText(const toml::node *node);
[[nodiscard]] QString tomlKey(const toml::key &key);

} // namespace coppice::manifest
