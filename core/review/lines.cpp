// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/lines.h"

#include "git/handles.h"

#include <git2/diff.h>
#include <git2/patch.h>

#include <algorithm>
#include <cstring>

namespace coppice::review {

std::vector<QByteArrayView> splitLines(QByteArrayView bytes)
{
    std::vector<QByteArrayView> lines;
    qsizetype from = 0;
    while (from < bytes.size()) {
        const void *end = std::memchr(bytes.data() + from, '\n', size_t(bytes.size() - from));
        const qsizetype next = end ? static_cast<const char *>(end) - bytes.data() + 1 : bytes.size();
        lines.push_back(bytes.sliced(from, next - from));
        from = next;
    }
    return lines;
}

QString shownLine(QByteArrayView line)
{
    if (line.endsWith('\n'))
        line.chop(1);
    if (line.endsWith('\r'))
        line.chop(1);
    return QString::fromUtf8(line);
}

bool looksBinary(QByteArrayView bytes)
{
    const auto size = size_t(std::min<qsizetype>(bytes.size(), 8000));
    return size > 0 && std::memchr(bytes.data(), 0, size) != nullptr;
}

/// All lines of a text that the other side lacks; libgit2 would keep 80 bytes for each.
static std::vector<DiffHunk> oneSided(const QByteArray &text, char origin)
{
    DiffHunk hunk;
    const int count = int(text.count('\n') + (text.endsWith('\n') ? 0 : 1));
    const bool added = origin == '+';
    (added ? hunk.newStart : hunk.oldStart) = 1;
    (added ? hunk.newLines : hunk.oldLines) = count;
    hunk.lines.reserve(size_t(count));
    for (int i = 1; i <= count; ++i)
        hunk.lines.push_back({origin, added ? 0 : i, added ? i : 0});
    return {std::move(hunk)};
}

Result<std::vector<DiffHunk>> diffTexts(const QByteArray &before, const QByteArray &after)
{
    if (before.isEmpty() != after.isEmpty())
        return before.isEmpty() ? oneSided(after, '+') : oneSided(before, '-');
    git::startLibrary();
    git_diff_options options;
    git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.flags = GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC;
    options.context_lines = 3;
    options.interhunk_lines = 0;
    git_patch *raw = nullptr;
    const int code = git_patch_from_buffers(&raw, before.constData(), size_t(before.size()), nullptr, after.constData(),
                                            size_t(after.size()), nullptr, &options);
    if (code != 0)
        return git::gitError(code, QStringLiteral("Two versions of a file cannot be compared"));
    const std::unique_ptr<git_patch, decltype(&git_patch_free)> patch(raw, git_patch_free);

    std::vector<DiffHunk> hunks(git_patch_num_hunks(raw));
    for (size_t i = 0; i < hunks.size(); ++i) {
        const git_diff_hunk *header = nullptr;
        size_t count = 0;
        if (const int failed = git_patch_get_hunk(&header, &count, raw, i); failed != 0)
            return git::gitError(failed, QStringLiteral("Two versions of a file cannot be compared"));
        DiffHunk &hunk = hunks[i];
        hunk.oldStart = header->old_start;
        hunk.oldLines = header->old_lines;
        hunk.newStart = header->new_start;
        hunk.newLines = header->new_lines;
        hunk.lines.reserve(count);
        for (size_t j = 0; j < count; ++j) {
            const git_diff_line *line = nullptr;
            if (const int failed = git_patch_get_line_in_hunk(&line, raw, i, j); failed != 0)
                return git::gitError(failed, QStringLiteral("Two versions of a file cannot be compared"));
            if (line->origin == GIT_DIFF_LINE_CONTEXT)
                hunk.lines.push_back({' ', line->old_lineno, line->new_lineno});
            else if (line->origin == GIT_DIFF_LINE_DELETION)
                hunk.lines.push_back({'-', line->old_lineno, 0});
            else if (line->origin == GIT_DIFF_LINE_ADDITION)
                hunk.lines.push_back({'+', 0, line->new_lineno});
        }
    }
    return hunks;
}

bool isWhole(const FilePatch &file)
{
    using git::Mode;
    const auto kind = [](Mode mode) { return mode == Mode::Executable ? Mode::File : mode; };
    return file.status != FilePatch::Status::Modified || file.binary || file.tooLarge
        || kind(file.oldMode) != kind(file.newMode) || !hasBlob(file.oldMode) || file.oldMode == Mode::Link;
}

Result<FileTexts> textsOf(const git::Repository &repository, const FilePatch &file)
{
    FileTexts texts;
    if (file.binary || file.tooLarge)
        return texts;
    if (!file.oldBlob.isNull() && hasBlob(file.oldMode)) {
        COPPICE_TRY(texts.before, repository.blob(file.oldBlob, largestCompared));
    }
    if (!file.newBlob.isNull() && hasBlob(file.newMode)) {
        COPPICE_TRY(texts.after, repository.blob(file.newBlob, largestCompared));
    }
    COPPICE_TRY(texts.hunks, diffTexts(texts.before, texts.after));
    return texts;
}

} // namespace coppice::review
