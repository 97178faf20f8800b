// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

#include <QHash>

#include <map>
#include <optional>
#include <vector>

namespace coppice::review {

/// What .gitattributes files say of one file, as far as it matters to somebody who reads its change.
struct FileAttributes {
    bool binary = false;  ///< `-diff` or `binary`: git shows no lines of it
    QByteArray binaryBy;  ///< which line says so: "plugins/a/.gitattributes:3"
    QString language;     ///< `linguist-language`, else the driver that `diff` names
    bool generated = false, vendored = false; ///< `linguist-generated`, `linguist-vendored`
};

/// Attributes as trees have them. Nothing is read from a disk, from git's configuration or from info/attributes, so that the same
/// patch looks the same everywhere. Which tree to trust is the caller's to say: what hides something should come from before the
/// patch, since a patch must not say of itself that it is not to be looked at. `text` and `eol` say nothing here: lines are
/// compared as they are stored. Source of the rules: gitattributes(5), gitignore(5).
class Attributes
{
public:
    /// Of each folder the first of `trees` that has a .gitattributes there counts. `repository` outlives this.
    Attributes(const git::Repository &repository, std::vector<git::Oid> trees);

    [[nodiscard]] Result<FileAttributes> of(const QByteArray &path);
    /// The value of one attribute: "set", "unset", a value, or empty for unspecified; and the line that says so.
    [[nodiscard]] Result<std::pair<QByteArray, QByteArray>> value(const QByteArray &path, const QByteArray &attribute);

    /// Whether a pattern of a .gitattributes matches a path below its folder.
    [[nodiscard]] static bool matches(const QByteArray &pattern, const QByteArray &path);

private:
    struct Given {
        QByteArray name, value; ///< value: "set", "unset", "" for unspecified, else what stands after "="
    };
    struct Rule {
        QByteArray pattern;
        std::vector<Given> given;
        int line = 0;
    };
    using State = std::map<QByteArray, std::pair<QByteArray, QByteArray>>;
    [[nodiscard]] Result<const std::vector<Rule> *> rulesOf(const QByteArray &folder);
    [[nodiscard]] Result<State> stateOf(const QByteArray &path);
    void apply(State &state, const std::vector<Given> &given, const QByteArray &by, int depth) const;
    [[nodiscard]] std::vector<Rule> parse(const QByteArray &text, bool root);

    const git::Repository &m_repository;
    std::vector<git::Oid> m_trees;
    QHash<QByteArray, std::vector<Rule>> m_rules; ///< by folder
    QHash<QByteArray, std::vector<Given>> m_macros;
};

} // namespace coppice::review
