// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/files.h"
#include "review/renames.h"

#include <QCryptographicHash>
#include <QHash>

#include <algorithm>
#include <charconv>

namespace coppice::review {

QString nameOf(Patch::State state)
{
    switch (state) {
    case Patch::State::Open: return QStringLiteral("open");
    case Patch::State::Applied: return QStringLiteral("applied");
    case Patch::State::Shipped: return QStringLiteral("shipped");
    case Patch::State::Closed: return QStringLiteral("closed");
    }
    return {};
}

namespace {

/// Length-prefixed fields, so that no two different hunks have equal bytes before they are hashed.
class Digest
{
public:
    void add(QByteArrayView field)
    {
        char length[24];
        const auto end = std::to_chars(length, length + sizeof length - 1, field.size());
        *end.ptr = ':';
        m_hash.addData(QByteArray::fromRawData(length, end.ptr + 1 - length));
        m_hash.addData(QByteArray::fromRawData(field.data(), field.size()));
    }
    void add(git::Mode mode) { add(QByteArray::number(quint32(mode), 8)); }
    [[nodiscard]] QString hex() const { return QString::fromLatin1(m_hash.result().toHex().left(32)); }

private:
    QCryptographicHash m_hash{QCryptographicHash::Sha256};
};

QString wholeId(const FilePatch &file)
{
    Digest digest;
    digest.add("whole");
    digest.add(file.oldPath);
    digest.add(file.path);
    digest.add(file.oldBlob.hex());
    digest.add(file.newBlob.hex());
    digest.add(file.oldMode);
    digest.add(file.newMode);
    return digest.hex();
}

void count(Hunk &hunk, const DiffHunk &diff)
{
    hunk.removed += int(std::ranges::count(diff.lines, '-', &DiffLine::origin));
    hunk.added += int(std::ranges::count(diff.lines, '+', &DiffLine::origin));
}

/// The one hunk of a file that is taken as a whole, with the range that git's hunks cover together.
Hunk wholeHunk(const FilePatch &file, const std::vector<DiffHunk> &hunks)
{
    Hunk hunk;
    hunk.id = wholeId(file);
    if (!hunks.empty()) {
        hunk.oldStart = hunks.front().oldStart;
        hunk.newStart = hunks.front().newStart;
        const auto &last = hunks.back();
        hunk.oldLines = last.oldStart + last.oldLines - hunk.oldStart;
        hunk.newLines = last.newStart + last.newLines - hunk.newStart;
        if (hunks.size() == 1) {
            hunk.oldLines = last.oldLines;
            hunk.newLines = last.newLines;
        }
        for (const auto &diff : hunks)
            count(hunk, diff);
    }
    return hunk;
}

std::vector<Hunk> textHunks(const FilePatch &file, const FileTexts &texts)
{
    const auto before = splitLines(texts.before);
    const auto after = splitLines(texts.after);
    QHash<QString, int> equals;
    std::vector<Hunk> hunks;
    for (const auto &diff : texts.hunks) {
        const auto digestOf = [&](int ordinal) {
            Digest digest;
            digest.add("lines");
            digest.add(file.path);
            if (hunks.empty() && file.oldMode != file.newMode) { // the new mode goes with the first hunk
                digest.add(file.oldMode);
                digest.add(file.newMode);
            }
            for (const auto &line : diff.lines) {
                const auto text = line.origin == '+' ? after[size_t(line.newLine - 1)] : before[size_t(line.oldLine - 1)];
                digest.add(QByteArrayView(&line.origin, 1));
                digest.add(text);
            }
            digest.add(QByteArray::number(ordinal));
            return digest.hex();
        };
        const QString first = digestOf(0);
        const int ordinal = equals[first]++;
        hunks.push_back({ordinal == 0 ? first : digestOf(ordinal), diff.oldStart, diff.oldLines, diff.newStart, diff.newLines});
        count(hunks.back(), diff);
    }
    return hunks;
}

} // namespace

Result<FileTexts> readHunks(const git::Repository &repository, FilePatch &file)
{
    FileTexts texts;
    const auto read = [&](const git::Oid &blob, git::Mode mode, QByteArray &into) -> Result<> {
        if (blob.isNull())
            return {};
        if (!hasBlob(mode)) {
            file.binary = true;
            return {};
        }
        COPPICE_TRY(const qint64 size, repository.blobSize(blob));
        if (size > largestCompared) {
            file.tooLarge = true;
            return {};
        }
        COPPICE_TRY(into, repository.blob(blob, largestCompared));
        file.binary = file.binary || looksBinary(into);
        return {};
    };
    COPPICE_CHECK(read(file.oldBlob, file.oldMode, texts.before));
    COPPICE_CHECK(read(file.newBlob, file.newMode, texts.after));
    if (file.binary || file.tooLarge)
        texts.before = texts.after = {};
    return hunksOfTexts(file, std::move(texts.before), std::move(texts.after));
}

Result<FileTexts> hunksOfTexts(FilePatch &file, QByteArray before, QByteArray after)
{
    FileTexts texts{std::move(before), std::move(after), {}};
    if (!file.binary && !file.tooLarge) {
        COPPICE_TRY(texts.hunks, diffTexts(texts.before, texts.after));
    }
    if (isWhole(file))
        file.hunks = {wholeHunk(file, texts.hunks)};
    else
        file.hunks = textHunks(file, texts);
    return texts;
}

Result<std::vector<FilePatch>> filesOf(const git::Repository &repository, const Revision &revision)
{
    COPPICE_TRY(auto files, listFiles(repository, revision));
    for (auto &file : files)
        COPPICE_CHECK(readHunks(repository, file));
    return files;
}

Result<std::vector<FilePatch>> listFiles(const git::Repository &repository, const Revision &revision)
{
    COPPICE_TRY(const auto changes, repository.changes(revision.base, revision.result));
    COPPICE_TRY(const auto renames, findRenames(repository, changes));
    QHash<size_t, size_t> renamedTo, renamedFrom;
    QHash<size_t, const Rename *> like;
    for (const auto &one : renames) {
        like.insert(one.to, &one);
        if (one.copy)
            continue;
        renamedTo.insert(one.from, one.to);
        renamedFrom.insert(one.to, one.from);
    }
    std::vector<FilePatch> files;
    for (size_t i = 0; i < changes.size(); ++i) {
        if (renamedTo.contains(i))
            continue;
        const auto &change = changes[i];
        const auto &before = renamedFrom.contains(i) ? changes[renamedFrom.value(i)].before : change.before;
        FilePatch file;
        file.path = change.path;
        file.oldPath = renamedFrom.contains(i) ? changes[renamedFrom.value(i)].path : change.path;
        if (const auto *other = like.value(i)) {
            file.similarity = other->similarity;
            if (other->copy) {
                file.copiedFrom = changes[other->from].path;
                file.copiedBlob = changes[other->from].before->id;
            }
        }
        if (before) {
            file.oldBlob = before->id;
            file.oldMode = before->mode;
        }
        if (change.after) {
            file.newBlob = change.after->id;
            file.newMode = change.after->mode;
        }
        if (!before)
            file.oldMode = file.newMode;
        else if (!change.after)
            file.newMode = file.oldMode;
        if (!before)
            file.status = FilePatch::Status::Added;
        else if (!change.after)
            file.status = FilePatch::Status::Deleted;
        else if (renamedFrom.contains(i))
            file.status = FilePatch::Status::Renamed;
        else if (file.oldBlob == file.newBlob)
            file.status = FilePatch::Status::ModeChanged;
        files.push_back(std::move(file));
    }
    std::stable_sort(files.begin(), files.end(),
                     [](const FilePatch &a, const FilePatch &b) { return a.path < b.path; });
    return files;
}

} // namespace coppice::review
