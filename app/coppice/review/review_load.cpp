// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a patch, what was said of it, and the lines and colours of its files, on workers.
#include "review_view.h"

#include "shell/app_session.h"
#include "shell/tones.h"

#include <review/files.h>
#include <review/interdiff.h>

#include <algorithm>

namespace coppice::ui {

struct ReviewView::Content {
    std::vector<review::FilePatch> files;
    QString since; ///< in words, what was compared with; empty for the whole patch
};
struct ReviewView::Said {
    std::vector<review::Decision> decisions;
    std::vector<review::Comment> comments;
    std::vector<review::Evidence> evidence;
    QStringList shown, viewed;
};
/// What is read once and used for everything: the file on view is not read again for its hunks and moved blocks.
struct ReviewView::Reading {
    review::MoveFinder moves;
    int shown = -1; ///< the file on view
    DiffModel::Aligned aligned;
};
namespace {

constexpr size_t FilesAtOnce = 64; ///< whose hunks are read by one job

Look lookOf(review::Evidence::Verdict verdict)
{
    switch (verdict) {
    case review::Evidence::Verdict::Good: return {QStringLiteral("ok"), QStringLiteral("circle-check")};
    case review::Evidence::Verdict::Bad: return {QStringLiteral("danger"), QStringLiteral("circle-cross")};
    case review::Evidence::Verdict::Neutral: break;
    }
    return {QStringLiteral("neutral"), QStringLiteral("info")};
}

QString statusName(review::FilePatch::Status status)
{
    using S = review::FilePatch::Status;
    switch (status) {
    case S::Modified: return QStringLiteral("modified");
    case S::Added: return QStringLiteral("added");
    case S::Deleted: return QStringLiteral("deleted");
    case S::Renamed: return QStringLiteral("renamed");
    case S::ModeChanged: return QStringLiteral("mode changed");
    }
    return {};
}

QString statusIcon(review::FilePatch::Status status)
{
    using S = review::FilePatch::Status;
    switch (status) {
    case S::Added: return QStringLiteral("file-plus");
    case S::Deleted: return QStringLiteral("file-minus");
    case S::Renamed: return QStringLiteral("move");
    default: return QStringLiteral("file");
    }
}

QString sinceWords(const review::Interdiff &difference, int since)
{
    using Kind = review::HunkStep::Kind;
    const auto count = [&](Kind kind) { return int(std::ranges::count(difference.steps, kind, &review::HunkStep::kind)); };
    QStringList parts;
    const auto add = [&](int number, const QString &what) {
        if (number > 0)
            parts << QStringLiteral("%1 %2").arg(number).arg(what);
    };
    add(count(Kind::Changed), QObject::tr("changed"));
    add(count(Kind::New), QObject::tr("new"));
    add(count(Kind::Gone), QObject::tr("gone"));
    add(count(Kind::Moved), QObject::tr("moved"));
    add(count(Kind::Same), QObject::tr("the same"));
    QString text = difference.nothingNew() ? QObject::tr("Nothing is new since revision %1").arg(since)
                                           : QObject::tr("Only what is new since revision %1").arg(since);
    text += QObject::tr(" (hunks: %1).").arg(parts.join(QStringLiteral(", ")));
    if (!difference.mixed.empty())
        text += QObject::tr(" In %n file(s) the base changed the same lines: both are shown.", nullptr, int(difference.mixed.size()));
    return text;
}

} // namespace

void ReviewView::load()
{
    ++m_turn;
    m_filePatches.clear();
    m_flagList.clear();
    m_moves.clear();
    m_decisions.clear();
    m_comments.clear();
    m_shown.clear();
    m_viewed.clear();
    m_toShow.clear();
    m_sinceText.clear();
    m_file = -1;
    m_error = {};
    m_counts = {};
    m_counting = m_flagging = false;
    m_diffLoad.stop();
    m_files.setRecords({});
    m_flags.setRecords({});
    m_evidence.setRecords({});
    m_checks.setRecords({});
    const auto *patch = current();
    m_revision = patch && !patch->revisions.empty() ? patch->last().number : 0;
    m_loading = patch != nullptr;
    Q_EMIT contentChanged();
    Q_EMIT fileChanged();
    Q_EMIT countsChanged();
    if (!patch || patch->revisions.empty())
        return;
    auto *app = AppSession::instance();
    if (const auto *entry = app->catalog() ? app->catalog()->find(patch->plugin) : nullptr)
        m_diffLoad.setPlugin(entry->plugin.prefix);
    app->worker().read(
        this,
        [session = app->session(), patch = *patch, since = m_since]() -> Result<Content> {
            Content content;
            COPPICE_TRY(auto repository, session->library().repository());
            const auto earlier = std::ranges::find(patch.revisions, since, &review::Revision::number);
            auto shown = patch.last();
            if (since > 0 && earlier != patch.revisions.end()) {
                COPPICE_TRY(const auto difference, review::interdiff(repository, *earlier, patch.last()));
                shown = difference.difference;
                content.since = sinceWords(difference, since);
            }
            COPPICE_TRY(content.files, review::listFiles(repository, shown));
            return content;
        },
        [this, turn = m_turn](Result<Content> content) {
            if (turn == m_turn)
                take(std::move(content));
        });
}

void ReviewView::take(Result<Content> content)
{
    m_loading = false;
    if (!content) {
        m_error = ErrorInfo(content.error());
        Q_EMIT contentChanged();
        return;
    }
    m_filePatches = std::move(content->files);
    m_counting = !m_filePatches.empty();
    m_flagging = true;
    m_sinceText = content->since;
    fillFiles();
    Q_EMIT contentChanged();
    loadSaid();
    if (m_filePatches.empty())
        readAll();
    else
        showFile(0, false);
}

void ReviewView::readAll()
{
    if (m_readTurn == m_turn)
        return;
    m_readTurn = m_turn;
    auto reading = std::make_shared<Reading>();
    if (const auto *shown = file(); shown && !shown->tooLarge && !shown->binary && m_diff.aligned() && !m_diff.aligned()->isWithheld() && m_diff.file().path == shown->path) {
        reading->shown = m_file;
        reading->aligned = m_diff.aligned();
    }
    readHunks(0, std::move(reading));
}

/// The hunks of all files, some files at a time, after the first one is on view.
void ReviewView::readHunks(size_t from, std::shared_ptr<Reading> reading)
{
    auto *app = AppSession::instance();
    const size_t to = std::min(m_filePatches.size(), from + FilesAtOnce);
    using Files = std::vector<review::FilePatch>;
    app->worker().read(
        this,
        [session = app->session(), reading, from, files = Files(m_filePatches.begin() + qsizetype(from), m_filePatches.begin() + qsizetype(to))]() mutable
        -> Result<Files> {
            COPPICE_TRY(const auto repository, session->library().repository());
            for (size_t i = 0; i < files.size(); ++i) {
                if (int(from + i) == reading->shown) {
                    reading->moves.add(reading->shown, reading->aligned->texts());
                    continue;
                }
                COPPICE_TRY(const auto texts, review::readHunks(repository, files[i]));
                reading->moves.add(int(from + i), texts);
            }
            return std::move(files);
        },
        [this, turn = m_turn, from, to, reading](Result<Files> files) {
            if (turn != m_turn)
                return;
            if (!files) {
                m_flagging = false;
                m_error = ErrorInfo(files.error());
                Q_EMIT contentChanged();
                return;
            }
            std::move(files->begin(), files->end(), m_filePatches.begin() + qsizetype(from));
            m_counting = to < m_filePatches.size();
            fillFiles();
            if (m_counting)
                readHunks(to, reading);
            else
                readFlags(reading);
        });
}

void ReviewView::readFlags(std::shared_ptr<Reading> reading)
{
    const auto *patch = current();
    if (!patch || patch->revisions.empty())
        return;
    auto *app = AppSession::instance();
    QByteArray prefix;
    if (const auto *entry = app->catalog() ? app->catalog()->find(patch->plugin) : nullptr)
        prefix = entry->plugin.prefix;
    using Flags = std::pair<std::vector<review::Flag>, std::vector<review::Move>>;
    app->worker().read(
        this,
        [session = app->session(), patch = *patch, prefix, files = m_filePatches, reading, since = m_since]() -> Result<Flags> {
            COPPICE_TRY(const auto repository, session->library().repository());
            // Of an interdiff only what is new is flagged, which nobody keeps.
            COPPICE_TRY(auto flags, since > 0 ? review::flagsOf(repository, patch, prefix, files)
                                              : review::Risks(session->state()).of(repository, patch, prefix, &files));
            return Flags{std::move(flags), reading->moves.find()};
        },
        [this, turn = m_turn, key = rankKey(*patch, prefix), whole = m_since == 0](Result<Flags> flags) {
            if (turn != m_turn)
                return;
            m_flagging = false;
            if (flags && whole)
                m_kinds.insert(key, review::countKinds(flags->first));
            rankPatches();
            if (!flags) {
                m_error = ErrorInfo(flags.error());
                Q_EMIT contentChanged();
                return;
            }
            std::tie(m_flagList, m_moves) = std::move(*flags);
            fillFlags();
            fillFiles();
            markFile();
            if (!m_ranking)
                fillPatches();
        });
}

void ReviewView::loadSaid()
{
    if (m_saidLoading) {
        m_saidStale = true;
        return;
    }
    auto *app = AppSession::instance();
    if (!app->session() || m_patch.isEmpty())
        return;
    m_saidLoading = true;
    app->worker().read(
        this,
        [session = app->session(), id = m_patch]() -> Result<Said> {
            review::Reviews reviews(session->state(), session->journal());
            Said said;
            COPPICE_TRY(said.decisions, reviews.decisions(id));
            COPPICE_TRY(said.comments, reviews.comments(id));
            COPPICE_TRY(said.evidence, reviews.evidence(id));
            COPPICE_TRY(said.shown, reviews.shown(id));
            COPPICE_TRY(said.viewed, reviews.viewed(id));
            return said;
        },
        [this, id = m_patch](Result<Said> said) {
            m_saidLoading = false;
            if (id == m_patch && said)
                takeSaid(std::move(*said));
            else if (id == m_patch)
                AppSession::instance()->report(said.error());
            if (m_saidStale || id != m_patch) {
                m_saidStale = false;
                loadSaid();
            }
        });
}

void ReviewView::takeSaid(Said said)
{
    m_decisions.clear();
    for (const auto &decision : said.decisions)
        m_decisions[decision.hunk] = decision;
    m_shown = QSet<QString>(said.shown.begin(), said.shown.end());
    m_viewed = QSet<QString>(said.viewed.begin(), said.viewed.end());
    m_comments = said.comments;
    m_diff.setVerdicts(said.decisions);
    m_diff.setComments(said.comments);
    fillFiles();
    fillEvidence(said);
    Q_EMIT saidChanged();
}

void ReviewView::fillEvidence(const Said &said)
{
    const auto &state = AppSession::instance()->state();
    const auto *patch = current();
    std::vector<Record> rows, checks;
    if (patch && state) {
        const auto add = [&](const QString &kind, const QString &title, const QString &fact, const Look &look,
                             const QString &link, qint64 at) {
            rows.push_back({QString(kind + u'/' + title + u'/' + link), {kind, title, fact, look.tone, look.icon, link, double(at)}});
        };
        if (const auto *ticket = state->ticket(patch->ticket))
            add(tr("Ticket"), ticket->title, nameOf(ticket->state), lookOf(ticket->state),
                QStringLiteral("ticket:") + patch->ticket, ticket->changed);
        if (const auto *ticket = state->ticket(patch->ticket)) {
            for (const auto &id : ticket->groups) {
                if (const auto *group = state->group(id))
                    add(tr("Errors"), group->title, tr("%n time(s)", nullptr, int(group->count)), {QStringLiteral("danger"), QStringLiteral("bug")},
                        QStringLiteral("group:") + id, group->last);
            }
        }
        const auto *run = patch->revisions.empty() ? nullptr : state->run(patch->last().run);
        for (const auto &one : said.evidence) {
            // The ticket has a row already; the run's checks have a table, its cost stands with its client.
            const bool told = one.kind == QLatin1String("ticket")
                              || (run && ((one.kind == QLatin1String("check") && !run->checks.empty())
                                          || one.kind == QLatin1String("cost") || one.kind == QLatin1String("playbook")));
            if (told)
                continue;
            if (one.kind == QLatin1String("context"))
                add(tr("Context"), one.fact.left(12), tr("what the client was given"), lookOf(one.verdict), one.link, one.at);
            else
                add(QString(one.kind.left(1).toUpper() + one.kind.mid(1).replace(u'-', u' ')), one.title, one.fact, lookOf(one.verdict), one.link, one.at);
        }
        if (run) {
            const QString took = run->ended > run->started ? durationText(run->ended - run->started) : QString();
            const qint64 tokens = run->inputTokens + run->outputTokens;
            QStringList facts{tr("playbook %1").arg(run->playbook), took, tokens > 0 ? tr("%1 tokens").arg(tokens) : QString(),
                              run->cost.micros > 0 ? run->cost.toString() : tr("no cost recorded")};
            facts.removeAll(QString());
            add(tr("Client"), run->client, facts.join(QStringLiteral(", ")), lookOf(run->state),
                QStringLiteral("run:") + run->id.toString(), run->ended);
            // The other tries at the ticket, beside this one.
            for (const auto &other : state->runs) {
                if (patch->ticket.isEmpty() || other.ticket != patch->ticket || other.id == run->id)
                    continue;
                QStringList told{nameOf(other.state), other.playbook,
                                 other.ended > other.started ? durationText(other.ended - other.started) : QString(),
                                 other.cost.micros > 0 ? other.cost.toString() : QString(), other.reason.section(u'\n', 0, 0).left(120)};
                told.removeAll(QString());
                add(tr("Other run"), QStringLiteral("%1 %2").arg(other.client, other.id.shown()), told.join(QStringLiteral(", ")),
                    lookOf(other.state), QStringLiteral("run:") + other.id.toString(), other.ended);
            }
            const auto said_ = [](const std::optional<bool> &passed) {
                return !passed ? QString() : *passed ? QStringLiteral("passed") : QStringLiteral("failed");
            };
            for (const auto &check : run->checks)
                checks.push_back({check.id, {check.command, said_(check.before), said_(check.after)}});
        }
    }
    m_evidence.setRecords(std::move(rows));
    m_checks.setRecords(std::move(checks));
}

void ReviewView::fillFlags()
{
    std::vector<Record> rows;
    int number = 0;
    for (const auto &flag : m_flagList) {
        const QString path = QString::fromUtf8(flag.path);
        const QString place = flag.line > 0 ? QStringLiteral("%1:%2").arg(path).arg(flag.line) : path;
        const bool grave = flag.kind == QLatin1String("hidden-characters") ? flag.hiddenClass != QLatin1String("ambiguous")
                                                                           : flag.kind == QLatin1String("outside-plugin");
        int file = -1;
        for (size_t i = 0; i < m_filePatches.size(); ++i)
            file = m_filePatches[i].path == flag.path ? int(i) : file;
        rows.push_back({QString::number(++number),
                        {flag.kind, flag.detail, place, file, grave ? QStringLiteral("danger") : QStringLiteral("warning"),
                         grave ? QStringLiteral("error") : QStringLiteral("flag")}});
    }
    m_flags.setRecords(std::move(rows));
}

void ReviewView::fillFiles()
{
    using V = review::Decision::Verdict;
    std::vector<Record> rows;
    m_counts = {};
    for (const auto &one : m_filePatches) {
        int accepted = 0, rejected = 0, unseen = 0;
        for (const auto &hunk : one.hunks) {
            const auto decision = decisionOn(hunk.id);
            const V verdict = !decision.lines.isEmpty() ? V::Accepted
                : !decision.rejectedLines.isEmpty()     ? V::Rejected
                                                        : decision.verdict;
            m_counts.undecided += decision.whole() ? 0 : 1;
            const bool seen = m_shown.contains(hunk.id) || m_toShow.contains(hunk.id) || m_viewed.contains(hunk.id);
            m_counts.viewed += m_viewed.contains(hunk.id) ? 1 : 0;
            accepted += verdict == V::Accepted ? 1 : 0;
            rejected += verdict == V::Rejected ? 1 : 0;
            unseen += seen ? 0 : 1;
            m_counts.unseenAccepted += !seen && verdict == V::Accepted ? 1 : 0;
        }
        m_counts.hunks += int(one.hunks.size());
        m_counts.accepted += accepted;
        m_counts.rejected += rejected;
        m_counts.unseen += unseen;
        const auto flags = std::count_if(m_flagList.begin(), m_flagList.end(), [&](auto &flag) { return flag.path == one.path; });
        const QString path = QString::fromUtf8(one.path);
        const qsizetype slash = path.lastIndexOf(u'/');
        const QString spoken = tr("%1, %2, %3 of %4 hunks decided")
                                   .arg(path, statusName(one.status))
                                   .arg(accepted + rejected)
                                   .arg(one.hunks.size());
        rows.push_back({path,
                        {path, path.mid(slash + 1), path.left(std::max<qsizetype>(slash, 0)), statusName(one.status),
                         statusIcon(one.status), int(one.hunks.size()), accepted, rejected, unseen, int(flags), spoken}});
    }
    m_files.setRecords(std::move(rows));
    Q_EMIT countsChanged();
    Q_EMIT fileChanged();
}

void ReviewView::markFile()
{
    std::vector<int> flagged;
    for (const auto &flag : m_flagList) {
        if (flag.path == filePath().toUtf8() && flag.line > 0)
            flagged.push_back(flag.line);
    }
    m_diff.setFlags(std::move(flagged));
    std::vector<DiffModel::Moved> moved;
    const auto name = [&](int index, int line) {
        const QString at = QString::number(line);
        return index == m_file ? tr("line %1").arg(at) : QStringLiteral("%1:%2").arg(QString::fromUtf8(m_filePatches[size_t(index)].path), at);
    };
    for (const auto &move : m_moves) {
        if (move.fromFile == m_file)
            moved.push_back({false, move.fromLine, move.lines, move.toFile, move.toLine, name(move.toFile, move.toLine)});
        if (move.toFile == m_file)
            moved.push_back({true, move.toLine, move.lines, move.fromFile, move.fromLine, name(move.fromFile, move.fromLine)});
    }
    m_diff.setMoves(std::move(moved));
}

int ReviewView::followMove(int row)
{
    const int index = m_diff.moveOf(row);
    if (index < 0)
        return -1;
    const auto moved = m_diff.moves()[size_t(index)];
    if (moved.otherFile == m_file)
        return m_diff.reach(!moved.newSide, moved.otherLine);
    m_wanted = {!moved.newSide, moved.otherLine};
    showFile(moved.otherFile, false);
    return -1;
}

void ReviewView::askFor(bool newSide, int line)
{
    const auto &aligned = m_diff.aligned();
    const int lines = !aligned ? 0 : newSide ? aligned->newLines() : aligned->oldLines();
    if (line > lines)
        AppSession::instance()->tell(tr("%1 has %n line(s).", nullptr, lines).arg(filePath()));
    const int row = m_diff.reach(newSide, std::min(line, lines));
    if (const int hunk = m_diff.hunkAt(row); hunk >= 0)
        m_diff.setCurrentHunk(hunk);
    Q_EMIT hunkAsked(std::max(0, row));
}

void ReviewView::goTo(int file, int line, int hunk)
{
    if (file < 0 || size_t(file) >= m_filePatches.size())
        return;
    const bool newSide = m_filePatches[size_t(file)].status != review::FilePatch::Status::Deleted;
    if (file != m_file || m_diffLoad.busy()) {
        m_wanted = {newSide, line};
        m_wantedHunk = line > 0 ? -1 : hunk;
        showFile(file, false);
        return;
    }
    if (line > 0)
        return askFor(newSide, line);
    if (hunk >= 0)
        m_diff.setCurrentHunk(std::min(hunk, m_diff.hunks() - 1));
    Q_EMIT hunkAsked(hunk < 0 ? 0 : m_diff.headOf(m_diff.currentHunk()));
}

void ReviewView::showFile(int index, bool lastHunk)
{
    if (index < 0 || size_t(index) >= m_filePatches.size())
        return;
    m_file = index;
    const auto shown = m_filePatches[size_t(index)];
    QStringList notes;
    if (shown.status == review::FilePatch::Status::Renamed)
        notes << tr("renamed from %1").arg(QString::fromUtf8(shown.oldPath));
    if (shown.oldMode != shown.newMode && shown.status != review::FilePatch::Status::Added &&
        shown.status != review::FilePatch::Status::Deleted)
        notes << tr("mode %1 became %2").arg(uint(shown.oldMode), 0, 8).arg(uint(shown.newMode), 0, 8);
    m_fileNote = notes.join(QStringLiteral(", "));
    Q_EMIT fileChanged();
    const auto *patch = current();
    m_diffLoad.setBase(patch && !patch->revisions.empty() ? patch->last().base : git::Oid());
    m_diffLoad.open(shown, [this, turn = m_turn, index, lastHunk](Result<review::FilePatch> opened) {
        if (turn != m_turn || index != m_file)
            return;
        if (!opened) {
            m_error = ErrorInfo(opened.error());
            Q_EMIT contentChanged();
            readAll();
            return;
        }
        m_filePatches[size_t(index)] = std::move(*opened);
        readAll();
        markFile();
        if (lastHunk)
            m_diff.setCurrentHunk(m_diff.hunks() - 1);
        const auto wanted = std::exchange(m_wanted, {});
        if (const int hunk = std::exchange(m_wantedHunk, -1); hunk >= 0)
            m_diff.setCurrentHunk(std::min(hunk, m_diff.hunks() - 1));
        if (wanted.second > 0)
            askFor(wanted.first, wanted.second);
        else if (m_diff.currentHunk() > 0)
            Q_EMIT hunkAsked(m_diff.headOf(m_diff.currentHunk()));
        else
            Q_EMIT hunkAsked(0);
    });
}

} // namespace coppice::ui
