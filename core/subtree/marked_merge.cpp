// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/marked_merge.h"

#include "git/tree_edit.h"
#include "subtree/objects.h"

namespace coppice::subtree {

namespace {

struct FreeIndex {
    void operator()(git_index *index) const { git_index_free(index); }
};
using Index = std::unique_ptr<git_index, FreeIndex>;
struct FreeTree {
    void operator()(git_tree *tree) const { git_tree_free(tree); }
};
using Tree = std::unique_ptr<git_tree, FreeTree>;

Result<Tree> treeOf(git::Repository &repository, const git::Oid &id)
{
    if (id.isNull())
        return Tree();
    const git_oid raw = toGit(id);
    git_tree *tree = nullptr;
    if (const int rc = git_tree_lookup(&tree, repository.raw(), &raw); rc < 0)
        return git::gitError(rc, QStringLiteral("Cannot read a tree to merge"), id.toString());
    return Tree(tree);
}

std::optional<git::TreeEntry> toEntry(const git_index_entry *entry)
{
    if (!entry)
        return std::nullopt;
    return git::TreeEntry{entry->path, git::Mode(entry->mode), git::Oid::fromRaw(entry->id.id)};
}

bool isFile(const std::optional<git::TreeEntry> &entry)
{
    return entry && (entry->mode == git::Mode::File || entry->mode == git::Mode::Executable);
}

struct Merged {
    bool clean = false;
    bool binary = false;
    QByteArray text;
};
Result<Merged> mergeText(const git::Repository &repository, const MergeConflict &conflict, const QByteArray &oursName,
                         const QByteArray &theirsName)
{
    Merged merged;
    QByteArray texts[3];
    const std::optional<git::TreeEntry> *const sides[] = {&conflict.base, &conflict.ours, &conflict.theirs};
    for (int i = 0; i < 3; ++i) {
        if (!isFile(*sides[i]))
            continue;
        COPPICE_TRY(texts[i], repository.blob((*sides[i])->id));
        if (texts[i].left(8000).contains('\0')) {
            merged.binary = true;
            return merged;
        }
    }
    git_merge_file_input inputs[3];
    for (int i = 0; i < 3; ++i) {
        git_merge_file_input_init(&inputs[i], GIT_MERGE_FILE_INPUT_VERSION);
        inputs[i].ptr = texts[i].constData();
        inputs[i].size = size_t(texts[i].size());
    }
    git_merge_file_options options = GIT_MERGE_FILE_OPTIONS_INIT;
    options.ancestor_label = "before";
    options.our_label = oursName.constData();
    options.their_label = theirsName.constData();
    options.flags = GIT_MERGE_FILE_STYLE_DIFF3;
    git_merge_file_result result{};
    if (const int rc = git_merge_file(&result, &inputs[0], &inputs[1], &inputs[2], &options); rc < 0)
        return git::gitError(rc, QStringLiteral("Cannot merge a file"), QString::fromUtf8(conflict.path));
    merged.text = QByteArray(result.ptr, qsizetype(result.len));
    merged.clean = result.automergeable != 0;
    git_merge_file_result_free(&result);
    return merged;
}

/// What stands at a conflicting path until a person says otherwise.
Result<git::TreeEntry> standIn(git::Repository &repository, MergeConflict &conflict, const QByteArray &oursName,
                               const QByteArray &theirsName)
{
    using Kind = MergeConflict::Kind;
    if (!conflict.ours || !conflict.theirs) {
        conflict.kind = conflict.ours ? Kind::DeletedUpstream : Kind::DeletedHere;
        return conflict.ours ? *conflict.ours : *conflict.theirs;
    }
    if (!isFile(conflict.ours) || !isFile(conflict.theirs)) {
        conflict.kind = Kind::Type;
        return *conflict.ours;
    }
    COPPICE_TRY(const auto merged, mergeText(repository, conflict, oursName, theirsName));
    if (merged.binary) {
        conflict.kind = Kind::Binary;
        return *conflict.ours;
    }
    // text that merges although git calls it a conflict: the modes clash
    conflict.kind = merged.clean ? Kind::Type : Kind::Text;
    COPPICE_TRY(const auto blob, repository.writeBlob(merged.text));
    return git::TreeEntry{{}, conflict.ours->mode, blob};
}

bool isFolder(git_index *index, const QByteArray &path)
{
    return git_index_find_prefix(nullptr, index, QByteArray(path + '/').constData()) == 0;
}

} // namespace

QString nameOf(MergeConflict::Kind kind)
{
    constexpr const char *names[] = {"text", "binary", "deleted-here", "deleted-upstream", "type"};
    return QLatin1String(names[int(kind)]);
}

Result<MarkedMerge> mergeMarked(git::Repository &repository, const git::Oid &base, const git::Oid &ours, const git::Oid &theirs,
                                const QByteArray &oursName, const QByteArray &theirsName)
{
    COPPICE_TRY(const auto ancestor, treeOf(repository, base));
    COPPICE_TRY(const auto left, treeOf(repository, ours));
    COPPICE_TRY(const auto right, treeOf(repository, theirs));
    git_merge_options options = GIT_MERGE_OPTIONS_INIT;
    git_index *made = nullptr;
    if (const int rc = git_merge_trees(&made, repository.raw(), ancestor.get(), left.get(), right.get(), &options); rc < 0)
        return git::gitError(rc, QStringLiteral("Cannot merge two trees"));
    const Index index(made);

    MarkedMerge result;
    git_index_conflict_iterator *iterator = nullptr;
    if (const int rc = git_index_conflict_iterator_new(&iterator, index.get()); rc < 0)
        return git::gitError(rc, QStringLiteral("Cannot list the conflicts of a merge"));
    const git_index_entry *entries[3] = {};
    while (git_index_conflict_next(&entries[0], &entries[1], &entries[2], iterator) == 0) {
        const git_index_entry *const named = entries[1] ? entries[1] : entries[2] ? entries[2] : entries[0];
        result.conflicts.push_back({named->path, {}, toEntry(entries[0]), toEntry(entries[1]), toEntry(entries[2])});
    }
    git_index_conflict_iterator_free(iterator);
    git_index_conflict_cleanup(index.get());

    std::vector<git::TreeChange> stand;
    std::erase_if(result.conflicts, [](const MergeConflict &one) { return !one.ours && !one.theirs; }); // gone on both sides
    for (auto &conflict : result.conflicts) {
        COPPICE_TRY(const auto entry, standIn(repository, conflict, oursName, theirsName));
        if (isFolder(index.get(), conflict.path)) { // the other side has a folder there: beside it, as git does
            conflict.kind = MergeConflict::Kind::Type;
            conflict.path += '~' + (conflict.ours ? oursName : theirsName);
        }
        stand.push_back({conflict.path, entry});
    }
    git_oid id;
    if (const int rc = git_index_write_tree_to(&id, index.get(), repository.raw()); rc < 0)
        return git::gitError(rc, QStringLiteral("Cannot write a merged tree"));
    COPPICE_TRY(result.tree, git::editTree(repository, git::Oid::fromRaw(id.id), stand));
    return result;
}

bool hasMarkers(const QByteArray &text, const QByteArray &oursName, const QByteArray &theirsName)
{
    for (const auto &line : text.split('\n')) {
        const QByteArray plain = line.endsWith('\r') ? line.chopped(1) : line;
        if (plain == "<<<<<<< " + oursName || plain == ">>>>>>> " + theirsName || plain == "||||||| before")
            return true;
    }
    return false;
}

} // namespace coppice::subtree
