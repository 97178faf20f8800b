// SPDX-License-Identifier: GPL-3.0-or-later
// What a person says of a patch. Each verdict is an operation, and can be undone; applying asks the engine.
#include "review_view.h"

#include "shell/app_session.h"
#include "shell/tones.h"

#include <review/threads.h>

namespace coppice::ui {

using Verdict = review::Decision::Verdict;

void ReviewView::decide(const QStringList &hunks, Verdict verdict, const QString &reason, const QString &told)
{
    const auto *patch = current();
    if (!patch || hunks.isEmpty())
        return;
    if (patch->state != review::Patch::State::Open) {
        AppSession::instance()->tell(tr("This patch is %1: its verdicts stand.").arg(nameOf(patch->state)));
        return;
    }
    if (m_since > 0) {
        AppSession::instance()->tell(tr("Verdicts are given on the whole patch: I shows it."));
        return;
    }
    // Shown at once; the stored truth follows and is what counts.
    for (const auto &hunk : hunks)
        m_decisions[hunk] = {hunk, verdict, {}, reason};
    std::vector<review::Decision> now(m_decisions.begin(), m_decisions.end());
    m_diff.setVerdicts(now);
    fillFiles();
    AppSession::instance()->change(
        this, QStringLiteral("review:") + m_patch, told,
        [patch = *patch, files = m_filePatches, hunks, verdict, reason](engine::Session &session) -> Result<> {
            review::Reviews reviews(session.state(), session.journal());
            COPPICE_CHECK(reviews.decide(Actor::self(), patch, files, hunks, verdict, reason));
            return {};
        },
        [this] { loadSaid(); });
}

void ReviewView::accept(int hunk)
{
    decide({m_diff.hunkId(hunk)}, Verdict::Accepted, {}, tr("Accepted hunk %1.").arg(hunk + 1));
}

void ReviewView::reject(int hunk, const QString &reason)
{
    decide({m_diff.hunkId(hunk)}, Verdict::Rejected, reason, tr("Rejected hunk %1.").arg(hunk + 1));
}

void ReviewView::reconsider(int hunk)
{
    decide({m_diff.hunkId(hunk)}, Verdict::Undecided, {}, tr("No verdict on hunk %1.").arg(hunk + 1));
}

void ReviewView::acceptFile()
{
    QStringList hunks;
    if (const auto *shown = file()) {
        for (const auto &hunk : shown->hunks)
            hunks << hunk.id;
    }
    decide(hunks, Verdict::Accepted, {}, tr("Accepted %1.").arg(filePath()));
}

void ReviewView::acceptAll()
{
    if (m_counting) {
        AppSession::instance()->tell(tr("Not all files have been read yet."));
        return;
    }
    QStringList hunks;
    for (const auto &one : m_filePatches) {
        for (const auto &hunk : one.hunks) {
            if (!decisionOn(hunk.id).whole())
                hunks << hunk.id;
        }
    }
    decide(hunks, Verdict::Accepted, {}, tr("Accepted %1.").arg(counted(hunks.size(), tr("hunk"), tr("hunks"))));
}

void ReviewView::rejectAll()
{
    if (m_counting) {
        AppSession::instance()->tell(tr("Not all files have been read yet."));
        return;
    }
    QStringList hunks;
    for (const auto &one : m_filePatches) {
        for (const auto &hunk : one.hunks)
            hunks << hunk.id;
    }
    decide(hunks, Verdict::Rejected, {}, tr("Rejected all of the patch."));
}

void ReviewView::comment(int hunk, const QString &text)
{
    const auto *patch = current();
    if (!patch || text.trimmed().isEmpty())
        return;
    AppSession::instance()->change(
        this, QStringLiteral("review:") + m_patch, tr("Comment added."),
        [patch = *patch, files = m_filePatches, id = m_diff.hunkId(hunk), text](engine::Session &session) -> Result<> {
            COPPICE_TRY(const auto repository, session.library().repository());
            COPPICE_TRY(const auto spot, review::spotOf(repository, files, id, {}, 0, false));
            COPPICE_CHECK(review::Reviews(session.state(), session.journal()).comment(Actor::self(), patch, spot, text));
            return {};
        },
        [this] { loadSaid(); });
}

void ReviewView::copyHunk(int hunk)
{
    AppSession::instance()->copy(m_diff.hunkText(hunk));
}

void ReviewView::sawLines(int first, int last)
{
    if (m_since > 0) // hunks of a comparison are no hunks of the patch
        return;
    bool news = false;
    for (const auto &hunk : m_diff.hunksBetween(first, last)) {
        if (!m_shown.contains(hunk) && !m_toShow.contains(hunk)) {
            m_toShow.insert(hunk);
            news = true;
        }
    }
    if (news) {
        m_seenTimer.start();
        fillFiles();
    }
}

void ReviewView::flushSeen()
{
    if (m_toShow.isEmpty() || m_patch.isEmpty())
        return;
    const QStringList hunks(m_toShow.begin(), m_toShow.end());
    m_shown.unite(m_toShow);
    m_toShow.clear();
    AppSession::instance()->act<bool>(
        this,
        [id = m_patch, hunks](engine::Session &session) -> Result<bool> {
            COPPICE_CHECK(review::Reviews(session.state(), session.journal()).markShown(id, hunks));
            return true;
        },
        [](Result<bool> marked) {
            if (!marked)
                AppSession::instance()->report(marked.error());
        });
}

void ReviewView::apply(const QString &message)
{
    const auto *patch = current();
    if (!patch)
        return;
    flushSeen();
    m_error = {};
    Q_EMIT contentChanged();
    const QString plugin = patch->plugin;
    AppSession::instance()->call(
        this, tr("Applying the patch to %1").arg(plugin), QStringLiteral("review.apply"),
        {{QStringLiteral("id"), m_patch}, {QStringLiteral("message"), message}}, [this, plugin](Result<QJsonObject> answer) {
            auto *app = AppSession::instance();
            if (!answer) {
                m_error = ErrorInfo(answer.error());
                Q_EMIT contentChanged();
                return;
            }
            app->rescan();
            app->toasts()->tell(tr("Applied as %1.").arg(answer->value(QLatin1String("commit")).toString().left(8)));
            Q_EMIT applied(plugin);
        });
}

} // namespace coppice::ui
