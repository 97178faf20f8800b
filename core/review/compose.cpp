// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/lines.h"
#include "review/patch.h"

#include "git/tree_edit.h"

#include <QSet>

namespace coppice::review {

namespace {

/// The old text with the accepted ranges replaced, line for line.
QByteArray compose(const FilePatch &file, const FileTexts &texts, const QSet<QString> &accepted)
{
    const auto before = splitLines(texts.before);
    const auto after = splitLines(texts.after);
    QByteArray result;
    result.reserve(texts.before.size() + texts.after.size());
    size_t next = 0; // first old line that is not written yet, from 0
    const auto copyTo = [&](size_t end) {
        for (; next < end; ++next)
            result += before[next];
    };
    for (const auto &hunk : file.hunks) {
        if (!accepted.contains(hunk.id))
            continue;
        // A range without lines names the line it stands after.
        copyTo(size_t(hunk.oldLines == 0 ? hunk.oldStart : hunk.oldStart - 1));
        const auto first = size_t(hunk.newLines == 0 ? hunk.newStart : hunk.newStart - 1);
        for (size_t i = first; i < first + size_t(hunk.newLines); ++i)
            result += after[i];
        next += size_t(hunk.oldLines);
    }
    copyTo(before.size());
    return result;
}

} // namespace

Result<git::Oid> composeAccepted(git::Repository &repository, const Revision &revision,
                                 const std::vector<FilePatch> &files, const QStringList &acceptedHunks)
{
    const QSet<QString> accepted(acceptedHunks.begin(), acceptedHunks.end());
    std::vector<git::TreeChange> removed, put;
    for (const auto &file : files) {
        qsizetype count = 0;
        for (const auto &hunk : file.hunks)
            count += accepted.contains(hunk.id);
        if (count == 0)
            continue;
        if (isWhole(file) || count == qsizetype(file.hunks.size())) {
            if (file.status == FilePatch::Status::Deleted || file.status == FilePatch::Status::Renamed)
                removed.push_back({file.oldPath, std::nullopt});
            if (file.status != FilePatch::Status::Deleted)
                put.push_back({file.path, git::TreeEntry{{}, file.newMode, file.newBlob}});
            continue;
        }
        COPPICE_TRY(const auto texts, textsOf(repository, file));
        COPPICE_TRY(const auto blob, repository.writeBlob(compose(file, texts, accepted)));
        const bool firstAccepted = accepted.contains(file.hunks.front().id);
        put.push_back({file.path, git::TreeEntry{{}, firstAccepted ? file.newMode : file.oldMode, blob}});
    }
    // A path that is given up by one file may be taken by another (a swap of names), so removals come first.
    COPPICE_TRY(const auto without, git::editTree(repository, revision.base, removed));
    return git::editTree(repository, without, put);
}

} // namespace coppice::review
