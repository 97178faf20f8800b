// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "subtree/objects.h"

#include <functional>
#include <list>

namespace coppice::subtree {

/// Finds which of many paths name another tree in one root tree than in another, reading only the folders on the way
/// that differ. Paths may lie inside each other.
class PrefixTrees
{
public:
    PrefixTrees(const Objects &objects, const std::vector<QByteArray> &prefixes);

    /// Called with the number of a path and the tree that stands there now; null when none does.
    using Changed = std::function<void(size_t prefix, const git::Oid &tree)>;
    /// `before` may be null: an empty tree.
    [[nodiscard]] Result<> compare(const git::Oid &before, const git::Oid &after, const Changed &changed);
    /// Paths at which a file or link was seen once: git ends there, here it counts as no tree.
    [[nodiscard]] bool wasFile(size_t prefix) const { return m_wasFile[prefix]; }

private:
    struct Part {
        QByteArray name; ///< with a '/' at the end, as trees are sorted
        quint32 place;   ///< of m_places
    };
    struct Place {
        std::vector<Part> parts;
        std::vector<size_t> prefixes; ///< that end here
    };
    using Ids = std::vector<git::Oid>;
    struct Key {
        git::Oid tree;
        quint32 place;
        friend bool operator==(const Key &, const Key &) = default;
    };
    struct KeyHash {
        size_t operator()(const Key &key) const noexcept { return std::hash<git::Oid>()(key.tree) ^ (key.place * 0x9e3779b97f4a7c15U); }
    };
    [[nodiscard]] Result<std::shared_ptr<const Ids>> idsOf(quint32 place, const git::Oid &tree);
    [[nodiscard]] Result<> compareAt(quint32 place, const git::Oid &before, const git::Oid &after, const Changed &changed);

    const Objects &m_objects;
    std::vector<Place> m_places;
    std::vector<bool> m_wasFile;
    // what was read lately: a commit is mostly followed by its child
    std::list<std::pair<Key, std::shared_ptr<const Ids>>> m_lately;
    std::unordered_map<Key, decltype(m_lately)::iterator, KeyHash> m_where;
};

} // namespace coppice::subtree
