// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/interdiff.h"

#include "git/tree_edit.h"
#include "review/lines.h"

#include <QHash>
#include <QMap>

#include <algorithm>

namespace coppice::review {

namespace {

using Entry = std::optional<git::TreeEntry>;

bool same(const Entry &a, const Entry &b)
{
    return a.has_value() == b.has_value() && (!a || (a->id == b->id && a->mode == b->mode));
}

/// A path as both revisions have it, before and after.
struct Path {
    Entry earlierBase, earlierResult, laterBase, laterResult;
    bool inEarlier = false, inLater = false;
};

Result<QMap<QByteArray, Path>> pathsOf(const git::Repository &repository, const Revision &earlier, const Revision &later)
{
    QMap<QByteArray, Path> paths;
    COPPICE_TRY(const auto before, repository.changes(earlier.base, earlier.result));
    COPPICE_TRY(const auto after, repository.changes(later.base, later.result));
    for (const auto &change : before) {
        auto &path = paths[change.path];
        path.earlierBase = change.before;
        path.earlierResult = change.after;
        path.inEarlier = true;
    }
    for (const auto &change : after) {
        auto &path = paths[change.path];
        path.laterBase = change.before;
        path.laterResult = change.after;
        path.inLater = true;
    }
    for (auto it = paths.begin(); it != paths.end(); ++it) {
        if (!it->inEarlier) {
            // What the earlier one left alone it had as its own base has it, if its trees hold it at all.
            COPPICE_TRY(it->earlierBase, repository.entryAt(earlier.base, it.key()));
            if (!it->earlierBase)
                it->earlierBase = it->laterBase;
            it->earlierResult = it->earlierBase;
        }
        if (!it->inLater) {
            COPPICE_TRY(it->laterBase, repository.entryAt(later.base, it.key()));
            if (!it->laterBase)
                it->laterBase = it->earlierBase; // a revision's trees may hold no more than it changes
            it->laterResult = it->laterBase;
        }
    }
    return paths;
}

/// What was seen of a path, put on the later base. Null where the two touch the same lines.
Result<std::optional<Entry>> seenOn(git::Repository &repository, const Path &path)
{
    if (same(path.earlierBase, path.laterBase) || same(path.earlierResult, path.laterResult))
        return std::optional<Entry>(path.earlierResult);
    if (same(path.earlierResult, path.earlierBase))
        return std::optional<Entry>(path.laterBase);
    COPPICE_TRY(const auto empty, repository.writeTree({}));
    const auto alone = [&](const Entry &entry) -> Result<git::Oid> {
        return entry ? repository.writeTree({{"file", entry->mode, entry->id}}) : Result<git::Oid>(empty);
    };
    COPPICE_TRY(const auto was, alone(path.earlierBase));
    COPPICE_TRY(const auto base, alone(path.laterBase));
    COPPICE_TRY(const auto seen, alone(path.earlierResult));
    COPPICE_TRY(const auto merged, repository.mergeTrees(was, base, seen));
    if (merged.tree.isNull())
        return std::optional<Entry>();
    COPPICE_TRY(const auto entry, repository.entryAt(merged.tree, "file"));
    return std::optional<Entry>(entry);
}

/// The removed and added lines of each hunk, without what surrounds them.
Result<std::vector<QByteArray>> bareHunks(const git::Repository &repository, const FilePatch &file)
{
    std::vector<QByteArray> bare(file.hunks.size());
    if (isWhole(file))
        return bare; // known by their blobs, which their ids hold
    COPPICE_TRY(const auto texts, textsOf(repository, file));
    const auto before = splitLines(texts.before), after = splitLines(texts.after);
    for (size_t i = 0; i < texts.hunks.size() && i < bare.size(); ++i) {
        for (const auto &line : texts.hunks[i].lines) {
            const auto text = line.origin == '+' ? after[size_t(line.newLine - 1)]
                : line.origin == '-'             ? before[size_t(line.oldLine - 1)]
                                                 : QByteArrayView();
            // Unchanged lines between changes of one hunk count as a gap, however many.
            if (line.origin == ' ' && (bare[i].isEmpty() || bare[i].endsWith('\0')))
                continue;
            bare[i] += line.origin == ' ' ? QByteArray(1, '\0') : line.origin + text.toByteArray();
        }
        while (bare[i].endsWith('\0'))
            bare[i].chop(1);
    }
    return bare;
}

/// Where a line of the earlier base lies in the later one: the lines of both, diffed.
class Shift
{
public:
    static Result<Shift> between(const git::Repository &repository, const FilePatch &earlier, const FilePatch &later)
    {
        Shift shift;
        if (earlier.oldBlob == later.oldBlob || earlier.oldBlob.isNull() || later.oldBlob.isNull() || earlier.binary
            || later.binary || earlier.tooLarge || later.tooLarge || !hasBlob(earlier.oldMode) || !hasBlob(later.oldMode))
            return shift;
        COPPICE_TRY(const auto before, repository.blob(earlier.oldBlob, largestCompared));
        COPPICE_TRY(const auto after, repository.blob(later.oldBlob, largestCompared));
        COPPICE_TRY(const auto hunks, diffTexts(before, after));
        for (const auto &hunk : hunks)
            shift.m_steps.emplace_back(hunk.oldStart + hunk.oldLines, hunk.newLines - hunk.oldLines);
        return shift;
    }
    [[nodiscard]] int of(int line) const
    {
        int by = 0;
        for (const auto &[from, delta] : m_steps)
            by += line >= from ? delta : 0;
        return line + by;
    }

private:
    std::vector<std::pair<int, int>> m_steps;
};

struct Known {
    const FilePatch *file;
    std::vector<QByteArray> bare;
    std::vector<bool> used;
};

/// The earlier hunks that stood where this one stands, in lines of the later base.
QStringList replaced(Known &known, const Shift &shift, const Hunk &hunk, bool whole)
{
    QStringList ids;
    for (size_t i = 0; i < known.file->hunks.size(); ++i) {
        const auto &old = known.file->hunks[i];
        const int first = shift.of(old.oldStart), last = shift.of(old.oldStart + std::max(old.oldLines, 1) - 1);
        const bool meets = first <= hunk.oldStart + std::max(hunk.oldLines, 1) - 1 && hunk.oldStart <= last;
        if (whole || isWhole(*known.file) || meets) {
            if (!known.used[i])
                ids << old.id;
        }
    }
    return ids;
}

} // namespace

Result<Interdiff> interdiff(git::Repository &repository, const Revision &earlier, const Revision &later)
{
    Interdiff answer;
    COPPICE_TRY(const auto paths, pathsOf(repository, earlier, later));
    std::vector<git::TreeChange> seen, now;
    for (auto it = paths.begin(); it != paths.end(); ++it) {
        COPPICE_TRY(auto on, seenOn(repository, *it));
        if (!on) {
            answer.mixed.push_back(it.key());
            on = it->earlierResult;
        }
        // A path that neither side differs in would only get in the way of another's folder.
        if (!same(*on, it->laterResult)) {
            seen.push_back({it.key(), *on});
            now.push_back({it.key(), it->laterResult});
        }
    }
    const auto treeOf = [&](std::vector<git::TreeChange> changes) -> Result<git::Oid> {
        COPPICE_TRY(const auto empty, repository.writeTree({}));
        std::erase_if(changes, [](const git::TreeChange &change) { return !change.entry; });
        return git::editTree(repository, empty, changes);
    };
    answer.difference = later;
    COPPICE_TRY(answer.difference.base, treeOf(std::move(seen)));
    COPPICE_TRY(answer.difference.result, treeOf(std::move(now)));

    COPPICE_TRY(const auto before, filesOf(repository, earlier));
    COPPICE_TRY(const auto after, filesOf(repository, later));
    QHash<QString, std::pair<size_t, size_t>> ids;
    std::vector<Known> known;
    for (const auto &file : before) {
        COPPICE_TRY(auto bare, bareHunks(repository, file));
        for (size_t i = 0; i < file.hunks.size(); ++i)
            ids.insert(file.hunks[i].id, {known.size(), i});
        known.push_back({&file, std::move(bare), std::vector<bool>(file.hunks.size())});
    }
    // What is the same is set aside first, so that it is not taken for what another hunk replaced.
    for (const auto &file : after) {
        for (const auto &hunk : file.hunks) {
            if (const auto at = ids.constFind(hunk.id); at != ids.constEnd())
                known[at->first].used[at->second] = true;
        }
    }
    for (const auto &file : after) {
        COPPICE_TRY(const auto bare, bareHunks(repository, file));
        const auto at = std::ranges::find_if(known, [&](const Known &one) {
            return one.file->path == file.path || one.file->oldPath == file.oldPath;
        });
        for (size_t i = 0; i < file.hunks.size(); ++i) {
            const auto &hunk = file.hunks[i];
            HunkStep step{HunkStep::Kind::New, file.path, hunk.id, {}};
            if (ids.contains(hunk.id)) {
                step.kind = HunkStep::Kind::Same;
                step.before = {hunk.id};
            } else if (at != known.end()) {
                for (size_t j = 0; j < at->bare.size() && step.before.isEmpty(); ++j) {
                    if (!at->used[j] && !bare[i].isEmpty() && at->bare[j] == bare[i]) {
                        at->used[j] = true;
                        step.kind = HunkStep::Kind::Moved;
                        step.before = {at->file->hunks[j].id};
                    }
                }
            }
            answer.steps.push_back(std::move(step));
        }
    }
    QStringList gone;
    for (auto &step : answer.steps) {
        if (step.kind != HunkStep::Kind::New)
            continue;
        const auto file = std::ranges::find_if(after, [&](const FilePatch &one) { return one.path == step.path; });
        const auto at = std::ranges::find_if(known, [&](const Known &one) {
            return one.file->path == file->path || one.file->oldPath == file->oldPath;
        });
        if (at == known.end())
            continue;
        COPPICE_TRY(const auto shift, Shift::between(repository, *at->file, *file));
        const auto hunk = std::ranges::find(file->hunks, step.hunk, &Hunk::id);
        step.before = replaced(*at, shift, *hunk, isWhole(*file));
        if (!step.before.isEmpty())
            step.kind = HunkStep::Kind::Changed;
        gone << step.before;
    }
    for (const auto &one : known) {
        for (size_t i = 0; i < one.file->hunks.size(); ++i) {
            const QString id = one.file->hunks[i].id;
            if (!one.used[i] && !gone.contains(id))
                answer.steps.push_back({HunkStep::Kind::Gone, one.file->path, {}, {id}});
        }
    }
    return answer;
}

} // namespace coppice::review
