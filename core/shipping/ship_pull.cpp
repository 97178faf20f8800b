// SPDX-License-Identifier: GPL-3.0-or-later
// The part of a ship that is a pull request: its branch, its words, and what follows when it is over.
#include "shipping/ship_state.h"

#include "base/clock.h"
#include "base/counted.h"
#include "base/fault.h"
#include "git/user_git.h"
#include "shipping/policy.h"
#include "sync/upstreams.h"

#include <QCryptographicHash>
#include <QRegularExpression>

namespace coppice::shipping {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostItems = 50;

/// What a branch of a plugin may be called.
QString branchOf(const QString &plugin, const git::Oid &split)
{
    static const QRegularExpression odd(u"[^A-Za-z0-9._-]+"_s);
    QString name = QString(plugin).replace(odd, u"-"_s).replace(u".."_s, u"-"_s);
    while (name.startsWith(u'.') || name.startsWith(u'-'))
        name.remove(0, 1);
    return u"coppice/%1-%2"_s.arg(name.isEmpty() ? u"plugin"_s : name, split.shown());
}

QString newMarker(const Id &id)
{
    // 12 digits that nobody can guess, of the id's random part
    return u"coppice-"_s + QString::fromLatin1(QCryptographicHash::hash(id.toString().toLatin1(), QCryptographicHash::Sha256).toHex().left(12));
}

void addList(forges::Document &body, const QString &title, const std::vector<forges::Block> &items)
{
    if (items.empty())
        return;
    body.push_back(forges::heading(title));
    for (size_t i = 0; i < std::min(items.size(), size_t(mostItems)); ++i)
        body.push_back(items[i]);
    if (items.size() > size_t(mostItems))
        body.push_back(forges::item({{u"and %1 more"_s.arg(items.size() - size_t(mostItems)), false}}));
}

} // namespace

Result<forges::NewPull> pullWords(const runs::House &house, const Release &release)
{
    forges::NewPull words;
    std::vector<forges::Block> what, why, checks;
    for (auto it = release.commits.rbegin(); it != release.commits.rend(); ++it)
        what.push_back(forges::item({{*it, true}}));
    QStringList trailers;
    review::Reviews reviews(house.state, house.journal);
    COPPICE_TRY(const auto patches, reviews.list());
    for (const auto &patch : patches) {
        if (patch.plugin != release.plugin || patch.state != review::Patch::State::Applied)
            continue;
        trailers << u"Coppice-Patch: "_s + patch.id.toString();
        if (!patch.last().run.isEmpty())
            trailers << u"Coppice-Run: "_s + patch.last().run;
        COPPICE_TRY(const auto evidence, reviews.evidence(patch.id.toString()));
        for (const auto &one : evidence) {
            if (one.kind == "check"_L1)
                checks.push_back(forges::item({{one.title, true}, {u": "_s, false}, {one.fact, true}}));
        }
    }
    for (const auto &ticket : shippingTickets(house, release.plugin)) {
        const qint64 events = qint64(ticket.facts[u"count"].toDouble());
        why.push_back(forges::item({{ticket.title, true}, {events > 0 ? u" (%1)"_s.arg(counted(events, "event")) : QString(), false}}));
        trailers << u"Coppice-Ticket: "_s + ticket.id.toString();
    }
    words.draft = release.tainted;
    words.title = release.commits.size() == 1 ? release.commits[0]
                                              : u"%1%2: %3"_s.arg(release.plugin, release.version.isEmpty() ? QString() : QString(u' ' + release.version),
                                                                  counted(release.commits.size(), "change"));
    addList(words.body, u"What"_s, what);
    addList(words.body, u"Why"_s, why);
    addList(words.body, u"Checks"_s, checks);
    if (release.tainted)
        words.body.push_back(forges::paragraph({{u"A draft: the agent that made a part of this had read text from outside. Read it as such."_s, false}}));
    for (const auto &trailer : trailers)
        words.body.push_back(forges::paragraph({{trailer, true}}));
    return words;
}

Result<PullRow> preparePull(const runs::House &house, Ship &ship)
{
    Pulls pulls(house.state);
    COPPICE_TRY(const auto current, pulls.current(ship.plugin));
    COPPICE_TRY(const auto catalog, house.library.scan(house.state));
    const auto *entry = catalog.find(ship.plugin);
    if (!entry)
        return failNotFound(u"plugin.unknown"_s, u"The library has no plugin of this id"_s, ship.plugin);
    COPPICE_TRY(const auto place, forges::pullPlaceOf(catalog.settings, entry->plugin.settings));
    COPPICE_TRY(auto words, pullWords(house, ship.release));
    PullRow row;
    if (current) {
        row = *current; // shipped again: the same one, with what is new
    } else {
        row.id = Id::make();
        row.plugin = ship.plugin;
        row.made = nowMs();
        row.words.head = branchOf(ship.plugin, ship.release.commit);
        row.words.base = ship.release.ref.mid(11);
        row.words.marker = newMarker(row.id);
        row.upstream = ship.release.upstream;
    }
    row.place = place;
    words.head = row.words.head;
    words.base = row.words.base;
    words.marker = row.words.marker;
    words.labels = place.labels;
    row.words = words;
    row.version = ship.release.version;
    row.split = ship.release.commit;
    row.library = catalog.head;
    if (row.words.base.isEmpty())
        return fail(u"ship.no-branch"_s, u"It is not known which branch of the upstream the pull request is for"_s, ship.plugin,
                    u"Run coppicectl sync status --fetch, or set upstream.branch."_s);
    // The key is read before anything is pushed: without it, nothing leaves.
    COPPICE_TRY(const auto forge, forges::openPulls(place));
    return row;
}

Result<> pushPullBranch(const runs::House &house, Ship &ship, PullRow &row, std::stop_token stop, Progress &progress)
{
    const FaultStep step("pull-request.branch");
    const sync::Host host{house.library, house.state};
    // The gates of every push: links, foreign commits, ungated templates, an upstream that has moved on.
    COPPICE_TRY(const auto outcomes, sync::push(host, house.lease, {ship.plugin}, stop, progress, {false, false, true}));
    for (const auto &outcome : outcomes) {
        if (outcome.error)
            return std::unexpected(*outcome.error);
    }
    COPPICE_TRY(auto repository, house.library.repository());
    const QString ref = u"refs/heads/"_s + row.words.head;
    progress.report(0, 0, u"Pushing %1 to %2"_s.arg(ship.plugin, row.words.head));
    COPPICE_TRY(const auto remote, git::lsRemote(house.library.commonDir(), ship.release.remote, stop));
    const git::Oid known = remote.refs.value(ref);
    if (!known.isNull() && !repository.has(known))
        return fail(u"ship.pull-moved"_s, u"Somebody has pushed to the pull request's branch"_s, row.words.head,
                    u"Merge or close it on its forge, pull, then ship again."_s);
    COPPICE_CHECK(Pulls(house.state).save(row));
    if (known != row.split)
        COPPICE_CHECK(sync::pushJournaled(host, repository, ship.release.remote, row.split, ref, known, {}, stop, progress));
    ship.release.pushed = true;
    return {};
}

namespace {

/// What is done once a pull request is over, under the engine's one hand.
Result<> settleOne(const runs::House &house, PullRow row, std::stop_token stop)
{
    const FaultStep step("pull-request.settle");
    const sync::Host host{house.library, house.state};
    COPPICE_TRY(const auto states, sync::fetchUpstreams(host, {row.plugin}, stop, Progress::none()));
    if (states.empty() || states[0].state == sync::SyncState::State::Unknown)
        return fail(u"sync.unreachable"_s, states.empty() ? u"The upstream is not known"_s : states[0].why, row.plugin);
    COPPICE_TRY(auto repository, house.library.repository());
    const git::Oid tip = states[0].upstream;
    COPPICE_TRY(const auto landed, landedAs(repository, row, tip));
    const bool merged = row.state == PullRow::State::Merged;
    tickets::Tickets tickets(house.state, house.journal);
    if (!merged && !landed) {
        for (const auto &ticket : shippingTickets(house, row.plugin))
            COPPICE_CHECK(tickets.move(Actor::engine(), ticket.id.toString(), tickets::Ticket::State::Review,
                                       {{u"reason"_s, u"The pull request %1 was closed without being merged."_s.arg(row.number)}, {u"pull"_s, row.url}}));
        row.state = PullRow::State::Settled;
        row.outcome = u"closed"_s;
        row.error = u"It was closed without being merged; its change is in the library still. Read why at %1, then ship again (another pull request), or take the change back "
                    "with a patch of its own."_s.arg(row.url);
        return Pulls(house.state).save(row);
    }
    if (row.mergeCommit.isNull() || !repository.has(row.mergeCommit))
        row.mergeCommit = landed ? *landed : tip;
    COPPICE_TRY(const auto catalog, house.library.scan(house.state, stop));
    const auto *entry = catalog.find(row.plugin);
    Release release;
    release.plugin = row.plugin;
    release.version = row.version;
    release.commit = row.mergeCommit;
    if (const QString name = catalog.settings.gitPolicy.makesTags ? tagName(catalog.settings.gitPolicy, row.version) : QString(); !name.isEmpty()) {
        COPPICE_TRY(const auto tag, makeTag(house, row.plugin, name, row.mergeCommit, u"%1 %2"_s.arg(row.plugin, row.version)));
        COPPICE_TRY(const auto outcome, pushTag(house, states[0].upstreamUrl, row.plugin, tag, stop, Progress::none()));
        row.error = outcome.note;
    }
    // Nothing is deployed without a person: with a deploy command, the second key is turned once more.
    const bool deploys = entry && !entry->plugin.commands.value(u"deploy"_s).line.isEmpty();
    if (!deploys) {
        COPPICE_CHECK(beginWatch(house, Actor::engine(), release, row.library));
        Ship done;
        done.intent = row.id; // the same row when it is settled once more
        done.plugin = row.plugin;
        done.actor = Actor::engine();
        done.release = release;
        COPPICE_CHECK(record(house, done, u"done"_s, {}, {}));
    } else {
        row.error = u"It is merged. coppicectl ship %1 takes the merge in, deploys and watches it."_s.arg(row.plugin);
    }
    row.state = PullRow::State::Settled;
    row.outcome = merged ? u"merged"_s : u"landed"_s;
    return Pulls(house.state).save(row);
}

} // namespace

Result<QStringList> followPull(const runs::House &house, const QString &plugin, std::stop_token stop, Progress &progress)
{
    const FaultStep step("pull-request.follow");
    const sync::Host host{house.library, house.state};
    COPPICE_TRY(const auto states, sync::fetchUpstreams(host, {plugin}, stop, progress));
    if (!states.empty() && states[0].state == sync::SyncState::State::Unknown)
        return fail(u"sync.unreachable"_s, states[0].why, plugin, u"Nothing was sent."_s);
    progress.report(0, 0, u"Asking what became of the pull request of %1"_s.arg(plugin));
    COPPICE_TRY(QStringList notes, pollPulls(house, 0, stop));
    COPPICE_TRY(const auto problems, settlePulls(house, stop));
    notes << problems;
    COPPICE_TRY(const auto last, Pulls(house.state).last(plugin));
    if (!last)
        return notes;
    if (last->state == PullRow::State::Merged || last->state == PullRow::State::Closed)
        return fail(u"ship.pull-unsettled"_s, u"The pull request is over, and what follows could not be done: %1"_s.arg(last->error), plugin,
                    u"Nothing was deployed. Mend that, then ship again."_s);
    if (last->state != PullRow::State::Settled || last->outcome == "closed"_L1 || states.empty() || states[0].behind == 0)
        return notes;
    progress.report(0, 0, u"Taking the merge of %1 in"_s.arg(plugin));
    COPPICE_TRY(const auto pulled, sync::pull(host, house.lease, {plugin}, stop, progress));
    for (const auto &outcome : pulled) {
        if (outcome.error) { // its own words, since they say what to do
            Error error = *outcome.error;
            error.what = u"The pull request is merged, and cannot be taken into the library: %1"_s.arg(error.what);
            error.fix += u" Then ship again: nothing was deployed."_s;
            return std::unexpected(std::move(error));
        }
        notes << outcome.what;
    }
    return notes;
}

Result<QStringList> settlePulls(const runs::House &house, std::stop_token stop)
{
    QStringList problems;
    Pulls pulls(house.state);
    for (const auto state : {PullRow::State::Merged, PullRow::State::Closed}) {
        COPPICE_TRY(const auto rows, pulls.in(state));
        for (auto row : rows) {
            const qint64 now = nowMs();
            if (now < row.notBefore)
                continue;
            if (const auto done = settleOne(house, row, stop); !done) {
                if (done.error().kind == ErrorKind::Cancelled)
                    return std::unexpected(done.error());
                problems << u"The pull request of %1 is over, and what follows could not be done: %2"_s.arg(row.plugin, done.error().message());
                row.notBefore = now + 60'000;
                row.error = done.error().message();
                COPPICE_CHECK(pulls.save(row));
            }
        }
    }
    return problems;
}

} // namespace coppice::shipping
