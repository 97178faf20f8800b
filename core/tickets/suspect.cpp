// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/suspect.h"

#include "base/clock.h"
#include "text/hidden.h"

#include <QHash>
#include <QJsonArray>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <cmath>
#include <queue>

namespace coppice::tickets {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostCommits = 5000;
constexpr size_t mostFrames = 6;
constexpr size_t mostSuspects = 5;
constexpr qint64 windowMs = 90LL * 24 * 3600 * 1000;
constexpr qint64 clockSlack = 3600'000;
constexpr qint64 blobCap = 2 << 20;

/// How many of the last parts of two paths are equal.
int commonEnd(const QByteArray &a, const QByteArray &b)
{
    const auto left = a.split('/'), right = b.split('/');
    int same = 0;
    while (same < left.size() && same < right.size() && left[left.size() - 1 - same] == right[right.size() - 1 - same])
        ++same;
    return same;
}

/// A file of the plugin that a frame names, and what stands in its line.
struct Place {
    QByteArray path; ///< below the prefix
    int line = 0;
    int depth = 0; ///< 0: where the error was raised
    QByteArray text; ///< of the line, trimmed
};

Result<> listFiles(const git::Repository &repository, const git::Oid &tree, const QByteArray &folder, int depth, std::vector<QByteArray> &into)
{
    COPPICE_TRY(const auto entries, repository.tree(tree));
    for (const auto &entry : entries) {
        const QByteArray path = folder.isEmpty() ? entry.name : QByteArray(folder + '/' + entry.name);
        if (entry.mode == git::Mode::Tree && depth < 12)
            COPPICE_CHECK(listFiles(repository, entry.id, path, depth + 1, into));
        else if (entry.mode == git::Mode::File || entry.mode == git::Mode::Executable)
            into.push_back(path);
        if (into.size() > 20'000)
            return {};
    }
    return {};
}

Result<git::Oid> prefixTree(const git::Repository &repository, const git::Oid &tree, const QByteArray &prefix)
{
    COPPICE_TRY(const auto entry, repository.entryAt(tree, prefix));
    return entry && entry->mode == git::Mode::Tree ? entry->id : git::Oid();
}

QByteArray lineOf(const QByteArray &text, int number)
{
    qsizetype at = 0;
    for (int i = 1; i < number; ++i) {
        at = text.indexOf('\n', at);
        if (at++ < 0)
            return {};
    }
    const qsizetype end = text.indexOf('\n', at);
    return text.mid(at, end < 0 ? -1 : end - at).trimmed();
}

/// The files of the plugin that the frames most likely mean: the one whose path ends most like theirs.
Result<std::vector<Place>> placesIn(const git::Repository &repository, const git::Oid &tree, const std::vector<capture::Frame> &frames)
{
    std::vector<QByteArray> files;
    COPPICE_CHECK(listFiles(repository, tree, {}, 0, files));
    std::vector<Place> places;
    for (const auto &frame : frames) {
        if (!frame.inApp || places.size() >= mostFrames)
            continue;
        QByteArray file = frame.file.toUtf8();
        file.replace('\\', '/');
        int best = 0;
        const QByteArray *found = nullptr;
        bool unsure = false;
        for (const auto &path : files) {
            const int same = commonEnd(path, file);
            unsure = same == best ? true : same > best ? false : unsure;
            if (same > best) {
                best = same;
                found = &path;
            }
        }
        if (!found || (unsure && best < 2)) // one of several files of that name
            continue;
        Place place{*found, frame.line, int(places.size()), {}};
        COPPICE_TRY(const auto entry, repository.entryAt(tree, *found));
        const auto blob = entry ? repository.blob(entry->id, blobCap) : Result<QByteArray>(QByteArray());
        if (blob && frame.line > 0)
            place.text = lineOf(*blob, frame.line);
        if (place.text.size() < 4) // a bracket says nothing
            place.text.clear();
        places.push_back(place);
    }
    return places;
}

/// A commit of the library, or one of the plugin's own history, which subtree merges bring in: there its files lie at the root.
struct Step {
    git::Commit commit;
    bool own = false;
};

/// The plugin's files in a commit.
Result<git::Oid> pluginTree(const git::Repository &repository, const git::Oid &tree, const QByteArray &prefix, bool own)
{
    if (own)
        return tree;
    return prefixTree(repository, tree, prefix);
}

/// Whether this parent of a commit of the library is of the plugin's own history. It lacks the prefix, and is what the prefix
/// holds (added, or joined again after a split), or the merge changed the prefix for a parent that has it (pulled).
Result<bool> isOwnSide(const git::Repository &repository, const git::Commit &commit, const git::Oid &parent, const QByteArray &prefix)
{
    if (commit.parents.size() < 2 || !repository.has(parent))
        return false;
    COPPICE_TRY(const auto after, prefixTree(repository, commit.tree, prefix));
    COPPICE_TRY(const auto tree, repository.treeOf(parent));
    COPPICE_TRY(const auto there, prefixTree(repository, tree, prefix));
    if (after.isNull() || !there.isNull())
        return false;
    if (tree == after)
        return true;
    for (const auto &other : commit.parents) {
        if (other == parent || !repository.has(other))
            continue;
        COPPICE_TRY(const auto otherTree, repository.treeOf(other));
        COPPICE_TRY(const auto side, prefixTree(repository, otherTree, prefix));
        if (!side.isNull() && side != after)
            return true;
    }
    return false;
}

/// Commits from `tip`, the newest first, without those that `hidden` has, back to a time.
Result<std::vector<Step>> commitsBefore(const git::Repository &repository, const git::Oid &tip, const git::Oid &hidden, const QByteArray &prefix, qint64 from,
                                        const std::stop_token &stop)
{
    const auto older = [](const Step &a, const Step &b) { return a.commit.committer.seconds < b.commit.committer.seconds; };
    std::priority_queue<Step, std::vector<Step>, decltype(older)> queue(older);
    QSet<QByteArray> seen, hide;
    const auto push = [&](const git::Oid &id, bool isHidden, bool own) -> Result<> {
        if (isHidden)
            hide << id.hex();
        if (seen.contains(id.hex()) || !repository.has(id))
            return {};
        seen << id.hex();
        COPPICE_TRY(auto commit, repository.commit(id));
        queue.push({std::move(commit), own});
        return {};
    };
    if (!hidden.isNull())
        COPPICE_CHECK(push(hidden, true, false));
    COPPICE_CHECK(push(tip, hide.contains(tip.hex()), false));
    std::vector<Step> all;
    while (!queue.empty() && int(all.size()) < mostCommits && !stop.stop_requested()) {
        const Step step = queue.top();
        queue.pop();
        if (step.commit.committer.seconds * 1000 < from)
            break;
        const bool isHidden = hide.contains(step.commit.id.hex());
        for (const auto &parent : step.commit.parents) {
            COPPICE_TRY(const bool joins, step.own ? Result<bool>(true) : isOwnSide(repository, step.commit, parent, prefix));
            COPPICE_CHECK(push(parent, isHidden, joins));
        }
        if (!isHidden)
            all.push_back(step);
    }
    return all;
}

/// Whether a line came in with this change of a file.
bool wrote(const git::Repository &repository, const git::Repository::Change &change, const QByteArray &line)
{
    if (line.isEmpty() || !change.after)
        return false;
    const auto has = [&](const std::optional<git::TreeEntry> &entry) {
        if (!entry)
            return false;
        const auto blob = repository.blob(entry->id, blobCap);
        if (!blob)
            return false;
        for (const auto &each : blob->split('\n')) {
            if (each.trimmed() == line)
                return true;
        }
        return false;
    };
    return has(change.after) && !has(change.before);
}

Result<std::optional<Suspect>> judge(const git::Repository &repository, const Step &step, const QByteArray &prefix, const std::vector<Place> &places, qint64 firstSeen)
{
    const git::Commit &commit = step.commit;
    COPPICE_TRY(const auto after, pluginTree(repository, commit.tree, prefix, step.own));
    if (after.isNull())
        return std::optional<Suspect>();
    // What a merge did is what it did to each of its parents.
    std::vector<std::vector<git::Repository::Change>> sides;
    for (const auto &parent : commit.parents) {
        if (!repository.has(parent))
            return std::optional<Suspect>(); // a shallow clone's edge: it would seem to have written everything
        COPPICE_TRY(const bool own, step.own ? Result<bool>(true) : isOwnSide(repository, commit, parent, prefix));
        COPPICE_TRY(const auto tree, repository.treeOf(parent));
        COPPICE_TRY(const auto before, pluginTree(repository, tree, prefix, own));
        if (before == after)
            return std::optional<Suspect>(); // nothing of its own, or a merge of what a parent had
        COPPICE_TRY(auto changes, repository.changes(before, after));
        sides.push_back(std::move(changes));
    }
    if (sides.empty()) {
        COPPICE_TRY(auto changes, repository.changes(git::Oid(), after));
        sides.push_back(std::move(changes));
    }
    const auto &changes = sides.front();
    Suspect suspect;
    QStringList reasons;
    for (const auto &place : places) {
        std::vector<git::Repository::Change> changed;
        for (const auto &side : sides) {
            const auto here = std::find_if(side.begin(), side.end(), [&](const auto &change) { return change.path == place.path; });
            if (here != side.end())
                changed.push_back(*here);
        }
        if (changed.size() != sides.size())
            continue;
        const QString file = QString::fromUtf8(place.path);
        const QString where = place.depth == 0 ? u"where the error is raised"_s : u"frame %1 of the trace"_s.arg(place.depth + 1);
        const double near = 1.0 / ((1 + place.depth) * (1 + place.depth)); // all callers together weigh less than the place itself
        if (std::all_of(changed.begin(), changed.end(), [&](const auto &change) { return wrote(repository, change, place.text); })) {
            suspect.score += 2.5 * near;
            reasons << u"it wrote line %1 of %2, %3"_s.arg(place.line).arg(file, where);
        } else {
            suspect.score += near;
            reasons << u"it changed %1, %2"_s.arg(file, where);
        }
    }
    if (reasons.isEmpty())
        return std::optional<Suspect>();
    // A commit that changed everything is less telling, and so is an old one.
    suspect.score /= 1 + std::log1p(double(changes.size())) / 4;
    suspect.at = commit.committer.seconds * 1000;
    const double days = double(qMax<qint64>(0, firstSeen - suspect.at)) / 86'400'000.0;
    suspect.score *= 1 / (1 + days / 60);
    reasons = reasons.mid(0, 3);
    suspect.why = reasons.join(u"; "_s) + (firstSeen > 0 ? u", %1 before it was first seen"_s.arg(days < 1 ? u"less than a day"_s : days < 2 ? u"a day"_s : u"%1 days"_s.arg(int(days))) : QString()) + u'.';
    suspect.why[0] = suspect.why[0].toUpper();
    suspect.commit = commit.id;
    suspect.subject = text::plain(QString::fromUtf8(commit.message.left(2000)).section(u'\n', 0, 0), 200).simplified();
    suspect.author = text::plain(QString::fromUtf8(commit.author.name), 100).simplified();
    return std::optional<Suspect>(std::move(suspect));
}

std::vector<qint64> numbersOf(const QString &release)
{
    static const QRegularExpression digits(u"\\d{1,15}"_s);
    std::vector<qint64> numbers;
    const QString version = release.section(u'@', -1);
    for (auto it = digits.globalMatch(version); it.hasNext();)
        numbers.push_back(it.next().captured().toLongLong());
    return numbers;
}

} // namespace

QJsonObject toJson(const Suspect &suspect)
{
    return {{u"commit"_s, suspect.commit.toString()}, {u"subject"_s, suspect.subject}, {u"author"_s, suspect.author}, {u"at"_s, suspect.at},
            {u"score"_s, std::round(suspect.score * 100) / 100}, {u"why"_s, suspect.why}};
}

Result<std::vector<Suspect>> suspectCommits(const git::Repository &repository, const git::Oid &head, const SuspectQuery &query, std::stop_token stop)
{
    const git::Oid tip = query.bad.isNull() ? head : query.bad;
    COPPICE_TRY(const auto tree, repository.treeOf(tip));
    COPPICE_TRY(const auto plugin, prefixTree(repository, tree, query.prefix));
    if (plugin.isNull())
        return std::vector<Suspect>();
    COPPICE_TRY(const auto places, placesIn(repository, plugin, query.frames));
    if (places.empty())
        return std::vector<Suspect>();
    const qint64 seen = query.firstSeen > 0 ? query.firstSeen : nowMs();
    COPPICE_TRY(const auto commits, commitsBefore(repository, tip, query.good, query.prefix, query.good.isNull() ? seen - windowMs : 0, stop));
    std::vector<Suspect> found;
    for (const auto &step : commits) {
        if (step.commit.committer.seconds * 1000 > seen + clockSlack)
            continue;
        COPPICE_TRY(auto suspect, judge(repository, step, query.prefix, places, seen));
        if (suspect)
            found.push_back(std::move(*suspect));
    }
    std::stable_sort(found.begin(), found.end(), [](const Suspect &a, const Suspect &b) { return a.score > b.score; });
    if (found.size() > mostSuspects)
        found.resize(mostSuspects);
    return found;
}

git::Oid releaseCommit(const git::Repository &repository, const QString &plugin, const QString &tagForm, const QString &release)
{
    static const QRegularExpression id(u"^[0-9a-f]{7,40}\\z"_s);
    static const QRegularExpression plain(u"^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}\\z"_s);
    const QString version = release.section(u'@', -1);
    if (!plain.match(version).hasMatch())
        return {};
    const auto named = [&](const QString &revision) -> git::Oid {
        const auto found = repository.resolve(revision + u"^{commit}"_s);
        return found ? *found : git::Oid();
    };
    if (id.match(version).hasMatch()) {
        if (const git::Oid found = named(version); !found.isNull())
            return found;
    }
    const QString bare = version.startsWith(u'v') ? version.mid(1) : version;
    const QString formed = QString(tagForm).replace(u"{version}"_s, bare);
    const QStringList tags{u"%1-%2"_s.arg(plugin, formed), u"%1/%2"_s.arg(plugin, formed), u"%1-v%2"_s.arg(plugin, bare), u"%1/v%2"_s.arg(plugin, bare),
                           u"%1@%2"_s.arg(plugin, bare),   formed,                         u"v%1"_s.arg(bare),            bare};
    for (const QString &tag : tags) {
        if (const git::Oid found = named(u"refs/tags/"_s + tag); !found.isNull())
            return found;
    }
    return {};
}

QString lastGoodRelease(const QStringList &bad, const QStringList &known)
{
    std::vector<qint64> first;
    for (const QString &release : bad) {
        const auto numbers = numbersOf(release);
        if (!numbers.empty() && (first.empty() || numbers < first))
            first = numbers;
    }
    QString best;
    std::vector<qint64> bestNumbers;
    for (const QString &release : known) {
        const auto numbers = numbersOf(release);
        if (bad.contains(release) || numbers.empty() || !(numbers < first) || numbers <= bestNumbers)
            continue;
        best = release;
        bestNumbers = numbers;
    }
    return best;
}

Result<std::vector<Suspect>> suspectsOf(const library::Library &library, store::Database &state, capture::EventStore &events, const Ticket &ticket, std::stop_token stop)
{
    if (ticket.groups.isEmpty())
        return std::vector<Suspect>();
    COPPICE_TRY(const auto catalog, library.snapshot(state));
    const auto *entry = catalog ? catalog->find(ticket.plugin) : nullptr;
    const auto group = events.group(ticket.groups.front());
    if (!entry || !group)
        return std::vector<Suspect>();
    COPPICE_TRY(const auto samples, events.eventsOf(group->id.toString(), 1));
    COPPICE_TRY(const auto repository, library.repository());
    COPPICE_TRY(const git::Oid head, library.head());
    if (samples.empty() || head.isNull())
        return std::vector<Suspect>();
    COPPICE_TRY(const auto groups, events.groups(ticket.plugin));
    QStringList known;
    for (const auto &each : groups)
        known += each.releases;
    const QString form = catalog->settings.gitPolicy.tags;
    SuspectQuery query{entry->plugin.prefix, samples.front().frames, {}, {}, group->first};
    if (!group->releases.isEmpty())
        query.bad = releaseCommit(repository, ticket.plugin, form, group->releases.front());
    if (const QString good = lastGoodRelease(group->releases, known); !good.isEmpty())
        query.good = releaseCommit(repository, ticket.plugin, form, good);
    // A tag of the plugin's own repository may name a commit that has no such folder.
    const auto inLibrary = [&](git::Oid &commit) {
        const auto tree = commit.isNull() ? Result<git::Oid>(git::Oid()) : repository.treeOf(commit);
        const auto there = tree && !tree->isNull() ? prefixTree(repository, *tree, query.prefix) : Result<git::Oid>(git::Oid());
        if (!there || there->isNull())
            commit = git::Oid();
    };
    inLibrary(query.bad);
    inLibrary(query.good);
    return suspectCommits(repository, head, query, std::move(stop));
}

} // namespace coppice::tickets
