// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "subtree/objects.h"

#include <functional>

namespace coppice::subtree {

/// Finds which of many paths name another tree in one root tree than in another, reading only the folders on the way
/// that differ, and in those only what differs. Paths may lie inside each other.
class PrefixTrees
{
public:
    PrefixTrees(Objects &objects, const std::vector<QByteArray> &prefixes);

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
    using Starts = std::vector<quint32>;
    /// A tree as it is stored, and where its entries begin (and the last one ends).
    struct View {
        QByteArray bytes;
        std::shared_ptr<const Starts> starts;
    };
    struct Entry {
        bool tree = false, file = false;
        QByteArrayView name;
        const unsigned char *id = nullptr;
    };
    struct Difference {
        quint32 part;
        git::Oid before, after;
    };
    /// `like` is a tree that the wanted one probably resembles, or null.
    [[nodiscard]] Result<std::shared_ptr<const View>> viewOf(const git::Oid &tree, const View *like);
    [[nodiscard]] static Entry entryAt(const View &view, size_t index);
    [[nodiscard]] const Part *partNamed(const Place &place, QByteArrayView name) const;
    void note(const Place &place, const Entry *before, const Entry *after, std::vector<Difference> &differences);
    [[nodiscard]] Result<> compareAt(quint32 place, const git::Oid &before, const git::Oid &after, const Changed &changed);

    Objects &m_objects;
    std::vector<Place> m_places;
    std::vector<bool> m_wasFile;
    std::shared_ptr<const View> m_nothing;
    /// What was read lately, by the first bytes of its id: a commit is mostly followed by its child.
    struct Lately {
        git::Oid tree;
        std::shared_ptr<const View> view;
    };
    std::vector<Lately> m_lately;
};

} // namespace coppice::subtree
