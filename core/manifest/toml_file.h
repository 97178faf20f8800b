// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manifest/builder.h"

namespace coppice::manifest {
/// What toml++ asserts about its input is an error of that input: "[.a]" breaks an assertion of version 3.3.
[[noreturn]] void refuseToml();
} // namespace coppice::manifest

// In every build: as shipped, a release build would assume what a debug build asserts.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? static_cast<void>(0) : ::coppice::manifest::refuseToml())
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

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
