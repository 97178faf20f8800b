// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/prefix_trees.h"

#include <QHash>

#include <algorithm>

namespace coppice::subtree {

namespace {

constexpr size_t keptLately = 512;
constexpr size_t idSize = 20;

/// The first place at or after `from` where two texts of one length differ; the length when they do not.
size_t mismatch(const char *a, const char *b, size_t from, size_t length)
{
    constexpr size_t block = 256;
    while (length - from >= block && std::memcmp(a + from, b + from, block) == 0)
        from += block;
    for (; length - from >= 8; from += 8) {
        quint64 left = 0;
        quint64 right = 0;
        std::memcpy(&left, a + from, 8);
        std::memcpy(&right, b + from, 8);
        if (left != right)
            break;
    }
    while (from < length && a[from] == b[from])
        ++from;
    return from;
}

/// Order in a tree: a folder's name as if it ended in '/'.
int inTreeOrder(QByteArrayView a, bool aTree, QByteArrayView b, bool bTree)
{
    const auto common = std::min(a.size(), b.size());
    if (const int order = std::memcmp(a.data(), b.data(), size_t(common)))
        return order;
    const auto endOf = [common](QByteArrayView name, bool tree) {
        return name.size() > common ? uchar(name[common]) : uchar(tree ? '/' : 0);
    };
    return int(endOf(a, aTree)) - int(endOf(b, bTree));
}

std::vector<quint32> startsOf(const QByteArray &tree)
{
    std::vector<quint32> starts{0};
    eachEntry(tree, [&](quint32, QByteArrayView, const unsigned char *id) {
        starts.push_back(quint32(reinterpret_cast<const char *>(id) - tree.constData() + qsizetype(idSize)));
        return true;
    });
    return starts;
}

} // namespace

PrefixTrees::PrefixTrees(Objects &objects, const std::vector<QByteArray> &prefixes)
    : m_objects(objects), m_places(1), m_wasFile(prefixes.size(), false),
      m_nothing(std::make_shared<const View>(View{{}, std::make_shared<const Starts>(1, 0)})), m_lately(keptLately)
{
    QHash<QByteArray, quint32> known; // by whole path
    for (size_t i = 0; i < prefixes.size(); ++i) {
        quint32 at = 0;
        qsizetype end = 0;
        while (end < prefixes[i].size()) {
            const auto slash = prefixes[i].indexOf('/', end);
            const auto from = end;
            end = slash < 0 ? prefixes[i].size() : slash + 1;
            QByteArray path = prefixes[i].first(end);
            if (!path.endsWith('/'))
                path += '/';
            auto there = known.constFind(path);
            if (there == known.cend()) {
                m_places[at].parts.push_back({path.sliced(from), quint32(m_places.size())});
                there = known.insert(path, quint32(m_places.size()));
                m_places.emplace_back();
            }
            at = *there;
        }
        m_places[at].prefixes.push_back(i);
    }
    for (auto &place : m_places)
        std::ranges::sort(place.parts, {}, &Part::name);
}

Result<std::shared_ptr<const PrefixTrees::View>> PrefixTrees::viewOf(const git::Oid &tree, const View *like)
{
    if (tree.isNull())
        return m_nothing;
    Lately &place = m_lately[std::hash<git::Oid>()(tree) % m_lately.size()];
    if (place.view && place.tree == tree)
        return place.view;
    COPPICE_TRY(const auto raw, m_objects.tree(tree));
    View view{raw.shared(), nullptr};

    // mostly only ids are other ones, and the entries begin where they began
    if (like && like->bytes.size() == view.bytes.size()) {
        const auto size = size_t(view.bytes.size());
        const Starts &starts = *like->starts;
        bool same = starts.back() == size;
        for (size_t at = 0; same;) {
            at = mismatch(like->bytes.constData(), view.bytes.constData(), at, size);
            if (at == size)
                break;
            const quint32 next = *std::ranges::upper_bound(starts, quint32(at));
            same = at + idSize >= next;
            at = next;
        }
        if (same)
            view.starts = like->starts;
    }
    if (!view.starts)
        view.starts = std::make_shared<const Starts>(startsOf(view.bytes));

    place = {tree, std::make_shared<const View>(std::move(view))};
    return place.view;
}

PrefixTrees::Entry PrefixTrees::entryAt(const View &view, size_t index)
{
    Entry entry;
    const quint32 from = (*view.starts)[index];
    eachEntry(QByteArrayView(view.bytes).sliced(from, (*view.starts)[index + 1] - from),
              [&](quint32 mode, QByteArrayView name, const unsigned char *id) {
                  const quint32 kind = mode & 0170000;
                  entry = {isTreeMode(mode), kind == 0100000 || kind == 0120000, name, id}; // a submodule is neither
                  return false;
              });
    return entry;
}

const PrefixTrees::Part *PrefixTrees::partNamed(const Place &place, QByteArrayView name) const
{
    const auto there = std::ranges::lower_bound(place.parts, 0, std::less<>(), [name](const Part &part) {
        return inTreeOrder(QByteArrayView(part.name).chopped(1), true, name, true);
    });
    return there != place.parts.end() && QByteArrayView(there->name).chopped(1) == name ? &*there : nullptr;
}

/// An entry that is another one now, or came or went.
void PrefixTrees::note(const Place &place, const Entry *before, const Entry *after, std::vector<Difference> &differences)
{
    const Part *part = partNamed(place, after ? after->name : before->name);
    if (!part)
        return;
    if (after && after->file) {
        for (const size_t prefix : m_places[part->place].prefixes)
            m_wasFile[prefix] = true;
    }
    const bool was = before && before->tree;
    const bool is = after && after->tree;
    if (was || is)
        differences.push_back({quint32(part - place.parts.data()), was ? git::Oid::fromRaw(before->id) : git::Oid(),
                               is ? git::Oid::fromRaw(after->id) : git::Oid()});
}

Result<> PrefixTrees::compareAt(quint32 number, const git::Oid &before, const git::Oid &after, const Changed &changed)
{
    if (before == after)
        return {};
    COPPICE_TRY(const auto old, viewOf(before, nullptr));
    COPPICE_TRY(const auto now, viewOf(after, old.get()));
    const Place &place = m_places[number];
    std::vector<Difference> differences;
    const auto common = size_t(std::min(old->bytes.size(), now->bytes.size()));
    const size_t first = mismatch(old->bytes.constData(), now->bytes.constData(), 0, common);
    if (old->starts == now->starts) {
        for (size_t at = first; at < common;) {
            const auto next = std::ranges::upper_bound(*old->starts, quint32(at));
            const auto index = size_t(next - old->starts->begin() - 1);
            const Entry a = entryAt(*old, index);
            const Entry b = entryAt(*now, index);
            note(place, &a, &b, differences);
            at = mismatch(old->bytes.constData(), now->bytes.constData(), *next, common);
        }
    } else {
        const auto indexAt = [first](const Starts &starts) {
            return size_t(std::max<qptrdiff>(0, std::ranges::upper_bound(starts, quint32(first)) - starts.begin() - 1));
        };
        size_t i = std::min(indexAt(*old->starts), indexAt(*now->starts));
        size_t j = i; // up to there both are the same
        const size_t oldEnd = old->starts->size() - 1;
        const size_t nowEnd = now->starts->size() - 1;
        while (i < oldEnd || j < nowEnd) {
            const Entry a = i < oldEnd ? entryAt(*old, i) : Entry();
            const Entry b = j < nowEnd ? entryAt(*now, j) : Entry();
            const int order = i == oldEnd ? 1 : j == nowEnd ? -1 : inTreeOrder(a.name, a.tree, b.name, b.tree);
            if (order < 0)
                note(place, &a, nullptr, differences);
            else if (order > 0)
                note(place, nullptr, &b, differences);
            else if (a.file != b.file || std::memcmp(a.id, b.id, idSize) != 0)
                note(place, &a, &b, differences);
            i += order <= 0;
            j += order >= 0;
        }
    }
    for (const auto &difference : differences) {
        const quint32 next = place.parts[difference.part].place;
        for (const size_t prefix : m_places[next].prefixes)
            changed(prefix, difference.after);
        if (!m_places[next].parts.empty())
            COPPICE_CHECK(compareAt(next, difference.before, difference.after, changed));
    }
    return {};
}

Result<> PrefixTrees::compare(const git::Oid &before, const git::Oid &after, const Changed &changed)
{
    return compareAt(0, before, after, changed);
}

} // namespace coppice::subtree
