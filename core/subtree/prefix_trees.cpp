// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/prefix_trees.h"

#include <algorithm>

namespace coppice::subtree {

namespace {

constexpr size_t keptLately = 256;

/// A file or link; a submodule is none.
bool isFile(quint32 mode)
{
    return (mode & 0170000) == 0100000 || (mode & 0170000) == 0120000;
}

} // namespace

PrefixTrees::PrefixTrees(const Objects &objects, const std::vector<QByteArray> &prefixes)
    : m_objects(objects), m_places(1), m_wasFile(prefixes.size(), false)
{
    for (size_t i = 0; i < prefixes.size(); ++i) {
        quint32 at = 0;
        for (const QByteArray &part : prefixes[i].split('/')) {
            const QByteArray name = part + '/';
            const auto &parts = m_places[at].parts;
            const auto there = std::ranges::find(parts, name, &Part::name);
            if (there != parts.end()) {
                at = there->place;
                continue;
            }
            const auto made = quint32(m_places.size());
            m_places[at].parts.push_back({name, made});
            m_places.emplace_back();
            at = made;
        }
        m_places[at].prefixes.push_back(i);
    }
    for (auto &place : m_places)
        std::ranges::sort(place.parts, {}, &Part::name);
}

Result<std::shared_ptr<const PrefixTrees::Ids>> PrefixTrees::idsOf(quint32 place, const git::Oid &tree)
{
    const auto &parts = m_places[place].parts;
    if (tree.isNull())
        return std::make_shared<const Ids>(parts.size());
    const Key key{tree, place};
    if (const auto found = m_where.find(key); found != m_where.end()) {
        m_lately.splice(m_lately.begin(), m_lately, found->second);
        return found->second->second;
    }

    COPPICE_TRY(const auto raw, m_objects.tree(tree));
    auto ids = std::make_shared<Ids>(parts.size());
    size_t at = 0; // both sides are sorted alike, folders with their '/'
    eachEntry(raw.bytes(), [&](quint32 mode, QByteArrayView name, const unsigned char *id) {
        const auto compare = [name](const QByteArray &part) {
            const auto length = part.size() - 1; // without '/'
            const int order = std::memcmp(part.constData(), name.data(), size_t(std::min(length, name.size())));
            if (order != 0)
                return order;
            if (length == name.size())
                return 0;
            // the shorter one goes on with '/'
            return length < name.size() ? '/' - int(uchar(name[length])) : int(uchar(part[name.size()])) - '/';
        };
        if (!isTreeMode(mode)) {
            const auto there = std::ranges::lower_bound(parts, 0, std::less<>(), [&](const Part &part) { return compare(part.name); });
            if (isFile(mode) && there != parts.end() && compare(there->name) == 0) {
                for (const size_t prefix : m_places[there->place].prefixes)
                    m_wasFile[prefix] = true;
            }
            return true;
        }
        while (at < parts.size() && compare(parts[at].name) < 0)
            ++at;
        if (at < parts.size() && compare(parts[at].name) == 0)
            (*ids)[at++] = git::Oid::fromRaw(id);
        return at < parts.size();
    });

    if (m_lately.size() >= keptLately) {
        m_where.erase(m_lately.back().first);
        m_lately.pop_back();
    }
    m_lately.emplace_front(key, ids);
    m_where[key] = m_lately.begin();
    return ids;
}

Result<> PrefixTrees::compareAt(quint32 place, const git::Oid &before, const git::Oid &after, const Changed &changed)
{
    if (before == after)
        return {};
    COPPICE_TRY(const auto old, idsOf(place, before));
    COPPICE_TRY(const auto now, idsOf(place, after));
    for (size_t i = 0; i < old->size(); ++i) {
        if ((*old)[i] == (*now)[i])
            continue;
        const quint32 next = m_places[place].parts[i].place;
        for (const size_t prefix : m_places[next].prefixes)
            changed(prefix, (*now)[i]);
        if (!m_places[next].parts.empty())
            COPPICE_CHECK(compareAt(next, (*old)[i], (*now)[i], changed));
    }
    return {};
}

Result<> PrefixTrees::compare(const git::Oid &before, const git::Oid &after, const Changed &changed)
{
    return compareAt(0, before, after, changed);
}

} // namespace coppice::subtree
