// SPDX-License-Identifier: GPL-3.0-or-later
#include "patch_approvals.h"

#include "shell/app_session.h"

#include <base/actor.h>

#include <QJsonArray>

namespace coppice::ui {

void PatchApprovals::ask(const QString &patch)
{
    m_patch = patch;
    m_state = {};
    call(QStringLiteral("review.approvals"), tr("Looking at who approved the patch"));
}

void PatchApprovals::approve()
{
    call(QStringLiteral("review.approve"), tr("Approving the patch"));
}

void PatchApprovals::call(const QString &verb, const QString &what)
{
    if (m_patch.isEmpty())
        return;
    m_busy = true;
    m_error = {};
    Q_EMIT changed();
    AppSession::instance()->call(this, what, verb, {{QStringLiteral("id"), m_patch}}, [this, patch = m_patch](Result<QJsonObject> answer) {
        if (patch != m_patch)
            return;
        m_busy = false;
        if (answer)
            m_state = *answer;
        else
            m_error = ErrorInfo(answer.error());
        Q_EMIT changed();
    });
}

bool PatchApprovals::asked() const
{
    return m_state[QLatin1String("reviewers")].toInt(1) > 1 || m_state[QLatin1String("other_than_requester")].toBool();
}

QString PatchApprovals::people(const char *key) const
{
    QStringList names;
    for (const auto &one : m_state[QLatin1String(key)].toArray())
        names << Actor::fromString(one[QLatin1String("by")].toString()).name;
    return names.join(QStringLiteral(", "));
}

QString PatchApprovals::approved() const
{
    return people("approved");
}

QString PatchApprovals::lapsed() const
{
    return people("lapsed");
}

QStringList PatchApprovals::missing() const
{
    QStringList all;
    for (const auto &one : m_state[QLatin1String("missing")].toArray())
        all << one.toString();
    return all;
}

} // namespace coppice::ui
