// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/line_set.h"
#include "review/lines.h"
#include "review/patch.h"

#include "git/tree_edit.h"

#include <QHash>

#include <algorithm>

namespace coppice::review {

namespace {

using Verdict = Decision::Verdict;

/// What of one hunk is put in.
struct Choice {
    enum class Of { Nothing, Lines, All } of = Of::Nothing;
    LineSet lines;
};
using Choices = std::vector<Choice>; ///< of a file's hunks

Result<Choices> choicesOf(const FilePatch &file, const QHash<QString, Decision> &decisions)
{
    Choices choices;
    for (const auto &hunk : file.hunks) {
        const auto decision = decisions.value(hunk.id);
        Choice choice;
        if (decision.verdict == Verdict::Accepted)
            choice.of = Choice::Of::All;
        if (decision.verdict == Verdict::Partly && !decision.lines.isEmpty()) {
            const int lines = lineCount(file, hunk);
            COPPICE_TRY(choice.lines, LineSet::parse(decision.lines, lines));
            choice.of = choice.lines.count() == lines ? Choice::Of::All : Choice::Of::Lines;
        }
        choices.push_back(std::move(choice));
    }
    return choices;
}

/// Lines put one after the other. One without an end takes that of the line that comes to stand after it.
class Text
{
public:
    explicit Text(qsizetype reserve) { m_bytes.reserve(reserve); }
    void add(QByteArrayView line)
    {
        if (!m_bytes.isEmpty() && !m_bytes.endsWith('\n'))
            m_bytes += line.endsWith("\r\n") ? "\r\n" : "\n";
        m_bytes += line;
    }
    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }

private:
    QByteArray m_bytes;
};

/// The old text with what was chosen of each hunk, line for line. A whole file's one choice goes over all its changes.
QByteArray compose(const FilePatch &file, const FileTexts &texts, const Choices &choices)
{
    const auto before = splitLines(texts.before);
    const auto after = splitLines(texts.after);
    Text text(texts.before.size() + texts.after.size());
    size_t next = 0; // first old line that is not written yet, from 0
    const auto copyTo = [&](size_t end) {
        for (; next < end; ++next)
            text.add(before[next]);
    };
    int line = 0;
    for (size_t i = 0; i < texts.hunks.size(); ++i) {
        const auto &choice = isWhole(file) ? choices.front() : choices[i];
        if (!isWhole(file))
            line = 0;
        const auto put = [&](int ordinal) { return choice.of == Choice::Of::All || choice.lines.contains(ordinal); };
        for (const auto &change : texts.hunks[i].lines) {
            if (change.origin == ' ') {
                copyTo(size_t(change.oldLine));
                continue;
            }
            const bool chosen = put(++line);
            if (change.origin == '-') {
                copyTo(size_t(change.oldLine - 1));
                if (chosen)
                    ++next;
                else
                    copyTo(size_t(change.oldLine));
            } else if (chosen) {
                text.add(after[size_t(change.newLine - 1)]);
            }
        }
    }
    copyTo(before.size());
    return text.bytes();
}

} // namespace

Result<git::Oid> composeAccepted(git::Repository &repository, const Revision &revision,
                                 const std::vector<FilePatch> &files, const std::vector<Decision> &decisions)
{
    QHash<QString, Decision> byHunk;
    for (const auto &decision : decisions)
        byHunk.insert(decision.hunk, decision);
    std::vector<git::TreeChange> removed, put;
    for (const auto &file : files) {
        COPPICE_TRY(const auto choices, choicesOf(file, byHunk));
        const auto count = [&](Choice::Of of) { return size_t(std::ranges::count(choices, of, &Choice::of)); };
        if (count(Choice::Of::Nothing) == choices.size())
            continue;
        const bool all = count(Choice::Of::All) == choices.size();
        if (file.status == FilePatch::Status::Renamed || (all && file.status == FilePatch::Status::Deleted))
            removed.push_back({file.oldPath, std::nullopt});
        if (all) {
            if (file.status != FilePatch::Status::Deleted)
                put.push_back({file.path, git::TreeEntry{{}, file.newMode, file.newBlob}});
            continue;
        }
        COPPICE_TRY(const auto texts, textsOf(repository, file));
        COPPICE_TRY(const auto blob, repository.writeBlob(compose(file, texts, choices)));
        const bool withMode = choices.front().of != Choice::Of::Nothing;
        put.push_back({file.path, git::TreeEntry{{}, withMode ? file.newMode : file.oldMode, blob}});
    }
    // A path that is given up by one file may be taken by another (a swap of names), so removals come first.
    COPPICE_TRY(const auto without, git::editTree(repository, revision.base, removed));
    return git::editTree(repository, without, put);
}

} // namespace coppice::review
