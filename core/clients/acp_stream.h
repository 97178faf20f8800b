// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/stream_reader.h"

#include <QHash>

namespace coppice::clients {

/// The Agent Client Protocol v1, both directions: lines {"dir": ">"|"<", "t": milliseconds, "msg": {…}}, ">" being ours,
/// with "by": "person"|"rule" beside the answer to a permission. Bare JSON-RPC lines are read, too: their direction is
/// found by what they say. Source: docs/protocol/v1 of agent-client-protocol, captures of four agents.
class AcpReader final : public StreamReader
{
public:
    /// The line of one message.
    [[nodiscard]] static QJsonObject line(bool fromAgent, qint64 ms, const QJsonObject &message);
    /// What is known of a tool call by now: {title, kind, locations, rawInput}.
    [[nodiscard]] QJsonObject toolCall(const QString &id) const { return m_tools.value(id); }

protected:
    void take(const QJsonObject &object) override;

private:
    void fromAgent(const QJsonObject &message);
    void fromClient(const QJsonObject &message, const QString &by);
    void answered(const QString &method, const QJsonObject &message);
    void promptAnswered(const QJsonObject &message);
    void permissionAsked(const QString &key, const QJsonObject &params);
    void permissionAnswered(const QString &key, const QJsonObject &result, const QString &by);
    void update(const QJsonObject &update);
    void toolUpdate(const QJsonObject &update);
    void sessionInfo(const QJsonObject &codex);
    void countUsage(const QJsonObject &result);
    void countCost(const QJsonObject &cost);
    [[nodiscard]] bool looksFromAgent(const QJsonObject &message) const;

    struct Asked {
        QString tool, title;
        QHash<QString, QString> kinds; ///< of the options, by id
    };
    QHash<QString, QString> m_ours;    ///< our requests that wait for an answer: method by id
    QHash<QString, Asked> m_asked;     ///< its permission requests, by id
    QHash<QString, QJsonObject> m_tools;
    QHash<QString, size_t> m_diffs;    ///< told last, by tool and path
    qint64 m_costBefore = 0, m_costNow = 0, m_costLoaded = 0;
    int m_asks = 0;
    bool m_loading = false;
    bool m_cancelSent = false;
    bool m_deniedInTurn = false;
    bool m_broken = false;   ///< the agent's own service failed in this turn, though it calls the turn ended
    QString m_brokenText;
    int m_brokenStatus = 0;
    QStringList m_withdrawn; ///< permissions of this turn that were answered `cancelled`
};

} // namespace coppice::clients
