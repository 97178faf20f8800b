// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/joins.h"

#include "subtree/copied_commit.h"

#include <QHash>

#include <algorithm>
#include <queue>
#include <regex.h>

namespace coppice::subtree {

namespace {

constexpr char dirTrailer[] = "git-subtree-dir: ";
constexpr char addStart[] = "Add '";
constexpr char addEnd[] = "/' from commit '";

/// The commits of a history in the order of a plain `git log`: the newest date of those at hand first, equal ones as
/// they came.
std::vector<quint32> logPlaces(const Graph &graph, Node head)
{
    struct Waiting {
        qint64 date;
        quint32 came;
        Node node;
        bool operator<(const Waiting &other) const
        {
            return date != other.date ? date < other.date : came > other.came;
        }
    };
    std::vector<quint32> places(graph.size(), 0);
    std::vector<bool> seen(graph.size());
    std::priority_queue<Waiting> waiting;
    quint32 came = 0;
    quint32 place = 0;
    waiting.push({graph.date(head), came++, head});
    seen[head] = true;
    while (!waiting.empty()) {
        const Node node = waiting.top().node;
        waiting.pop();
        places[node] = place++;
        for (const Node parent : graph.parents(node)) {
            if (!seen[parent]) {
                seen[parent] = true;
                waiting.push({graph.date(parent), came++, parent});
            }
        }
    }
    return places;
}

/// `git-subtree-dir: PREFIX/*` or `Add 'PREFIX/' from commit '` as git's grep takes it: the prefix is a basic regular
/// expression there.
class DirPattern
{
public:
    DirPattern(const QByteArray &prefix, bool addsOnly)
    {
        const QByteArray pattern = addsOnly ? QByteArray("^Add '" + prefix + addEnd) : QByteArray("^git-subtree-dir: " + prefix + "/*$");
        m_valid = regcomp(&m_regex, pattern.constData(), REG_NOSUB | REG_NEWLINE) == 0;
    }
    ~DirPattern()
    {
        if (m_valid)
            regfree(&m_regex);
    }
    Q_DISABLE_COPY_MOVE(DirPattern)
    [[nodiscard]] bool matches(const QByteArray &message) const
    {
        return m_valid && regexec(&m_regex, message.constData(), 0, nullptr, 0) == 0;
    }
    [[nodiscard]] static bool isPlain(const QByteArray &prefix)
    {
        return std::ranges::none_of(prefix, [](char c) { return std::strchr("\\.*[]^$", c) != nullptr; });
    }

private:
    regex_t m_regex{};
    bool m_valid = false;
};

bool isBlank(QByteArrayView line)
{
    return line.trimmed().isEmpty();
}

/// Subject and body as the script gets them from git log: the first paragraph in one line, an empty line, the rest.
QByteArrayList scriptLines(const QByteArray &message)
{
    QByteArrayList lines = message.split('\n');
    qsizetype at = 0;
    while (at < lines.size() && isBlank(lines[at]))
        ++at;
    QByteArray subject;
    for (; at < lines.size() && !isBlank(lines[at]); ++at)
        subject += (subject.isEmpty() ? "" : " ") + lines[at];
    while (at < lines.size() && isBlank(lines[at]))
        ++at;
    return QByteArrayList{subject, QByteArray()} + lines.sliced(at);
}

/// The first two words of what the shell's `read` gets; a backslash takes the next character as it is, and at the end
/// of a line the next line with it.
std::pair<QByteArray, QByteArray> firstWords(const QByteArrayList &lines, qsizetype &at)
{
    QByteArray words[2];
    int word = 0;
    bool inside = false;
    while (at < lines.size()) {
        const QByteArray &line = lines[at++];
        bool goesOn = false;
        for (qsizetype i = 0; i < line.size() && word < 2; ++i) {
            const char c = line[i];
            if (c == ' ' || c == '\t') {
                if (inside)
                    ++word;
                inside = false;
                continue;
            }
            inside = true;
            if (c != '\\')
                words[word].append(c);
            else if (i + 1 < line.size())
                words[word].append(line[++i]);
        }
        qsizetype backslashes = 0;
        while (backslashes < line.size() && line[line.size() - 1 - backslashes] == '\\')
            ++backslashes;
        goesOn = backslashes % 2 == 1;
        if (!goesOn)
            break;
    }
    return {words[0], words[1]};
}

/// The folders that a line of a message may name, without slashes at their ends.
QByteArrayList foldersIn(const QByteArray &line, bool addsOnly)
{
    QByteArrayList folders;
    if (!addsOnly && line.startsWith(dirTrailer)) {
        QByteArray dir = line.sliced(qsizetype(sizeof dirTrailer - 1));
        while (dir.endsWith('/'))
            dir.chop(1);
        folders << dir;
    } else if (addsOnly && line.startsWith(addStart)) {
        constexpr qsizetype start = sizeof addStart - 1;
        for (auto at = line.indexOf(addEnd, start); at >= 0; at = line.indexOf(addEnd, at + 1))
            folders << line.sliced(start, at - start);
    }
    return folders;
}

/// The commit that a trailer's word names: an id or what git would take for one, tags peeled.
git::Oid commitNamed(git::Repository &repository, const Graph &graph, const QByteArray &word)
{
    if (word.isEmpty())
        return {};
    if (const auto id = git::Oid::fromHex(word); !id.isNull()) {
        if (const Node node = graph.find(id); node != noNode && graph.isLoaded(node))
            return id;
    }
    git_object *object = nullptr;
    const QByteArray revision = word + "^{commit}";
    if (git_revparse_single(&object, repository.raw(), revision.constData()) < 0)
        return {};
    const auto id = git::Oid::fromRaw(git_object_id(object)->id);
    git_object_free(object);
    return id;
}

} // namespace

void JoinFinder::visit(Node node, QByteArrayView commit, std::vector<Hit> &hits) const
{
    const QByteArrayView wanted = m_addsOnly ? QByteArrayView(addEnd) : QByteArrayView(dirTrailer);
    if (memmem(commit.data(), size_t(commit.size()), wanted.data(), size_t(wanted.size())))
        hits.push_back({node, messageInUtf8(commit)});
}

Result<std::vector<Joins>> JoinFinder::find(git::Repository &repository, Objects &objects, Graph &graph, Node head,
                                            const std::vector<char> &history, const std::vector<Hit> &allHits,
                                            const std::vector<QByteArray> &prefixes, std::stop_token stop) const
{
    std::vector<Joins> all(prefixes.size());
    std::vector<const Hit *> hits;
    for (const auto &hit : allHits) {
        if (history[hit.node])
            hits.push_back(&hit);
    }
    if (hits.empty())
        return all;
    if (hits.size() > 1) {
        const auto places = logPlaces(graph, head);
        std::ranges::stable_sort(hits, {}, [&](const Hit *hit) { return places[hit->node]; });
    }

    // plain prefixes are looked up by name, the others tried one by one
    QHash<QByteArray, size_t> plain;
    std::vector<std::pair<size_t, std::unique_ptr<DirPattern>>> patterns;
    for (size_t i = 0; i < prefixes.size(); ++i) {
        if (DirPattern::isPlain(prefixes[i]))
            plain.insert(prefixes[i], i);
        else
            patterns.emplace_back(i, std::make_unique<DirPattern>(prefixes[i], m_addsOnly));
    }
    const auto prefixesOf = [&](const QByteArray &message) {
        std::vector<size_t> found;
        for (const auto &line : message.split('\n')) {
            for (const auto &dir : foldersIn(line, m_addsOnly)) {
                const auto at = plain.constFind(dir);
                if (at != plain.cend() && std::ranges::find(found, *at) == found.end())
                    found.push_back(*at);
            }
        }
        for (const auto &[index, pattern] : patterns) {
            if (pattern->matches(message))
                found.push_back(index);
        }
        return found;
    };

    struct Named {
        size_t prefix;
        Node key; ///< noNode: the id in `keyId`, once loaded
        git::Oid keyId;
        git::Oid split;
    };
    std::vector<Named> named;
    for (const Hit *const one : hits) {
        const Hit &hit = *one;
        if (stop.stop_requested())
            return failCancelled();
        const auto found = prefixesOf(hit.message);
        if (found.empty())
            continue;
        QByteArray start = graph.id(hit.node).hex();
        QByteArray mainline;
        git::Oid split;
        QByteArray missing;
        const auto end = [&] {
            if (split.isNull())
                return;
            const auto startId = git::Oid::fromHex(start);
            for (const size_t index : found) {
                Joins &joins = all[index];
                if (joins.error)
                    continue;
                joins.splits.push_back({split, !mainline.isEmpty()});
                if (mainline.isEmpty()) {
                    named.push_back({index, noNode, startId, split});
                } else {
                    named.push_back({index, noNode, git::Oid::fromHex(mainline), split});
                    named.push_back({index, noNode, split, split});
                }
                if (joins.latestSquash)
                    continue;
                git::Oid squash = startId;
                if (!mainline.isEmpty()) {
                    // a rejoin or a full add: its second parent takes the place of a squash
                    const Node node = graph.find(startId);
                    const auto parents = node == noNode ? std::span<const Node>() : graph.parents(node);
                    squash = parents.size() > 1 ? graph.id(parents[1]) : git::Oid();
                }
                if (!squash.isNull())
                    joins.latestSquash = SplitResult::Squash{squash, split};
            }
        };
        const auto lines = scriptLines(hit.message);
        for (qsizetype at = 0; at < lines.size() && missing.isNull();) {
            const auto [word, value] = firstWords(lines, at);
            if (word == "START") {
                start = value;
            } else if (word == "git-subtree-mainline:") {
                mainline = value;
            } else if (word == "git-subtree-split:") {
                split = commitNamed(repository, graph, value);
                if (split.isNull())
                    missing = value.isEmpty() ? QByteArray("(nothing)") : value;
            } else if (word == "END") {
                end();
                mainline.clear();
                split = {};
            }
        }
        if (missing.isNull())
            end();
        for (const size_t index : found) {
            if (missing.isNull() || all[index].error)
                continue;
            all[index].error = fail(QStringLiteral("subtree.missing-split"),
                                    QStringLiteral("The commit %1 joins %2 to the commit %3, which is not here")
                                        .arg(graph.id(hit.node).shown(), QString::fromUtf8(prefixes[index]),
                                             QString::fromUtf8(missing.left(60))),
                                    repository.gitDir(),
                                    QStringLiteral("Fetch it from the plugin's upstream first: coppicectl sync pull, or "
                                                   "git fetch UPSTREAM %1.")
                                        .arg(QString::fromUtf8(missing.left(60))))
                                   .error();
        }
    }

    for (const auto &join : named) {
        Joins &joins = all[join.prefix];
        if (joins.error)
            continue;
        const auto loaded = graph.load(objects, join.split, stop);
        if (!loaded) {
            if (loaded.error().kind == ErrorKind::Cancelled)
                return std::unexpected(loaded.error());
            joins.error = loaded.error();
            continue;
        }
        const Node split = *loaded;
        const Node key = graph.find(join.keyId);
        if (key >= history.size() || !history[key])
            continue; // names a commit outside of this history
        const auto same = [key](const std::pair<Node, Node> &seed) { return seed.first == key; };
        const auto before = std::ranges::find_if(joins.seeds, same);
        if (before == joins.seeds.end()) {
            joins.seeds.emplace_back(key, split);
        } else {
            joins.note = QStringLiteral("Several joins name %1; the newest is taken (git subtree would end with "
                                        "\"cache already exists\").")
                             .arg(join.keyId.shown());
        }
    }
    return all;
}

} // namespace coppice::subtree
