// SPDX-License-Identifier: GPL-3.0-or-later
#include "patch_rules.h"

#include "shell/app_session.h"

#include <QJsonArray>

namespace coppice::ui {

void PatchRules::ask(const QString &patch, const QString &message)
{
    if (patch != m_patch)
        m_state = {};
    m_patch = patch;
    m_message = message;
    Q_EMIT changed();
    AppSession::instance()->call(this, tr("Looking at what git_policy says"), QStringLiteral("review.policy"), {{QStringLiteral("id"), patch}, {QStringLiteral("message"), message}},
                                 [this, patch, message](Result<QJsonObject> answer) {
                                     if (patch != m_patch || message != m_message)
                                         return;
                                     if (answer) // applying says by itself what this could not find out
                                         m_state = *answer;
                                     Q_EMIT changed();
                                 });
}

QStringList PatchRules::sentences(const char *key) const
{
    QStringList all;
    for (const auto &finding : m_state.value(QLatin1String(key)).toArray()) {
        QStringList commits;
        for (const auto &commit : finding[QLatin1String("commits")].toArray()) {
            if (commits.size() < 3)
                commits << tr("%1 “%2”").arg(commit[QLatin1String("commit")].toString().left(8), commit[QLatin1String("subject")].toString().left(80));
        }
        QString text = finding[QLatin1String("what")].toString();
        if (!commits.isEmpty())
            text += u' ' + commits.join(tr(", ")) + u'.';
        all << QString(text + u' ' + finding[QLatin1String("fix")].toString()).trimmed();
    }
    return all;
}

} // namespace coppice::ui
