// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/git_diff.h"

#include "base/paths.h"
#include "review/lines.h"

#include <charconv>

namespace coppice::review {

namespace {

constexpr qint64 largestDiff = 64 << 20;
constexpr size_t mostFiles = 20'000;

/// Undoes git's C-style quoting of a name; none when it is not closed or holds an unknown escape.
/// `used` is the number of bytes read, quotes included.
std::optional<QByteArray> unquote(QByteArrayView text, qsizetype &used)
{
    if (!text.startsWith('"'))
        return std::nullopt;
    QByteArray name;
    for (qsizetype i = 1; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            used = i + 1;
            return name;
        }
        if (c != '\\') {
            name += c;
            continue;
        }
        if (++i == text.size())
            return std::nullopt;
        switch (text[i]) {
        case 'a': name += '\a'; break;
        case 'b': name += '\b'; break;
        case 'f': name += '\f'; break;
        case 'n': name += '\n'; break;
        case 'r': name += '\r'; break;
        case 't': name += '\t'; break;
        case 'v': name += '\v'; break;
        case '\\': name += '\\'; break;
        case '"': name += '"'; break;
        default: {
            if (i + 2 >= text.size())
                return std::nullopt;
            int value = 0;
            for (int j = 0; j < 3; ++j) {
                const char digit = text[i + j];
                if (digit < '0' || digit > '7')
                    return std::nullopt;
                value = value * 8 + (digit - '0');
            }
            if (value > 255)
                return std::nullopt;
            name += char(value);
            i += 2;
        }
        }
    }
    return std::nullopt;
}

/// The rest of a header line that is one name, quoted or not.
QByteArray nameIn(QByteArrayView rest)
{
    qsizetype used = 0;
    if (auto quoted = unquote(rest, used))
        return *quoted;
    return rest.toByteArray();
}

struct NamePair {
    QByteArray oldName, newName;
};
/// Both names without what git puts in front of them; none when they are not the two names of one file.
std::optional<NamePair> withoutPrefixes(const QByteArray &left, const QByteArray &right)
{
    if (left == right && !left.isEmpty())
        return NamePair{left, right}; // --no-prefix
    const auto l = left.indexOf('/'), r = right.indexOf('/');
    if (l <= 0 || r <= 0)
        return std::nullopt;
    return NamePair{left.mid(l + 1), right.mid(r + 1)};
}

/// The names of "diff --git LEFT RIGHT", when they can be told apart: git leaves spaces unquoted, so for one file under
/// one name the place is sought where both sides are equal.
std::optional<NamePair> headerNames(QByteArrayView rest)
{
    qsizetype used = 0;
    if (const auto left = unquote(rest, used)) {
        if (used >= rest.size() || rest[used] != ' ')
            return std::nullopt;
        return withoutPrefixes(*left, nameIn(rest.sliced(used + 1)));
    }
    const auto quotedRight = rest.indexOf(QByteArrayView(" \""));
    if (quotedRight > 0)
        return withoutPrefixes(rest.first(quotedRight).toByteArray(), nameIn(rest.sliced(quotedRight + 1)));
    std::optional<NamePair> only;
    int splits = 0;
    for (qsizetype i = 1; i + 1 < rest.size(); ++i) {
        if (rest[i] != ' ')
            continue;
        auto pair = withoutPrefixes(rest.first(i).toByteArray(), rest.sliced(i + 1).toByteArray());
        if (pair && pair->oldName == pair->newName)
            return pair;
        ++splits;
        only = std::move(pair);
    }
    return splits == 1 ? only : std::nullopt;
}

std::optional<git::Mode> modeFrom(QByteArrayView text)
{
    bool ok = false;
    const uint value = text.trimmed().toByteArray().toUInt(&ok, 8);
    if (!ok)
        return std::nullopt;
    switch (value) {
    case 0100755: return git::Mode::Executable;
    case 0100644:
    case 0100664: return git::Mode::File;
    case 0120000: return git::Mode::Link;
    case 0160000: return git::Mode::Submodule;
    default: return std::nullopt;
    }
}

bool readNumber(QByteArrayView &text, int &value)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value < 0)
        return false;
    text = text.sliced(end - text.data());
    return true;
}

class Parser
{
public:
    explicit Parser(const QByteArray &diff) : m_lines(splitLines(diff)) { }

    Result<GitDiff> parse()
    {
        while (m_at < m_lines.size()) {
            const auto line = text();
            if (line.startsWith("diff --git ")) {
                COPPICE_CHECK(gitFile(line.sliced(11)));
            } else if (line.startsWith("diff --cc ") || line.startsWith("diff --combined ")) {
                return bad(QStringLiteral("it is the combined diff of a merge, which cannot be applied"));
            } else if (line.startsWith("--- ") && m_at + 1 < m_lines.size() && text(1).startsWith("+++ ")
                       && m_at + 2 < m_lines.size() && text(2).startsWith("@@ -")) {
                COPPICE_CHECK(plainFile());
            } else {
                between(line);
                ++m_at;
            }
            if (m_diff.files.size() > mostFiles)
                return bad(QStringLiteral("it holds more than 20,000 files"));
        }
        if (m_diff.files.empty())
            return fail(QStringLiteral("review.bad-diff"), QStringLiteral("There is no git diff in it"), {},
                        QStringLiteral("Give what git diff or git format-patch wrote."));
        return std::move(m_diff);
    }

private:
    /// The line `ahead` of the current one, without its end.
    [[nodiscard]] QByteArrayView text(size_t ahead = 0) const
    {
        if (m_at + ahead >= m_lines.size())
            return {};
        auto line = m_lines[m_at + ahead];
        if (line.endsWith('\n'))
            line.chop(1);
        if (line.endsWith('\r'))
            line.chop(1);
        return line;
    }
    [[nodiscard]] Fail bad(const QString &why) const
    {
        return fail(QStringLiteral("review.bad-diff"), QStringLiteral("The diff cannot be read: %1").arg(why),
                    QStringLiteral("line %1 of the diff").arg(m_at + 1));
    }

    /// Mail headers and commit messages around the diffs.
    void between(QByteArrayView line)
    {
        const auto isCommit = [&](QByteArrayView word) {
            if (!line.startsWith(word) || line.size() < word.size() + 40)
                return false;
            return !git::Oid::fromHex(line.sliced(word.size(), 40)).isNull();
        };
        if (isCommit("From ") || isCommit("commit ")) {
            ++m_series;
        } else if (line.startsWith("Subject: ") && m_diff.subject.isEmpty()) {
            QString subject = QString::fromUtf8(line.sliced(9));
            const auto tag = subject.indexOf(QLatin1String("] "));
            if (subject.startsWith(u'[') && tag > 0)
                subject = subject.mid(tag + 2);
            m_diff.subject = subject.left(200);
        }
    }

    Result<> gitFile(QByteArrayView names)
    {
        DiffFile file;
        file.line = int(m_at) + 1;
        file.series = m_series;
        const auto pair = headerNames(names);
        ++m_at;
        QByteArray oldLine, newLine;
        for (bool header = true; header && m_at < m_lines.size();) {
            const auto line = text();
            const auto is = [&](QByteArrayView word, auto &&use) {
                if (!line.startsWith(word))
                    return false;
                use(line.sliced(word.size()));
                return true;
            };
            bool badMode = false;
            const auto mode = [&](std::optional<git::Mode> &into) {
                return [&](QByteArrayView rest) {
                    into = modeFrom(rest);
                    badMode = !into;
                };
            };
            header = is("old mode ", mode(file.oldMode)) || is("new mode ", mode(file.newMode))
                || is("deleted file mode ", [&](QByteArrayView rest) { file.deleted = true; mode(file.oldMode)(rest); })
                || is("new file mode ", [&](QByteArrayView rest) { file.added = true; mode(file.newMode)(rest); })
                || is("rename from ", [&](QByteArrayView rest) { file.renamed = true; file.oldPath = nameIn(rest); })
                || is("rename to ", [&](QByteArrayView rest) { file.renamed = true; file.newPath = nameIn(rest); })
                || is("copy from ", [&](QByteArrayView rest) { file.copied = true; file.oldPath = nameIn(rest); })
                || is("copy to ", [&](QByteArrayView rest) { file.copied = true; file.newPath = nameIn(rest); })
                || is("similarity index ", [](QByteArrayView) {}) || is("dissimilarity index ", [](QByteArrayView) {})
                || is("index ", [&](QByteArrayView rest) { index(file, rest); });
            if (badMode)
                return bad(QStringLiteral("a file mode is not one of git's"));
            if (header)
                ++m_at;
        }
        if (file.oldPath.isEmpty() && file.newPath.isEmpty() && pair) {
            file.oldPath = pair->oldName;
            file.newPath = pair->newName;
        }
        if (text().startsWith("--- ") && text(1).startsWith("+++ ")) {
            if (file.oldPath.isEmpty() || file.newPath.isEmpty())
                COPPICE_CHECK(namesFromMarks(file));
            m_at += 2;
        }
        COPPICE_CHECK(body(file));
        return keep(std::move(file));
    }

    /// A unified diff without git's header.
    Result<> plainFile()
    {
        DiffFile file;
        file.line = int(m_at) + 1;
        file.series = m_series;
        COPPICE_CHECK(namesFromMarks(file));
        m_at += 2;
        COPPICE_CHECK(body(file));
        return keep(std::move(file));
    }

    Result<> keep(DiffFile file)
    {
        if (file.oldPath.isEmpty() || file.newPath.isEmpty())
            return fail(QStringLiteral("review.bad-diff"), QStringLiteral("The diff does not say which file it changes"),
                        QStringLiteral("line %1 of the diff").arg(file.line));
        for (const auto &path : {file.oldPath, file.newPath}) {
            bool inside = isSafeRelative(path);
            for (const auto &part : path.split('/'))
                inside = inside && part.compare(".git", Qt::CaseInsensitive) != 0;
            if (!inside)
                return fail(QStringLiteral("review.bad-diff"),
                            QStringLiteral("The diff names a path that cannot be in a library"),
                            QStringLiteral("%1, line %2 of the diff").arg(QString::fromUtf8(path)).arg(file.line),
                            QStringLiteral("Paths start at the library's root, without \"..\"."));
        }
        m_diff.files.push_back(std::move(file));
        return {};
    }

    /// Names from "--- a/x" and "+++ b/x"; /dev/null makes it an added or deleted file.
    Result<> namesFromMarks(DiffFile &file)
    {
        const auto markName = [](QByteArrayView rest) {
            qsizetype used = 0;
            if (auto quoted = unquote(rest, used))
                return *quoted;
            const auto tab = rest.indexOf('\t'); // git ends a name with spaces by one; diff puts the time there
            return (tab >= 0 ? rest.first(tab) : rest).toByteArray();
        };
        const QByteArray left = markName(text().sliced(4)), right = markName(text(1).sliced(4));
        const auto bare = [](const QByteArray &name) {
            return name.size() > 2 && name[1] == '/' ? name.mid(2) : name;
        };
        if (left == "/dev/null") {
            file.added = true;
            file.oldPath = file.newPath = bare(right);
        } else if (right == "/dev/null") {
            file.deleted = true;
            file.oldPath = file.newPath = bare(left);
        } else if (const auto pair = withoutPrefixes(left, right)) {
            file.oldPath = pair->oldName;
            file.newPath = pair->newName;
            if (!file.renamed && !file.copied && file.oldPath != file.newPath)
                return bad(QStringLiteral("its two names differ, and it does not say that the file was renamed"));
        }
        return {};
    }

    static void index(DiffFile &file, QByteArrayView rest)
    {
        const auto dots = rest.indexOf(QByteArrayView(".."));
        if (dots <= 0)
            return;
        const auto space = rest.indexOf(' ', dots);
        file.oldBlob = rest.first(dots).toByteArray();
        file.newBlob = (space > 0 ? rest.sliced(dots + 2, space - dots - 2) : rest.sliced(dots + 2)).toByteArray();
        if (space > 0 && !file.oldMode)
            file.oldMode = file.newMode = modeFrom(rest.sliced(space + 1));
    }

    Result<> body(DiffFile &file)
    {
        if (text() == "GIT binary patch") {
            ++m_at;
            return binary(file);
        }
        if (text().startsWith("Binary files ")) {
            file.binaryLeftOut = true;
            ++m_at;
            return {};
        }
        while (text().startsWith("@@ -"))
            COPPICE_CHECK(hunk(file));
        return {};
    }

    Result<> binary(DiffFile &file)
    {
        // The first part leads to the new file; the second one back, which is not needed.
        for (int part = 0; part < 2; ++part) {
            const auto head = text();
            const bool literal = head.startsWith("literal "), delta = head.startsWith("delta ");
            if (!literal && !delta)
                return part == 0 ? Result<>(bad(QStringLiteral("a binary part has no content"))) : Result<>();
            bool ok = false;
            const qint64 size = head.sliced(literal ? 8 : 6).toByteArray().toLongLong(&ok);
            if (!ok)
                return bad(QStringLiteral("a binary part does not say how long it is"));
            ++m_at;
            const int first = int(m_at) + 1;
            std::vector<QByteArrayView> lines;
            for (; m_at < m_lines.size() && !text().isEmpty(); ++m_at)
                lines.push_back(text());
            if (m_at < m_lines.size())
                ++m_at;
            if (part == 0) {
                COPPICE_TRY(auto data, unpackBinary(lines, size, first));
                file.binary = DiffBinary{delta, std::move(data)};
            }
        }
        return {};
    }

    Result<> hunk(DiffFile &file)
    {
        DiffTextHunk hunk;
        hunk.line = int(m_at) + 1;
        QByteArrayView head = text().sliced(4);
        hunk.oldLines = hunk.newLines = 1;
        const auto range = [&](int &start, int &count) {
            if (!readNumber(head, start))
                return false;
            if (!head.startsWith(','))
                return true;
            head = head.sliced(1);
            return readNumber(head, count);
        };
        bool ok = range(hunk.oldStart, hunk.oldLines) && head.startsWith(" +");
        if (ok) {
            head = head.sliced(2);
            ok = range(hunk.newStart, hunk.newLines) && head.startsWith(" @@");
        }
        if (!ok)
            return bad(QStringLiteral("a hunk's header is damaged"));
        ++m_at;
        int oldLeft = hunk.oldLines, newLeft = hunk.newLines;
        while (oldLeft > 0 || newLeft > 0 || (m_at < m_lines.size() && m_lines[m_at].startsWith('\\'))) {
            if (m_at >= m_lines.size())
                return bad(QStringLiteral("it ends in the middle of a hunk"));
            const auto line = m_lines[m_at];
            const char origin = line.front();
            if (origin == '\\') {
                if (hunk.lines.empty())
                    return bad(QStringLiteral("a mark for a missing line end stands alone"));
                if (hunk.lines.back().endsWith('\n'))
                    hunk.lines.back().chop(1);
                ++m_at;
                continue;
            }
            const bool empty = origin == '\n' || origin == '\r'; // an editor took the space of an empty line away
            if (origin != ' ' && origin != '-' && origin != '+' && !empty)
                return bad(QStringLiteral("a hunk is shorter than its header says"));
            oldLeft -= origin != '+';
            newLeft -= origin != '-';
            if (oldLeft < 0 || newLeft < 0)
                return bad(QStringLiteral("a hunk is longer than its header says"));
            QByteArray kept = empty ? QByteArray(" " + line.toByteArray()) : line.toByteArray();
            if (!kept.endsWith('\n'))
                kept += '\n'; // the diff itself was cut at its last line end
            hunk.lines.push_back(std::move(kept));
            ++m_at;
        }
        file.hunks.push_back(std::move(hunk));
        return {};
    }

    std::vector<QByteArrayView> m_lines;
    size_t m_at = 0;
    int m_series = 0;
    GitDiff m_diff;
};

} // namespace

Result<GitDiff> parseGitDiff(const QByteArray &diff)
{
    if (diff.size() > largestDiff)
        return fail(QStringLiteral("review.bad-diff"), QStringLiteral("The diff is larger than 64 MB"), {},
                    QStringLiteral("Split it into several patches."));
    return Parser(diff).parse();
}

} // namespace coppice::review
