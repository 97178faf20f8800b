// SPDX-License-Identifier: GPL-3.0-or-later
// Similarity is counted as git does (diffcore-delta.c of git 2.39, described in Documentation/gitdiffcore.txt): bytes of
// equal lines or 64-byte pieces, against the larger of the two files.
#include "review/renames.h"

#include "review/lines.h"

#include <QHash>

#include <algorithm>

namespace coppice::review {

namespace {

constexpr size_t mostPairs = 1'000'000; ///< git's default rename limit of 1000 on either side
constexpr qint64 largestFingerprinted = 4 << 20;

QByteArray baseName(const QByteArray &path)
{
    return path.mid(path.lastIndexOf('/') + 1);
}

struct Fingerprint {
    bool usable = false;
    qint64 size = 0;
    QHash<size_t, qint64> bytesOf; ///< hash of a piece → bytes in such pieces
};

Fingerprint fingerprint(const git::Repository &repository, const git::Oid &blob)
{
    Fingerprint print;
    const auto bytes = repository.blob(blob, largestFingerprinted);
    if (!bytes)
        return print; // too large to be worth comparing: shown as deleted and added
    print.usable = true;
    print.size = bytes->size();
    const bool binary = looksBinary(*bytes);
    qsizetype from = 0;
    for (qsizetype i = 0; i < bytes->size(); ++i) {
        if (bytes->at(i) != '\n' && i - from + 1 < 64 && i + 1 < bytes->size())
            continue;
        QByteArrayView piece = QByteArrayView(*bytes).sliced(from, i - from + 1);
        const qint64 length = piece.size();
        from = i + 1;
        if (!binary && piece.endsWith("\r\n")) {
            const QByteArray unix = piece.chopped(2).toByteArray() + '\n';
            print.bytesOf[qHash(unix)] += length;
        } else {
            print.bytesOf[qHash(piece)] += length;
        }
    }
    return print;
}

/// 0 to 1000; below 500 it is no rename.
int similarity(const Fingerprint &before, const Fingerprint &after)
{
    const qint64 larger = std::max(before.size, after.size);
    if (!before.usable || !after.usable || larger == 0 || std::min(before.size, after.size) * 2 < larger)
        return 0;
    qint64 kept = 0;
    for (auto it = before.bytesOf.cbegin(); it != before.bytesOf.cend(); ++it)
        kept += std::min(it.value(), after.bytesOf.value(it.key(), 0));
    return int(kept * 1000 / larger);
}

bool isRegular(git::Mode mode)
{
    return mode == git::Mode::File || mode == git::Mode::Executable;
}

} // namespace

/// Of the old sides of changed files, the one that each addition is a copy of.
static void findCopies(const git::Repository &repository, const std::vector<git::Repository::Change> &changes, const std::vector<size_t> &come,
                       std::vector<Rename> &found)
{
    std::vector<size_t> sources;
    for (size_t i = 0; i < changes.size(); ++i) {
        if (changes[i].before && isRegular(changes[i].before->mode))
            sources.push_back(i);
    }
    if (come.empty() || sources.empty() || sources.size() * come.size() > mostPairs)
        return;
    std::vector<Fingerprint> prints(sources.size());
    std::vector<bool> made(sources.size(), false);
    for (const size_t to : come) {
        const auto &after = *changes[to].after;
        const Fingerprint own = fingerprint(repository, after.id);
        if (own.usable && own.size == 0)
            continue; // empty files are alike, and say nothing
        Rename best{0, to, 0, true};
        for (size_t i = 0; i < sources.size(); ++i) {
            const auto &before = *changes[sources[i]].before;
            int score = before.id == after.id ? 1000 : 0;
            if (score == 0 && own.size > 0) {
                if (!made[i])
                    prints[i] = fingerprint(repository, before.id);
                made[i] = true;
                score = similarity(prints[i], own);
            }
            if (score >= 500 && score / 10 > best.similarity) {
                best.from = sources[i];
                best.similarity = score / 10;
            }
        }
        if (best.similarity > 0)
            found.push_back(best);
    }
}

Result<std::vector<Rename>> findRenames(const git::Repository &repository, const std::vector<git::Repository::Change> &changes)
{
    std::vector<size_t> gone, come;
    for (size_t i = 0; i < changes.size(); ++i) {
        if (changes[i].before && !changes[i].after && hasBlob(changes[i].before->mode))
            gone.push_back(i);
        else if (changes[i].after && !changes[i].before && hasBlob(changes[i].after->mode))
            come.push_back(i);
    }
    std::vector<Rename> pairs;
    std::vector<bool> used(changes.size(), false);
    const auto take = [&](size_t from, size_t to, int score = 1000) {
        pairs.push_back({from, to, score / 10, false});
        used[from] = used[to] = true;
    };

    // Equal content; among several the one that keeps its name.
    for (const size_t to : come) {
        std::optional<size_t> best;
        for (const size_t from : gone) {
            const auto &before = *changes[from].before;
            const auto &after = *changes[to].after;
            if (used[from] || before.id != after.id || isRegular(before.mode) != isRegular(after.mode))
                continue;
            if (!best || baseName(changes[from].path) == baseName(changes[to].path)) {
                const bool sameName = baseName(changes[from].path) == baseName(changes[to].path);
                best = from;
                if (sameName)
                    break;
            }
        }
        if (best)
            take(*best, to);
    }
    std::erase_if(gone, [&](size_t i) { return used[i] || !isRegular(changes[i].before->mode); });
    std::erase_if(come, [&](size_t i) { return used[i] || !isRegular(changes[i].after->mode); });
    if (gone.empty() || come.empty() || gone.size() * come.size() > mostPairs) {
        findCopies(repository, changes, come, pairs);
        return pairs;
    }

    std::vector<Fingerprint> before, after;
    for (const size_t i : gone)
        before.push_back(fingerprint(repository, changes[i].before->id));
    for (const size_t i : come)
        after.push_back(fingerprint(repository, changes[i].after->id));
    struct Candidate {
        int score;
        bool sameName;
        size_t from, to;
    };
    std::vector<Candidate> candidates;
    for (size_t i = 0; i < gone.size(); ++i) {
        for (size_t j = 0; j < come.size(); ++j) {
            const int score = similarity(before[i], after[j]);
            if (score >= 500)
                candidates.push_back({score, baseName(changes[gone[i]].path) == baseName(changes[come[j]].path),
                                      gone[i], come[j]});
        }
    }
    // As git: a file that keeps its name and three quarters of its bytes comes before a better match elsewhere.
    std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate &a, const Candidate &b) {
        const bool nameA = a.sameName && a.score >= 750, nameB = b.sameName && b.score >= 750;
        if (nameA != nameB)
            return nameA;
        if (a.score != b.score)
            return a.score > b.score;
        return a.sameName && !b.sameName;
    });
    for (const auto &candidate : candidates) {
        if (!used[candidate.from] && !used[candidate.to])
            take(candidate.from, candidate.to, candidate.score);
    }
    std::erase_if(come, [&](size_t i) { return used[i]; });
    findCopies(repository, changes, come, pairs);
    return pairs;
}

} // namespace coppice::review
