// SPDX-License-Identifier: GPL-3.0-or-later
#include "review_view.h"

#include "shell/app_session.h"
#include "shell/screens.h"
#include "shell/tones.h"

#include <QDateTime>

#include <algorithm>
#include <functional>

namespace coppice::ui {

static const Screen screen("review", 50, "Review", "Patches side by side with their evidence; accept, apply, ship");

using State = review::Patch::State;

namespace {

QByteArray prefixOf(const review::Patch &patch)
{
    const auto &catalog = AppSession::instance()->catalog();
    const auto *entry = catalog ? catalog->find(patch.plugin) : nullptr;
    return entry ? entry->plugin.prefix : QByteArray();
}

} // namespace

/// What its flags are found from.
QString ReviewView::rankKey(const review::Patch &patch, const QByteArray &prefix)
{
    const auto result = patch.revisions.empty() ? QString() : patch.last().result.toString();
    return QStringLiteral("%1/%2/%3/%4").arg(patch.id.toString()).arg(patch.revisions.size()).arg(result, QString::fromUtf8(prefix));
}

ReviewView::ReviewView(QObject *parent)
    : QObject(parent), m_patches({"plugin", "title", "status", "tone", "icon", "made", "revision", "tainted", "points", "why", "spoken"}),
      m_evidence({"kind", "title", "fact", "tone", "icon", "link", "at"}), m_checks({"command", "before", "after"}),
      m_flags({"kind", "detail", "place", "file", "tone", "icon"}),
      m_files({"path", "name", "folder", "status", "icon", "hunks", "accepted", "rejected", "unseen", "flags", "spoken"})
{
    m_seenTimer.setSingleShot(true);
    m_seenTimer.setInterval(800);
    connect(&m_seenTimer, &QTimer::timeout, this, &ReviewView::flushSeen);
    const auto *app = AppSession::instance();
    connect(app, &AppSession::stateChanged, this, &ReviewView::fillPatches);
    connect(app, &AppSession::catalogChanged, this, &ReviewView::countDependents);
    connect(app, &AppSession::shown, this, [this](const QString &name, const QString &id) {
        if (name != screen.name)
            return;
        m_showAll = true;
        m_patch = id;
        fillPatches();
    });
    fillPatches();
    countDependents();
}

void ReviewView::fillPatches()
{
    const auto &state = AppSession::instance()->state();
    std::vector<Record> rows;
    std::vector<review::Patch> patches = state ? state->patches : std::vector<review::Patch>();
    QHash<QString, review::Rank> ranks;
    for (const auto &patch : patches) {
        if (patch.state == State::Open)
            ranks.insert(patch.id.toString(), rankOf(patch));
    }
    const auto points = [&](const review::Patch &patch) { return patch.state == State::Open ? ranks.value(patch.id.toString()).points() : -1; };
    std::ranges::stable_sort(patches, std::greater(), points);
    for (const auto &patch : patches) {
        const bool waiting = patch.state == State::Open || patch.state == State::Applied;
        if (!waiting && !m_showAll)
            continue;
        const auto reasons = ranks.value(patch.id.toString()).reasons.mid(0, 3).join(QStringLiteral(", "));
        const auto look = lookOf(patch.state);
        const bool tainted = !patch.revisions.empty() && patch.last().tainted;
        rows.push_back({patch.id.toString(),
                        {patch.plugin, patch.title, nameOf(patch.state), look.tone, look.icon, double(patch.made),
                         int(patch.revisions.size()), tainted, points(patch), patch.state == State::Open ? reasons : QString(),
                         QStringList{patch.plugin, patch.title, nameOf(patch.state), reasons}.join(QStringLiteral(", "))}});
    }
    m_patches.setRecords(std::move(rows));
    Q_EMIT patchesChanged();
    const QString before = m_patch;
    if (m_patches.indexOf(m_patch) < 0)
        m_patch = m_patches.keyAt(0);
    const auto *patch = current();
    const int revision = patch && !patch->revisions.empty() ? patch->last().number : 0;
    Q_EMIT patchChanged();
    if (m_patch != before || revision != m_revision) {
        m_since = 0;
        load();
    } else if (patch) {
        loadSaid();
    }
    rankPatches();
}

/// What waits is counted anew each time; what the flags of a patch are worth is known from when they were found.
review::Rank ReviewView::rankOf(const review::Patch &patch) const
{
    const auto kinds = m_kinds.constFind(rankKey(patch, prefixOf(patch)));
    if (kinds == m_kinds.cend())
        return {};
    review::Waiting waiting{QDateTime::currentMSecsSinceEpoch() - patch.made, 0, m_dependents ? m_dependents->count(patch.plugin) : 0, false};
    if (const auto *ticket = AppSession::instance()->state()->ticket(patch.ticket)) {
        waiting.events = ticket->facts[QLatin1String("count")].toInteger();
        waiting.regressed = ticket->regressed;
    }
    return *kinds ? review::rankOf(**kinds, waiting) : review::rankOfUnreadable(kinds->error(), waiting);
}

/// What is kept of all patches, else a patch at a time, so that what a person opens meanwhile does not wait for the whole
/// queue.
void ReviewView::rankPatches()
{
    const auto &state = AppSession::instance()->state();
    if (m_ranking || !state || !AppSession::instance()->catalog())
        return;
    // What the job reads outlives the state that it is taken from.
    std::vector<std::pair<review::Patch, QByteArray>> asked;
    for (const auto &patch : state->patches) {
        const auto prefix = prefixOf(patch);
        if (m_flagging && patch.id.toString() == m_patch)
            continue;
        if (patch.state == State::Open && !patch.revisions.empty() && !m_kinds.contains(rankKey(patch, prefix)))
            asked.emplace_back(patch, prefix);
    }
    if (asked.empty())
        return;
    using Kinds = QHash<QString, Result<review::FlagKinds>>; // by rankKey()
    const size_t left = asked.size();
    m_ranking = true;
    AppSession::instance()->worker().read(
        this,
        [session = AppSession::instance()->session(), asked = std::move(asked)]() -> Result<Kinds> {
            review::Risks risks(session->state());
            std::vector<review::Placed> patches;
            for (const auto &[patch, prefix] : asked)
                patches.push_back({&patch, prefix});
            COPPICE_TRY(const auto kept, risks.kept(patches));
            Kinds found;
            for (const auto &[patch, prefix] : asked) {
                if (const auto kinds = kept.constFind(patch.id.toString()); kinds != kept.cend())
                    found.insert(rankKey(patch, prefix), *kinds);
            }
            if (found.isEmpty()) {
                const auto &[patch, prefix] = asked.front();
                COPPICE_TRY(const auto repository, session->library().repository());
                found.insert(rankKey(patch, prefix), risks.kindsOf(repository, patch, prefix));
            }
            return found;
        },
        [this, left](const Result<Kinds> &found) {
            m_ranking = false;
            if (!found)
                return AppSession::instance()->report(found.error());
            m_kinds.insert(*found);
            if (found->size() > 1 || left == 1)
                fillPatches(); // goes on with what is not ranked
            else
                rankPatches();
        });
}

/// Who depends on whom is worked out where it holds nobody up.
void ReviewView::countDependents()
{
    const auto catalog = AppSession::instance()->catalog();
    if (!catalog || catalog == m_counted)
        return;
    m_counted = catalog;
    AppSession::instance()->worker().read(
        this, [catalog] { return std::make_shared<const graph::Dependents>(*catalog); },
        [this](const std::shared_ptr<const graph::Dependents> &dependents) {
            m_dependents = dependents;
            fillPatches();
        });
}

void ReviewView::toggleSince()
{
    const auto *patch = current();
    if (!patch || patch->revisions.size() < 2) {
        AppSession::instance()->tell(tr("This patch has one revision: all of it is new."));
        return;
    }
    m_since = m_since > 0 ? 0 : patch->revisions[patch->revisions.size() - 2].number;
    Q_EMIT patchChanged();
    load();
}

void ReviewView::setShowAll(bool all)
{
    if (m_showAll == all)
        return;
    m_showAll = all;
    fillPatches();
}

const review::Patch *ReviewView::current() const
{
    const auto &state = AppSession::instance()->state();
    return state ? state->patch(m_patch) : nullptr;
}

const review::FilePatch *ReviewView::file() const
{
    return m_file >= 0 && size_t(m_file) < m_filePatches.size() ? &m_filePatches[size_t(m_file)] : nullptr;
}

QString ReviewView::run() const
{
    const auto *patch = current();
    return patch && !patch->revisions.empty() ? patch->last().run : QString();
}

QString ReviewView::title() const
{
    const auto *patch = current();
    return patch ? patch->title : QString();
}

QString ReviewView::plugin() const
{
    const auto *patch = current();
    return patch ? patch->plugin : QString();
}

QString ReviewView::state() const
{
    const auto *patch = current();
    return patch ? nameOf(patch->state) : QString();
}

QString ReviewView::tone() const
{
    const auto *patch = current();
    return patch ? lookOf(patch->state).tone : QString();
}

QString ReviewView::icon() const
{
    const auto *patch = current();
    return patch ? lookOf(patch->state).icon : QString();
}

bool ReviewView::tainted() const
{
    const auto *patch = current();
    return patch && !patch->revisions.empty() && patch->last().tainted;
}

int ReviewView::revision() const
{
    const auto *patch = current();
    return patch && !patch->revisions.empty() ? patch->last().number : 0;
}

QString ReviewView::commit() const
{
    const auto *patch = current();
    return patch && !patch->applied.isNull() ? patch->applied.shown() : QString();
}

bool ReviewView::open() const
{
    const auto *patch = current();
    return patch && patch->state == State::Open && m_since == 0;
}

bool ReviewView::canShip() const
{
    const auto *patch = current();
    return patch && patch->state == State::Applied;
}

QString ReviewView::filePath() const
{
    const auto *shown = file();
    return shown ? QString::fromUtf8(shown->path) : QString();
}

review::Decision::Verdict ReviewView::verdictOf(const QString &hunk) const
{
    const auto found = m_decisions.constFind(hunk);
    return found == m_decisions.constEnd() ? review::Decision::Verdict::Undecided : found->verdict;
}

void ReviewView::pickPatch(int row)
{
    const QString id = m_patches.keyAt(row);
    if (id.isEmpty() || id == m_patch)
        return;
    flushSeen();
    m_patch = id;
    m_since = 0;
    Q_EMIT patchChanged();
    load();
}

void ReviewView::pickFile(int row)
{
    if (row != m_file)
        showFile(row, false);
}

void ReviewView::pickHunk(int hunk)
{
    m_diff.setCurrentHunk(hunk);
    Q_EMIT countsChanged();
}

int ReviewView::stepHunk(int by)
{
    const int next = m_diff.currentHunk() + by;
    if (next >= 0 && next < m_diff.hunks()) {
        m_diff.setCurrentHunk(next);
        return m_diff.headOf(next);
    }
    const int other = m_file + (by > 0 ? 1 : -1);
    if (other >= 0 && size_t(other) < m_filePatches.size())
        showFile(other, by < 0);
    return -1;
}

void ReviewView::stepFile(int by)
{
    const int other = m_file + by;
    if (other >= 0 && size_t(other) < m_filePatches.size())
        showFile(other, false);
}

int ReviewView::nextUndecided()
{
    for (int hunk = m_diff.currentHunk() + 1; hunk < m_diff.hunks(); ++hunk) {
        if (!decisionOn(m_diff.hunkId(hunk)).whole())
            return stepHunk(hunk - m_diff.currentHunk());
    }
    const int files = int(m_filePatches.size());
    for (int step = 1; step <= files; ++step) {
        const int index = (m_file + step) % files;
        for (const auto &hunk : m_filePatches[size_t(index)].hunks) {
            if (decisionOn(hunk.id).whole())
                continue;
            if (index != m_file) {
                showFile(index, false);
                return -1;
            }
            const int at = int(&hunk - m_filePatches[size_t(index)].hunks.data());
            m_diff.setCurrentHunk(at);
            return m_diff.headOf(at);
        }
    }
    return -1;
}

} // namespace coppice::ui
