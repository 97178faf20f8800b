// SPDX-License-Identifier: GPL-3.0-or-later
#include "review_desk.h"

#include "code_text.h"
#include "shell/app_session.h"

#include <review/edits.h>
#include <review/line_set.h>
#include <review/lines.h>
#include <review/send_back.h>
#include <review/threads.h>

namespace coppice::ui {

using Verdict = review::Decision::Verdict;

ReviewDesk::ReviewDesk(QObject *parent)
    : QObject(parent), m_lines({"number", "sign", "text", "chosen", "verdict", "spoken"}),
      m_threads({"thread", "first", "place", "quote", "author", "text", "at", "edited", "outdated", "resolved", "spoken"})
{
}

void ReviewDesk::setView(ReviewView *view)
{
    if (m_view == view)
        return;
    m_view = view;
    connect(view, &ReviewView::saidChanged, this, &ReviewDesk::loadThreads);
    connect(view, &ReviewView::saidChanged, this, &ReviewDesk::fillLines);
    Q_EMIT viewChanged();
}

void ReviewDesk::setBusy(bool busy, const ErrorInfo &error)
{
    m_busy = busy;
    m_error = error;
    Q_EMIT busyChanged();
}

QString ReviewDesk::hunk() const
{
    return m_view && m_view->file() ? m_view->diff()->hunkId(m_view->diff()->currentHunk()) : QString();
}

void ReviewDesk::say(const QString &told, std::function<Result<>(review::Reviews &, const git::Repository &)> work)
{
    if (!m_view || !m_view->current())
        return;
    AppSession::instance()->change(
        this, QStringLiteral("review:") + m_view->patch(), told,
        [work = std::move(work)](engine::Session &session) -> Result<> {
            review::Reviews reviews(session.state(), session.journal());
            COPPICE_TRY(const auto repository, session.library().repository());
            return work(reviews, repository);
        },
        [this] { m_view->loadSaid(); });
}

void ReviewDesk::loadLines()
{
    m_changed.clear();
    m_chosen.clear();
    m_linesOf = hunk();
    fillLines();
    if (m_linesOf.isEmpty())
        return;
    using Lines = std::vector<std::pair<int, QString>>;
    AppSession::instance()->worker().read(
        this,
        [session = AppSession::instance()->session(), file = *m_view->file(), index = m_view->diff()->currentHunk()]() -> Result<Lines> {
            Lines lines;
            COPPICE_TRY(const auto repository, session->library().repository());
            COPPICE_TRY(const auto changed, review::changedLines(repository, file));
            COPPICE_TRY(const auto texts, review::textsOf(repository, file));
            const auto before = review::splitLines(texts.before), after = review::splitLines(texts.after);
            for (const auto &line : changed) {
                if (line.hunk != index)
                    continue;
                const auto bytes = line.newLine > 0 ? after[size_t(line.newLine - 1)] : before[size_t(line.oldLine - 1)];
                lines.emplace_back(line.number, (line.newLine > 0 ? QStringLiteral("+") : QStringLiteral("-"))
                                                    + writtenOut(review::shownLine(bytes), 400));
            }
            return lines;
        },
        [this, of = m_linesOf](Result<Lines> lines) {
            if (of != m_linesOf)
                return;
            if (!lines)
                return setBusy(false, ErrorInfo(lines.error()));
            m_changed = std::move(*lines);
            setBusy(false);
            fillLines();
        });
}

void ReviewDesk::fillLines()
{
    const auto decision = m_view ? m_view->decisionOn(m_linesOf) : review::Decision();
    const int of = int(m_changed.size());
    const auto accepted = review::LineSet::parse(decision.lines, of), rejected = review::LineSet::parse(decision.rejectedLines, of);
    std::vector<Record> rows;
    for (const auto &[number, text] : m_changed) {
        const bool taken = decision.verdict == Verdict::Accepted || (accepted && accepted->contains(number));
        const bool refused = decision.verdict == Verdict::Rejected || (rejected && rejected->contains(number));
        const QString verdict = taken ? tr("accepted") : refused ? tr("rejected") : QString();
        const bool chosen = m_chosen.contains(number);
        rows.push_back({QString::number(number),
                        {number, text.left(1), text.mid(1), chosen, verdict,
                         tr("%1 line %2, %3%4: %5").arg(text.startsWith(u'+') ? tr("added") : tr("removed")).arg(number)
                             .arg(chosen ? tr("chosen") : tr("not chosen"), verdict.isEmpty() ? QString() : QString(QStringLiteral(", ") + verdict),
                                  text.mid(1))}});
    }
    m_lines.setRecords(std::move(rows));
    Q_EMIT linesChanged();
}

void ReviewDesk::toggleLine(int row)
{
    if (row < 0 || size_t(row) >= m_changed.size())
        return;
    const int number = m_changed[size_t(row)].first;
    if (!m_chosen.remove(number))
        m_chosen.insert(number);
    fillLines();
}

void ReviewDesk::toggleAllLines()
{
    const bool all = m_chosen.size() == qsizetype(m_changed.size());
    m_chosen.clear();
    for (const auto &[number, text] : m_changed) {
        if (!all)
            m_chosen.insert(number);
    }
    fillLines();
}

void ReviewDesk::decideLines(bool accept, const QString &reason)
{
    if (m_chosen.isEmpty() || !m_view || !m_view->current())
        return;
    review::LineSet lines(int(m_changed.size()));
    for (const int number : std::as_const(m_chosen))
        lines.add(number);
    const QString named = lines.toString();
    say(accept ? tr("Accepted lines %1.").arg(named) : tr("Rejected lines %1.").arg(named),
        [patch = *m_view->current(), files = m_view->filePatches(), hunk = m_linesOf, named, accept,
         reason](review::Reviews &reviews, const git::Repository &) -> Result<> {
            COPPICE_CHECK(reviews.decide(Actor::self(), patch, files, {hunk}, accept ? Verdict::Accepted : Verdict::Rejected, reason, named));
            return {};
        });
    m_chosen.clear();
    fillLines();
}

void ReviewDesk::loadThreads()
{
    if (!m_view || !m_view->current()) {
        m_threads.setRecords({});
        return;
    }
    using Threads = std::vector<review::Thread>;
    AppSession::instance()->worker().read(
        this,
        [session = AppSession::instance()->session(), files = m_view->filePatches(), comments = m_view->comments()]() -> Result<Threads> {
            COPPICE_TRY(const auto repository, session->library().repository());
            return review::placeThreads(repository, files, comments);
        },
        [this, patch = m_view->patch()](Result<Threads> threads) {
            if (patch != m_view->patch())
                return;
            if (!threads)
                return AppSession::instance()->report(threads.error());
            std::vector<Record> rows;
            m_openThreads = 0;
            for (const auto &thread : *threads) {
                m_openThreads += thread.resolved() ? 0 : 1;
                QString place = thread.path.isEmpty() ? tr("the patch") : QString::fromUtf8(thread.path);
                if (thread.line > 0 && !thread.outdated)
                    place += QStringLiteral(":%1").arg(thread.line);
                for (const auto &comment : thread.comments) {
                    const bool first = comment.id == thread.first().id;
                    rows.push_back({comment.id.toString(),
                                    {thread.first().id.toString(), first, place, first ? writtenOut(thread.first().quote.trimmed(), 4000) : QString(),
                                     comment.author.name, comment.text, double(comment.at), comment.edited > 0, thread.outdated,
                                     thread.resolved(),
                                     tr("%1 on %2: %3").arg(comment.author.name, place, comment.text)}});
                }
            }
            m_threads.setRecords(std::move(rows));
            Q_EMIT threadsChanged();
        });
}

void ReviewDesk::comment(const QString &about, int line, const QString &text)
{
    if (!m_view || !m_view->current() || text.trimmed().isEmpty())
        return;
    const QString on = about == u"hunk" ? hunk() : QString();
    const QByteArray path = about == u"patch" || !m_view->file() ? QByteArray() : m_view->file()->path;
    say(tr("Comment added."), [patch = *m_view->current(), files = m_view->filePatches(), on, path, line,
                               text](review::Reviews &reviews, const git::Repository &repository) -> Result<> {
        COPPICE_TRY(const auto spot, review::spotOf(repository, files, on, path, on.isEmpty() ? 0 : line, false));
        COPPICE_CHECK(reviews.comment(Actor::self(), patch, spot, text));
        return {};
    });
}

void ReviewDesk::reply(int row, const QString &text)
{
    const QString to = m_threads.keyAt(row);
    if (to.isEmpty() || !m_view->current() || text.trimmed().isEmpty())
        return;
    say(tr("Answered."), [patch = *m_view->current(), to, text](review::Reviews &reviews, const git::Repository &) -> Result<> {
        COPPICE_CHECK(reviews.reply(Actor::self(), patch, to, text));
        return {};
    });
}

void ReviewDesk::resolve(int row, bool resolved)
{
    const QString which = m_threads.keyAt(row);
    if (which.isEmpty() || !m_view->current())
        return;
    say(resolved ? tr("Thread resolved.") : tr("Thread open again."),
        [patch = *m_view->current(), which, resolved](review::Reviews &reviews, const git::Repository &) -> Result<> {
            COPPICE_CHECK(reviews.resolve(Actor::self(), patch, which, resolved));
            return {};
        });
}

void ReviewDesk::toggleViewed()
{
    const QString id = hunk();
    if (id.isEmpty() || !m_view->current())
        return;
    const bool viewed = !m_view->isViewed(id);
    say(viewed ? tr("Hunk marked as viewed.") : tr("Hunk no longer marked as viewed."),
        [patch = *m_view->current(), files = m_view->filePatches(), id, viewed](review::Reviews &reviews, const git::Repository &) -> Result<> {
            COPPICE_CHECK(reviews.setViewed(Actor::self(), patch, files, {id}, viewed));
            return {};
        });
}

void ReviewDesk::loadEdit()
{
    m_editOf = hunk();
    m_editText.clear();
    Q_EMIT editChanged();
    if (m_editOf.isEmpty())
        return;
    setBusy(true);
    AppSession::instance()->worker().read(
        this,
        [session = AppSession::instance()->session(), files = m_view->filePatches(), id = m_editOf]() -> Result<QByteArray> {
            COPPICE_TRY(const auto repository, session->library().repository());
            return review::newSideOf(repository, files, id);
        },
        [this, id = m_editOf](Result<QByteArray> side) {
            if (id != m_editOf)
                return;
            if (!side)
                return setBusy(false, ErrorInfo(side.error()));
            const QString text = QString::fromUtf8(*side);
            if (text.toUtf8() != *side || text.contains(QChar::Null))
                return setBusy(false, ErrorInfo(Error{ErrorKind::Usage, QStringLiteral("review.not-text"),
                                                      tr("These lines are no UTF-8 text, and would not come back as they are"), {},
                                                      tr("coppicectl review edit takes any bytes from a file.")}));
            // The text field knows one kind of line end; the other is put back.
            m_editCrLf = side->count('\n') > 0 && side->count("\r\n") == side->count('\n');
            m_editText = QString(text).replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
            setBusy(false);
            Q_EMIT editChanged();
        });
}

void ReviewDesk::edit(const QString &text)
{
    if (m_editOf.isEmpty() || !m_view->current())
        return;
    QByteArray bytes = text.toUtf8();
    if (m_editCrLf)
        bytes.replace("\n", "\r\n");
    setBusy(true);
    AppSession::instance()->call(this, tr("Editing the patch"), QStringLiteral("review.edit"),
                                 {{QStringLiteral("id"), m_view->patch()},
                                  {QStringLiteral("revision"), m_view->revision()},
                                  {QStringLiteral("hunk"), m_editOf},
                                  {QStringLiteral("text_base64"), QString::fromLatin1(bytes.toBase64())}},
                                 [this](Result<QJsonObject> answer) {
                                     if (!answer)
                                         return setBusy(false, ErrorInfo(answer.error()));
                                     setBusy(false);
                                     AppSession::instance()->refreshSoon();
                                     const QString told = tr("Your text is revision %1.").arg(answer->value(QLatin1String("revision")).toInt());
                                     AppSession::instance()->toasts()->tell(told, [operation = answer->value(QLatin1String("operation")).toString(), told] {
                                         AppSession::instance()->undoOperation(operation, told);
                                     });
                                     Q_EMIT edited();
                                 });
}

void ReviewDesk::loadBack(const QString &message)
{
    if (!m_view || !m_view->current())
        return;
    QByteArray prefix;
    const auto &catalog = AppSession::instance()->catalog();
    if (const auto *entry = catalog ? catalog->find(m_view->plugin()) : nullptr)
        prefix = entry->plugin.prefix;
    AppSession::instance()->worker().read(
        this,
        [session = AppSession::instance()->session(), patch = *m_view->current(), prefix, message]() -> Result<review::SendBack> {
            review::Reviews reviews(session->state(), session->journal());
            COPPICE_TRY(const auto repository, session->library().repository());
            return review::composeSendBack(repository, reviews, patch, prefix, message);
        },
        [this](Result<review::SendBack> back) {
            m_backText = back ? QString(back->words + u'\n' + back->hunks) : QString();
            setBusy(false, back ? ErrorInfo() : ErrorInfo(back.error()));
            Q_EMIT backChanged();
        });
}

void ReviewDesk::sendBack(const QString &message)
{
    if (!m_view || !m_view->current())
        return;
    setBusy(true);
    AppSession::instance()->call(this, tr("Sending the patch back to %1").arg(m_view->plugin()), QStringLiteral("review.send-back"),
                                 {{QStringLiteral("id"), m_view->patch()},
                                  {QStringLiteral("run"), Id::make().toString()},
                                  {QStringLiteral("message"), message}},
                                 [this](Result<QJsonObject> answer) {
                                     setBusy(false, answer ? ErrorInfo() : ErrorInfo(answer.error()));
                                     if (!answer)
                                         return;
                                     AppSession::instance()->refreshSoon();
                                     AppSession::instance()->tell(tr("Sent back. The answer will be the next revision of this patch."));
                                     Q_EMIT sentBack();
                                 });
}

} // namespace coppice::ui
