// SPDX-License-Identifier: GPL-3.0-or-later
// Diffs come from anybody: reading one, and unpacking what it holds, must stay within bounds whatever it says.
#include <review/git_diff.h>

#include <cstdlib>

using namespace coppice::review;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto diff = parseGitDiff(QByteArray(reinterpret_cast<const char *>(data), qsizetype(size)));
    if (!diff)
        return 0;
    for (const auto &file : diff->files) {
        // What is promised to those who apply it.
        if (file.oldPath.isEmpty() || file.newPath.isEmpty() || file.newPath.startsWith('/') || file.newPath.contains('\0'))
            std::abort();
        for (const auto &part : file.newPath.split('/')) {
            if (part == ".." || part.toLower() == ".git")
                std::abort();
        }
        for (const auto &hunk : file.hunks) {
            int before = 0, after = 0;
            for (const auto &line : hunk.lines) {
                if (line.isEmpty() || (line[0] != ' ' && line[0] != '-' && line[0] != '+'))
                    std::abort();
                before += line[0] != '+';
                after += line[0] != '-';
            }
            if (before != hunk.oldLines || after != hunk.newLines)
                std::abort();
        }
        if (file.binary && file.binary->delta)
            (void)applyDelta(QByteArray("some base that the delta may fit"), file.binary->data);
    }
    return 0;
}
