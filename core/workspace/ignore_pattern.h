// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <bitset>
#include <optional>
#include <vector>

namespace coppice::workspace {

/// One line of a .gitignore file. Matching takes time in proportion to pattern times path, whatever the pattern.
/// Source: gitignore(5)
class IgnorePattern
{
public:
    /// None for empty lines and comments.
    [[nodiscard]] static std::optional<IgnorePattern> parse(QByteArray line);
    /// `path` is relative to the folder of the file that holds the pattern.
    [[nodiscard]] bool matches(QByteArrayView path, bool folder) const;
    [[nodiscard]] bool isNegated() const { return m_negated; }

private:
    enum class Kind { Set, Star, Folders, Everything };
    struct Token {
        Kind kind = Kind::Set;
        std::bitset<256> set; ///< of Set: one character
    };
    bool compile(const QByteArray &pattern);
    bool compileClass(const QByteArray &pattern, qsizetype &at);

    std::vector<Token> m_tokens;
    bool m_negated = false;
    bool m_foldersOnly = false;
    bool m_nameOnly = false; ///< without a slash: matches a name at any depth
    bool m_broken = false;   ///< matches nothing
};

} // namespace coppice::workspace
