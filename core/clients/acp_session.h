// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/acp_stream.h"
#include "clients/asking.h"
#include "clients/work_files.h"
#include "rpc/peer.h"

#include <QElapsedTimer>

namespace coppice::clients {

/// One start of an agent that speaks ACP: from initialize to the answer of the last prompt. Its steps follow each other
/// by the answers of the agent, on the thread that runs the process.
class AcpSession
{
public:
    AcpSession(const Job &job, const library::ClientSettings &settings, Launch &launch);
    void begin();
    void feed(QByteArrayView piece) { m_peer.feed(piece); }
    /// Politely: session/cancel, and every open question is answered as cancelled. From any thread.
    void cancel();
    /// The process has ended.
    void over();
    [[nodiscard]] const AcpReader &reader() const { return m_reader; }
    /// Why it could not be begun, where it was not the agent's failure; else empty.
    [[nodiscard]] const QString &refused() const { return m_refused; }

private:
    void initialized(const rpc::Reply &reply);
    void openSession();
    void newSession(bool loginTried);
    void continueSession(const QString &method);
    void sessionOpen(const QJsonObject &result, const QString &id);
    void setMode(const QJsonObject &modes);
    void login(const QString &method, std::function<void()> then);
    [[nodiscard]] QString loginMethod(bool eager) const;
    void prompt(const QString &text);
    void promptAnswered();
    void giveUp(const QString &why);
    void onRequest(const QJsonValue &id, const QString &method, const QJsonObject &params);
    void permission(const QJsonValue &id, const QJsonObject &params);
    void readFile(const QJsonValue &id, const QJsonObject &params);
    void writeFile(const QJsonValue &id, const QJsonObject &params);
    [[nodiscard]] AgentEnd endNow();

    const Job &m_job;
    const library::ClientSettings &m_settings;
    Launch &m_launch;
    WorkFolder m_files;
    std::mutex m_reading; ///< of the reader, which hears both directions
    AcpReader m_reader;
    rpc::Peer m_peer;
    Asking m_asking;
    QElapsedTimer m_clock;
    QJsonObject m_agent; ///< what it answered to initialize
    std::mutex m_sessionMutex;
    QString m_session;
    QString m_refused;
};

} // namespace coppice::clients
