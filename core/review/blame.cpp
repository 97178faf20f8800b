// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/blame.h"

#include "review/lines.h"
#include "text/hidden.h"

#include <QHash>

namespace coppice::review {

namespace {

constexpr int mostCommits = 20'000;
constexpr int mostFollowed = 50;

/// A line of a file in a commit.
struct Place {
    git::Oid commit;
    QByteArray path;
    git::Oid blob;
    int line = 0;
};

class Follower
{
public:
    Follower(const git::Repository &repository, QByteArray prefix, std::stop_token stop)
        : m_repository(repository), m_prefix(std::move(prefix)), m_stop(std::move(stop))
    {
    }

    Result<Author> follow(Place place)
    {
        for (int steps = 0; steps < mostCommits && !m_stop.stop_requested(); ++steps) {
            COPPICE_TRY(const auto commit, m_repository.commit(place.commit));
            std::optional<Place> before;
            for (const auto &parent : commit.parents) {
                if (!m_repository.has(parent))
                    return unknown(QStringLiteral("its history is cut off at %1").arg(place.commit.shown()));
                COPPICE_TRY(before, in(parent, place));
                if (before)
                    break;
            }
            if (!before)
                return told(commit);
            place = std::move(*before);
        }
        return unknown(QStringLiteral("it is older than 20,000 commits"));
    }

    /// The number of a line of one text in another one that has it unchanged; 0 when it has not.
    Result<int> mapped(const git::Oid &from, const git::Oid &to, int line)
    {
        if (from == to)
            return line;
        const auto key = std::pair(from.hex(), to.hex());
        if (!m_diffs.contains(key)) {
            COPPICE_TRY(const auto a, m_repository.blob(from, largestCompared));
            COPPICE_TRY(const auto b, m_repository.blob(to, largestCompared));
            COPPICE_TRY(auto hunks, diffTexts(a, b));
            m_diffs.insert(key, std::move(hunks));
        }
        int shift = 0;
        for (const auto &hunk : m_diffs[key]) {
            if (line < (hunk.oldLines == 0 ? hunk.oldStart + 1 : hunk.oldStart))
                break;
            for (const auto &each : hunk.lines) {
                if (each.oldLine == line)
                    return each.origin == ' ' ? each.newLine : 0;
            }
            shift += hunk.newLines - hunk.oldLines;
        }
        return line + shift;
    }

private:
    /// Where the line was in a parent: under the same path, or without the prefix in the plugin's own history.
    Result<std::optional<Place>> in(const git::Oid &parent, const Place &place)
    {
        COPPICE_TRY(const auto tree, m_repository.treeOf(parent));
        QByteArray path = place.path;
        COPPICE_TRY(auto entry, m_repository.entryAt(tree, path));
        const QByteArray folder = m_prefix + '/';
        if (!entry && !m_prefix.isEmpty() && path.startsWith(folder)) {
            path = path.mid(folder.size());
            COPPICE_TRY(entry, m_repository.entryAt(tree, path));
        }
        if (!entry || !hasBlob(entry->mode))
            return std::optional<Place>();
        COPPICE_TRY(const int line, mapped(place.blob, entry->id, place.line));
        return line > 0 ? std::optional(Place{parent, path, entry->id, line}) : std::nullopt;
    }

    static Author told(const git::Commit &commit)
    {
        Author author;
        author.commit = commit.id;
        author.name = text::plain(QString::fromUtf8(commit.author.name), 100).simplified();
        author.subject = text::plain(QString::fromUtf8(commit.message.left(2000)).section(u'\n', 0, 0), 200).simplified();
        author.at = commit.author.seconds * 1000;
        return author;
    }
    static Author unknown(const QString &why)
    {
        Author author;
        author.why = why;
        return author;
    }

    const git::Repository &m_repository;
    const QByteArray m_prefix;
    const std::stop_token m_stop;
    QHash<std::pair<QByteArray, QByteArray>, std::vector<DiffHunk>> m_diffs;
};

} // namespace

Result<std::vector<Author>> whoWrote(const git::Repository &repository, const git::Oid &head, const QByteArray &prefix, const FilePatch &file,
                                     int firstLine, int lines, std::stop_token stop)
{
    std::vector<Author> authors;
    if (file.oldBlob.isNull() || file.binary || file.tooLarge || !hasBlob(file.oldMode))
        return fail(QStringLiteral("review.no-lines"), QStringLiteral("There are no old lines to ask after"), QString::fromUtf8(file.path));
    COPPICE_TRY(const auto tree, repository.treeOf(head));
    COPPICE_TRY(const auto entry, repository.entryAt(tree, file.oldPath));
    Follower follower(repository, prefix, std::move(stop));
    for (int line = firstLine; line < firstLine + std::min(lines, mostFollowed); ++line) {
        int there = 0;
        if (entry && hasBlob(entry->mode)) {
            COPPICE_TRY(there, follower.mapped(file.oldBlob, entry->id, line));
        }
        Author author;
        if (there > 0) {
            COPPICE_TRY(author, follower.follow({head, file.oldPath, entry->id, there}));
        } else {
            author.why = QStringLiteral("the library has changed it since");
        }
        author.firstLine = line;
        author.lines = 1;
        auto *last = authors.empty() ? nullptr : &authors.back();
        if (last && last->commit == author.commit && last->why == author.why)
            ++last->lines;
        else
            authors.push_back(std::move(author));
    }
    return authors;
}

} // namespace coppice::review
