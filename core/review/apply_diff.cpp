// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/git_diff.h"
#include "review/lines.h"
#include "review/patch.h"

#include "base/clock.h"
#include "git/tree_edit.h"

#include <QMap>
#include <QSet>

namespace coppice::review {

namespace {

using Entry = std::optional<git::TreeEntry>;

Fail doesNotFit(const DiffFile &file, const QString &why, int line = 0)
{
    return fail(QStringLiteral("review.does-not-fit"), QStringLiteral("The patch does not fit: %1").arg(why),
                QStringLiteral("%1, line %2 of the diff")
                    .arg(QString::fromUtf8(file.deleted ? file.oldPath : file.newPath))
                    .arg(line ? line : file.line),
                QStringLiteral("Make the diff again on the library's newest commit."));
}

struct Sides {
    std::vector<QByteArrayView> before, after; ///< lines without their origin
    int leading = 0, trailing = 0;             ///< unchanged lines at both ends
};
Sides sidesOf(const DiffTextHunk &hunk)
{
    Sides sides;
    bool changed = false;
    for (const auto &line : hunk.lines) {
        const auto text = QByteArrayView(line).sliced(1);
        if (line[0] != '+')
            sides.before.push_back(text);
        if (line[0] != '-')
            sides.after.push_back(text);
        if (line[0] == ' ') {
            sides.leading += !changed;
            ++sides.trailing;
        } else {
            changed = true;
            sides.trailing = 0;
        }
    }
    return sides;
}

bool matchesAt(const std::vector<QByteArrayView> &lines, const std::vector<QByteArrayView> &wanted, size_t at)
{
    if (at + wanted.size() > lines.size())
        return false;
    for (size_t i = 0; i < wanted.size(); ++i) {
        if (lines[at + i] != wanted[i])
            return false;
    }
    return true;
}

/// Where a hunk's old lines stand, as `git apply` looks for them: at the expected line, else at the nearest place where
/// every line agrees; a hunk that reaches the file's beginning or end must be there.
std::optional<size_t> placeOf(const DiffTextHunk &hunk, const Sides &sides, const std::vector<QByteArrayView> &lines,
                              qint64 shift, size_t from)
{
    const bool context = sides.leading > 0 || sides.trailing > 0;
    const qint64 expected = (hunk.oldLines == 0 ? hunk.oldStart : hunk.oldStart - 1) + shift;
    if (!context) // nothing to find it by but its line
        return expected >= qint64(from) && matchesAt(lines, sides.before, size_t(expected))
            ? std::optional(size_t(expected))
            : std::nullopt;
    const bool atEnd = sides.trailing == 0;
    const bool atBegin = hunk.oldStart <= 1 && sides.leading == 0;
    const auto fits = [&](qint64 at) {
        return at >= qint64(from) && matchesAt(lines, sides.before, size_t(at)) && (!atBegin || at == 0)
            && (!atEnd || size_t(at) + sides.before.size() == lines.size());
    };
    for (qint64 distance = 0; distance <= qint64(lines.size()); ++distance) {
        if (fits(expected + distance))
            return size_t(expected + distance);
        if (distance > 0 && fits(expected - distance))
            return size_t(expected - distance);
    }
    return std::nullopt;
}

Result<QByteArray> applyHunks(const DiffFile &file, const QByteArray &before)
{
    const auto lines = splitLines(before);
    QByteArray result;
    size_t next = 0;
    qint64 shift = 0;
    for (const auto &hunk : file.hunks) {
        const Sides sides = sidesOf(hunk);
        const auto place = placeOf(hunk, sides, lines, shift, next);
        if (!place)
            return doesNotFit(file, QStringLiteral("the lines around line %1 of the file are not what it expects")
                                        .arg(std::max(hunk.oldStart, 1)),
                              hunk.line);
        shift = qint64(*place) - (hunk.oldLines == 0 ? hunk.oldStart : hunk.oldStart - 1);
        for (; next < *place; ++next)
            result += lines[next];
        for (const auto &line : sides.after) {
            if (!result.isEmpty() && !result.endsWith('\n'))
                return doesNotFit(file, QStringLiteral("a line would be added after a last line without line end"),
                                  hunk.line);
            result += line;
        }
        next += sides.before.size();
    }
    for (; next < lines.size(); ++next) {
        if (!result.isEmpty() && !result.endsWith('\n'))
            return doesNotFit(file, QStringLiteral("a line without line end would stand in the middle of the file"));
        result += lines[next];
    }
    return result;
}

/// Carries a diff out on a head tree, in memory: what each touched path is before and after.
class Applier
{
public:
    Applier(git::Repository &repository, const git::Oid &head) : m_repository(repository), m_head(head) { }

    Result<> apply(const std::vector<DiffFile> &files)
    {
        for (size_t first = 0; first < files.size();) {
            size_t end = first;
            m_leaving.clear();
            while (end < files.size() && files[end].series == files[first].series) {
                if (files[end].deleted || files[end].renamed)
                    m_leaving.insert(files[end].oldPath);
                ++end;
            }
            m_before = m_after; // a later mail of a series sees what the earlier ones made
            m_written.clear();
            for (; first < end; ++first)
                COPPICE_CHECK(applyFile(files[first]));
        }
        return {};
    }

    /// Trees that hold only the touched paths.
    Result<Revision> revision()
    {
        COPPICE_TRY(const auto empty, m_repository.writeTree({}));
        std::vector<git::TreeChange> before, after;
        for (auto it = m_after.cbegin(); it != m_after.cend(); ++it) {
            COPPICE_TRY(const auto old, m_repository.entryAt(m_head, it.key()));
            if (old && it.value() && old->id == it.value()->id && old->mode == it.value()->mode)
                continue;
            if (old && old->mode != git::Mode::Tree)
                before.push_back({it.key(), old});
            if (it.value())
                after.push_back({it.key(), it.value()});
        }
        if (before.empty() && after.empty())
            return fail(QStringLiteral("review.empty"), QStringLiteral("The patch changes nothing"), {},
                        QStringLiteral("The library already holds what it would change."));
        Revision revision;
        revision.at = nowMs();
        COPPICE_TRY(revision.base, git::editTree(m_repository, empty, before));
        COPPICE_TRY(revision.result, git::editTree(m_repository, empty, after));
        return revision;
    }

private:
    /// What stands at a path: `map` first, then the head. A folder counts as nothing.
    Result<Entry> entryIn(const QMap<QByteArray, Entry> &map, const QByteArray &path)
    {
        if (const auto it = map.constFind(path); it != map.cend())
            return *it;
        COPPICE_TRY(auto entry, m_repository.entryAt(m_head, path));
        if (entry && entry->mode == git::Mode::Tree)
            entry.reset();
        return entry;
    }

    Result<> applyFile(const DiffFile &file)
    {
        if (file.binaryLeftOut)
            return doesNotFit(file, QStringLiteral("it says that binary files differ, but does not hold their bytes; "
                                                   "git diff --binary does"));
        const bool moved = file.renamed || file.copied;
        COPPICE_TRY(const auto source, entryIn(moved ? m_before : m_after, file.oldPath));
        if (file.added) {
            if (source)
                return doesNotFit(file, QStringLiteral("the file that it adds is there already"));
        } else if (!source) {
            return doesNotFit(file, QStringLiteral("the library has no file %1").arg(QString::fromUtf8(file.oldPath)));
        }
        if (moved && file.oldPath != file.newPath && !m_leaving.contains(file.newPath)) {
            COPPICE_TRY(const auto target, entryIn(m_after, file.newPath));
            if (target)
                return doesNotFit(file, QStringLiteral("its new name is taken already"));
        }
        git::TreeEntry entry;
        entry.mode = source ? source->mode : git::Mode::File;
        if (source && file.oldMode && kindOf(*file.oldMode) != kindOf(source->mode))
            return doesNotFit(file, QStringLiteral("the library has something of another kind there"));
        if (file.newMode)
            entry.mode = *file.newMode;
        if (file.deleted && source && file.oldMode)
            entry.mode = *file.oldMode;
        COPPICE_TRY(entry.id, contentOf(file, source, entry.mode));

        if (file.deleted) {
            set(file.oldPath, std::nullopt);
            return {};
        }
        if (file.renamed && !m_written.contains(file.oldPath))
            m_after.insert(file.oldPath, std::nullopt);
        set(file.newPath, entry);
        return {};
    }

    void set(const QByteArray &path, const Entry &entry)
    {
        m_after.insert(path, entry);
        m_written.insert(path);
    }

    static git::Mode kindOf(git::Mode mode) { return mode == git::Mode::Executable ? git::Mode::File : mode; }

    /// The object that the file shall have; checks that the source is what the diff was made for.
    Result<git::Oid> contentOf(const DiffFile &file, const Entry &source, git::Mode mode)
    {
        const bool changes = !file.hunks.empty() || file.binary;
        if (mode == git::Mode::Submodule)
            return submodule(file, source);
        if (!changes) {
            if (source)
                return source->id;
            return m_repository.writeBlob({});
        }
        QByteArray before;
        if (source) {
            COPPICE_TRY(before, m_repository.blob(source->id));
        }
        QByteArray after;
        if (file.binary) {
            if (source && !file.oldBlob.isEmpty() && !source->id.hex().startsWith(file.oldBlob))
                return doesNotFit(file, QStringLiteral("the binary file in the library is another one"));
            if (!file.binary->delta) {
                after = file.binary->data;
            } else {
                auto applied = applyDelta(before, file.binary->data);
                if (!applied)
                    return doesNotFit(file, applied.error().what);
                after = std::move(*applied);
            }
        } else {
            COPPICE_TRY(after, applyHunks(file, before));
        }
        if (file.deleted && !after.isEmpty())
            return doesNotFit(file, QStringLiteral("the file that it deletes holds more than it says"));
        return m_repository.writeBlob(after);
    }

    static Result<git::Oid> submodule(const DiffFile &file, const Entry &source)
    {
        if (file.deleted)
            return git::Oid{};
        for (const auto &hunk : file.hunks) {
            for (const auto &line : hunk.lines) {
                if (line.startsWith("+Subproject commit ")) {
                    const auto id = git::Oid::fromHex(line.trimmed().mid(19));
                    if (!id.isNull())
                        return id;
                }
            }
        }
        if (source && source->mode == git::Mode::Submodule && file.hunks.empty())
            return source->id;
        return doesNotFit(file, QStringLiteral("it does not name the submodule's commit"));
    }

    git::Repository &m_repository;
    git::Oid m_head;
    QMap<QByteArray, Entry> m_before, m_after; ///< touched paths; none: not there
    QSet<QByteArray> m_leaving; ///< paths that files of the series leave
    QSet<QByteArray> m_written;
};

} // namespace

Result<Revision> revisionFromDiff(git::Repository &repository, const git::Oid &headTree, const QByteArray &diff)
{
    COPPICE_TRY(const auto parsed, parseGitDiff(diff));
    Applier applier(repository, headTree);
    COPPICE_CHECK(applier.apply(parsed.files));
    return applier.revision();
}

} // namespace coppice::review
