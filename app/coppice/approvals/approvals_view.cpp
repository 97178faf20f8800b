// SPDX-License-Identifier: GPL-3.0-or-later
#include "approvals_view.h"

#include "runs/story_text.h"
#include "shell/app_session.h"

#include <base/clock.h>

#include <QJsonArray>

namespace coppice::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 TooSoon = 350; ///< ms

QString workOf(const journal::Approval &approval, const LibraryState &state)
{
    const auto *run = approval.subject.startsWith(u"run:") ? state.run(approval.subject.mid(4)) : nullptr;
    return run ? ApprovalsView::tr("%1 by %2").arg(run->playbook, run->client) : nameOf(approval.kind);
}

} // namespace

ApprovalsView::ApprovalsView(QObject *parent)
    : QObject(parent), m_waiting({"plugin", "work", "title", "kind", "tainted", "at", "spoken"})
{
    m_expiry.setSingleShot(true);
    connect(&m_expiry, &QTimer::timeout, this, &ApprovalsView::fill);
    connect(AppSession::instance(), &AppSession::stateChanged, this, &ApprovalsView::fill);
    fill();
}

void ApprovalsView::setSubject(const QString &subject)
{
    if (m_subject == subject)
        return;
    m_subject = subject;
    Q_EMIT subjectChanged();
    fill();
}

void ApprovalsView::setEverything(bool everything)
{
    if (m_everything == everything)
        return;
    m_everything = everything;
    Q_EMIT subjectChanged();
    fill();
}

bool ApprovalsView::isAsked(const journal::Approval &approval) const
{
    return (m_everything || (!m_subject.isEmpty() && approval.subject == m_subject)) &&
           (approval.expires == 0 || approval.expires > nowMs()) && !m_answered.contains(approval.id.toString());
}

void ApprovalsView::fill()
{
    const auto &state = AppSession::instance()->state();
    const int place = currentIndex();
    std::vector<Record> records;
    QStringList open;
    qint64 next = 0;
    for (const auto &approval : state ? state->approvals : std::vector<journal::Approval>()) {
        open << approval.id.toString();
        if (!isAsked(approval))
            continue;
        if (approval.expires > 0)
            next = next == 0 ? approval.expires : std::min(next, approval.expires);
        const QString title = plainLine(approval.title, 300);
        const QString work = workOf(approval, *state);
        records.push_back({approval.id.toString(),
                           {approval.plugin, work, title, nameOf(approval.kind), approval.tainted, double(approval.askedAt),
                            QStringList{approval.plugin, work, title}.join(u", "_s)}});
    }
    // What is answered and no longer open needs no remembering.
    m_answered.removeIf([&](const QString &id) { return !open.contains(id); });
    m_waiting.setRecords(std::move(records));
    if (currentIndex() < 0)
        show(m_waiting.keyAt(std::clamp(place, 0, std::max(0, m_waiting.count() - 1))));
    m_shown = {};
    m_work.clear();
    for (const auto &approval : state ? state->approvals : std::vector<journal::Approval>()) {
        if (!m_current.isEmpty() && approval.id.toString() == m_current) {
            m_shown = approval;
            m_work = workOf(approval, *state);
        }
    }
    if (next > 0)
        m_expiry.start(int(std::clamp<qint64>(next - nowMs() + 50, 50, 3'600'000)));
    else
        m_expiry.stop();
    Q_EMIT changed();
}

QString ApprovalsView::about() const
{
    return m_shown.kind == journal::Approval::Kind::Proposal ? m_shown.detail[u"link"].toString() : m_shown.subject;
}

QString ApprovalsView::toolKind() const
{
    return plainLine(m_shown.detail[u"kind"].toString(), 20);
}

QString ApprovalsView::title() const
{
    return plainLine(m_shown.title, 400);
}

QString ApprovalsView::command() const
{
    return plainText(m_shown.detail[u"command"].toString(), 8'000);
}

QString ApprovalsView::paths() const
{
    QStringList paths;
    for (const auto &path : m_shown.detail[u"paths"].toArray()) {
        if (paths.size() < 20)
            paths << plainLine(path.toString(), 300);
    }
    return paths.join(u'\n');
}

QString ApprovalsView::input() const
{
    if (m_shown.kind == journal::Approval::Kind::Step || m_shown.kind == journal::Approval::Kind::Proposal)
        return plainText(m_shown.detail[u"question"].toString(), 8'000);
    const auto input = m_shown.detail[u"input"];
    if (!input.isObject() || input.toObject().isEmpty())
        return input.isString() ? plainText(input.toString(), 8'000) : QString();
    // The command alone stands above.
    if (input.toObject().size() == 1 && shownValue(input) == command())
        return {};
    return shownValue(input).left(8'000);
}

QStringList ApprovalsView::options() const
{
    QStringList texts;
    for (const auto &option : m_shown.options)
        texts << optionText(option);
    return texts;
}

QString ApprovalsView::optionText(const QString &option)
{
    const QString text = plainLine(QString(option).replace(u'_', u' '), 60);
    return text.isEmpty() ? text : QString(text.left(1).toUpper() + text.mid(1));
}

bool ApprovalsView::refuses(int option) const
{
    const QString name = m_shown.options.value(option);
    return option > 0 && (option == m_shown.options.size() - 1 || name.startsWith(u"reject") || name.startsWith(u"deny"));
}

void ApprovalsView::pick(int row)
{
    m_current = m_waiting.keyAt(row);
    m_inSight.invalidate();
    setMessage({});
    dismissError();
    fill();
}

void ApprovalsView::show(const QString &id)
{
    if (m_current == id)
        return;
    // The first one that comes up is nobody's next key; one that follows another may be.
    if (m_current.isEmpty())
        m_inSight.invalidate();
    else
        m_inSight.start();
    m_current = id;
    setMessage({});
}

void ApprovalsView::setMessage(const QString &message)
{
    if (m_message == message)
        return;
    m_message = message;
    Q_EMIT messageChanged();
}

void ApprovalsView::answer(int option)
{
    const QString chosen = m_shown.options.value(option);
    if (m_current.isEmpty() || chosen.isEmpty() || (m_inSight.isValid() && m_inSight.elapsed() < TooSoon))
        return;
    const QString id = m_current, message = m_message.trimmed();
    m_answered << id;
    dismissError();
    fill();
    AppSession::instance()->act<bool>(
        this,
        [id, chosen, message](engine::Session &session) -> Result<bool> {
            COPPICE_CHECK(journal::Approvals(session.state(), session.journal())
                              .answer(Actor::self(), id, chosen, message));
            return true;
        },
        [this, id](Result<bool> written) {
            if (written)
                return;
            m_error = ErrorInfo(written.error());
            m_answered.removeAll(id);
            m_current = id; // it is asked still, unless somebody else answered
            Q_EMIT errorChanged();
            fill();
        });
}

void ApprovalsView::dismissError()
{
    if (!m_error.present())
        return;
    m_error = {};
    Q_EMIT errorChanged();
}

} // namespace coppice::ui
