// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "subtree/objects.h"
#include "subtree/split.h"

namespace coppice::subtree {

/// Replaces template links in trees. Remembers which trees hold links at all, so that a history is read once.
class LinkResolver
{
public:
    explicit LinkResolver(Objects &objects) : m_objects(objects) { }

    /// True when a tree holds a link of any kind.
    [[nodiscard]] Result<bool> hasLinks(const git::Oid &tree);
    /// `raw` stands at `prefix` of a commit whose templates/ is `templates` (null: none).
    [[nodiscard]] Result<Resolved> resolve(const git::Oid &raw, const QByteArray &prefix, const git::Oid &templates);

private:
    struct Link {
        QByteArray path; ///< in the tree
        QByteArray target;
    };
    using Links = std::vector<Link>;
    using Replacements = std::vector<std::pair<QByteArray, git::TreeEntry>>;
    /// Where a link leads: stays inside, cannot be followed, or names an entry under templates/.
    struct Target {
        enum class Kind { Inside, Blocked, Entry };
        Kind kind = Kind::Inside;
        QByteArray path; ///< of the entry, from the library's root
        git::TreeEntry entry;
    };
    struct Job {
        const git::Oid &templates;
        Resolved &report;
        std::vector<QByteArray> open; ///< template folders that are being put in, outermost first
        int replaced = 0;
    };

    [[nodiscard]] Result<std::shared_ptr<const Links>> linksOf(const git::Oid &tree, int depth = 0);
    [[nodiscard]] Result<Target> follow(const QByteArray &linkPath, QByteArray target, const QByteArray &home,
                                        const git::Oid &templates) const;
    /// The tree that stands at `place` with the links that leave it replaced; `shownAs` is its path in the plugin.
    [[nodiscard]] Result<git::Oid> resolveAt(const git::Oid &raw, const QByteArray &place, const QByteArray &shownAs, Job &job);
    [[nodiscard]] Result<git::Oid> replaced(const git::Oid &tree, Replacements replacements);

    Objects &m_objects;
    std::unordered_map<git::Oid, std::shared_ptr<const Links>> m_links;
    std::shared_ptr<const Links> m_none = std::make_shared<const Links>();
};

} // namespace coppice::subtree
