// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: a ticket's issue in a tracker and its comments, as their rows have them.

#include "tickets/ticket.h"

namespace coppice::tickets {

struct RemoteLink {
    QString ticket;
    QString place; ///< "jira:WX"
    QString key;
    QString url;
    bool sharedOpen = true; ///< the state that both sides had last
    QString remoteState = QStringLiteral("open"); ///< open, closed, declined: as the tracker told it last
    QString status;
    QString assignee;
    qint64 updated = 0;      ///< by the tracker's clock
    qint64 commentsSeen = 0; ///< by the tracker's clock
    qint64 toldAt = 0;       ///< when the tracker told a change last, by ours
    [[nodiscard]] bool remoteOpen() const { return remoteState == QLatin1String("open"); }
};
[[nodiscard]] Result<std::vector<RemoteLink>> readLinks(store::Connection &connection, const QString &ticket = {});
[[nodiscard]] Result<> writeLink(store::Connection &connection, const RemoteLink &link);

[[nodiscard]] Result<std::vector<Comment>> readComments(store::Connection &connection, const QString &ticket);
/// The projection of the operation "comment".
[[nodiscard]] Result<> insertComment(store::Connection &connection, const QString &ticket, const QJsonObject &payload, const QString &author, qint64 at);

} // namespace coppice::tickets
