// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"
#include "workspace/ignore_pattern.h"

#include <QHash>

namespace coppice::workspace {

/// What git ignores by the .gitignore files of a tree (nested ones, too) and an exclude file: never by what lies in a
/// work folder, where a stranger may have written others. Nor by the user's own settings.
class IgnoreRules
{
public:
    [[nodiscard]] static Result<IgnoreRules> make(const git::Repository &repository, const git::Oid &tree, const QByteArray &exclude);
    /// A path below an ignored folder is ignored, whatever patterns say of itself.
    [[nodiscard]] bool ignores(const QByteArray &path, bool folder) const;

private:
    using Patterns = std::vector<IgnorePattern>;
    [[nodiscard]] static Patterns read(const QByteArray &text);
    [[nodiscard]] Result<> add(const git::Repository &repository, const git::Oid &tree, const QByteArray &folder);
    [[nodiscard]] bool ignoresItself(const QByteArray &path, bool folder) const;

    QHash<QByteArray, Patterns> m_files; ///< by folder; "" is the root
    Patterns m_exclude;
    mutable QHash<QByteArray, bool> m_folders; ///< what was asked about folders
};

/// What every run leaves out beside the plugin's own rules: caches and installed packages of the usual languages.
[[nodiscard]] QByteArray usualExcludes();
/// A pattern for an exclude file that names exactly this path.
[[nodiscard]] QByteArray literalPattern(const QByteArray &path);

} // namespace coppice::workspace
