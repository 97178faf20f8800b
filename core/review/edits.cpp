// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/edits.h"

#include "base/clock.h"
#include "git/tree_edit.h"
#include "review/lines.h"

#include <algorithm>

namespace coppice::review {

namespace {

Fail notEditable(const FilePatch &file, const QString &why)
{
    return failUsage(QStringLiteral("review.not-editable"), why, QString::fromUtf8(file.path),
                     QStringLiteral("Reject it, or send the patch back."));
}

Result<> mustBeText(const FilePatch &file)
{
    if (file.status == FilePatch::Status::Deleted)
        return notEditable(file, QStringLiteral("The file is deleted: there is no new text to edit"));
    if (file.binary || file.tooLarge)
        return notEditable(file, QStringLiteral("The file has no lines to edit"));
    if (file.newMode != git::Mode::File && file.newMode != git::Mode::Executable)
        return notEditable(file, QStringLiteral("A link or a submodule has no text to edit"));
    return {};
}

struct Place {
    const FilePatch *file = nullptr;
    const Hunk *hunk = nullptr;
};

Result<Place> placeOf(const std::vector<FilePatch> &files, const QString &id)
{
    for (const auto &file : files) {
        const auto hunk = std::ranges::find(file.hunks, id, &Hunk::id);
        if (hunk == file.hunks.end())
            continue;
        COPPICE_CHECK(mustBeText(file));
        return Place{&file, &*hunk};
    }
    return failNotFound(QStringLiteral("review.no-such-hunk"), QStringLiteral("The patch has no hunk %1").arg(id.left(12)));
}

/// The new text before a hunk, of it, and after it.
struct Sides {
    QByteArray before, own, after;
};
Result<Sides> sidesOf(const git::Repository &repository, const Place &place)
{
    COPPICE_TRY(const auto bytes, repository.blob(place.file->newBlob, largestCompared));
    const auto lines = splitLines(bytes);
    const auto first = size_t(std::max(place.hunk->newLines == 0 ? place.hunk->newStart : place.hunk->newStart - 1, 0));
    Sides sides;
    for (size_t i = 0; i < lines.size(); ++i)
        (i < first ? sides.before : i < first + size_t(place.hunk->newLines) ? sides.own : sides.after) += lines[i];
    return sides;
}

} // namespace

Result<Revision> editedFile(git::Repository &repository, const Patch &patch, const std::vector<FilePatch> &files,
                            const QByteArray &path, const QByteArray &text)
{
    const auto file = std::ranges::find(files, path, &FilePatch::path);
    if (file == files.end())
        return failNotFound(QStringLiteral("review.no-such-file"), QStringLiteral("The patch has no such file"),
                            QString::fromUtf8(path), QStringLiteral("coppicectl review show names its files."));
    COPPICE_CHECK(mustBeText(*file));
    if (text.size() > largestCompared)
        return notEditable(*file, QStringLiteral("The text is over 10 MB"));
    COPPICE_TRY(const auto blob, repository.writeBlob(text));
    if (blob == file->newBlob)
        return failUsage(QStringLiteral("review.same-text"), QStringLiteral("The text is what it was: nothing was changed"),
                         QString::fromUtf8(path));
    Revision revision = patch.last();
    COPPICE_TRY(revision.result, git::editTree(repository, revision.result, {{path, git::TreeEntry{{}, file->newMode, blob}}}));
    if (revision.result == revision.base)
        return failUsage(QStringLiteral("review.nothing-left"), QStringLiteral("Nothing of the patch would be left"),
                         QString::fromUtf8(path), QStringLiteral("Reject it instead."));
    revision.at = nowMs();
    revision.note = QStringLiteral("Edited %1").arg(QString::fromUtf8(path));
    return revision;
}

Result<Revision> editedHunk(git::Repository &repository, const Patch &patch, const std::vector<FilePatch> &files,
                            const QString &hunk, const QByteArray &text)
{
    COPPICE_TRY(const auto place, placeOf(files, hunk));
    COPPICE_TRY(const auto sides, sidesOf(repository, place));
    QByteArray own = text;
    if (!own.isEmpty() && !own.endsWith('\n') && !sides.after.isEmpty())
        own += sides.after.left(sides.after.indexOf('\n') + 1).endsWith("\r\n") ? "\r\n" : "\n";
    return editedFile(repository, patch, files, place.file->path, sides.before + own + sides.after);
}

Result<QByteArray> newSideOf(const git::Repository &repository, const std::vector<FilePatch> &files, const QString &hunk)
{
    COPPICE_TRY(const auto place, placeOf(files, hunk));
    COPPICE_TRY(const auto sides, sidesOf(repository, place));
    return sides.own;
}

} // namespace coppice::review
