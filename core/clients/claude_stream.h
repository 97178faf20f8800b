// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/stream_reader.h"

#include <QHash>

namespace coppice::clients {

/// Claude Code, `--output-format stream-json` (JSON lines) or `json` (one list or object). Source: captures of 2.1.197 and
/// 2.1.330.
class ClaudeReader final : public StreamReader
{
protected:
    void take(const QJsonObject &object) override;
    void takeWhole(const QByteArray &bytes) override;

private:
    void system(const QJsonObject &object);
    void assistant(const QJsonObject &object);
    void user(const QJsonObject &object);
    void control(const QJsonObject &object);
    void streamEvent(const QJsonObject &event);
    void result(const QJsonObject &object);
    void countMessage(const QString &id, const QJsonObject &usage);
    void countResult(const QJsonObject &object);
    void countCost(const QJsonObject &object);
    [[nodiscard]] std::pair<AgentEnd::Outcome, QString> judge(const QJsonObject &object);

    struct Counts {
        qint64 input = 0, output = 0, cached = 0;
    };
    QHash<QString, Counts> m_messages; ///< of the turn that goes on, by the message's id
    QHash<QString, QString> m_titles;  ///< of tool calls, by their ids
    QString m_streamed;                ///< id of the message that is being streamed
    Counts m_done;                     ///< of finished turns
    qint64 m_costBefore = 0;           ///< of sessions and processes before this one, in micros
    qint64 m_costNow = 0;              ///< total_cost_usd as last told
    QString m_costSession;
    QString m_apiError;                ///< the last answer was no answer but this failure
    int m_apiStatus = 0;
    bool m_interrupted = false;
};

/// The kind of a tool of Claude Code, as a ToolCall's kind.
[[nodiscard]] QString kindOfClaudeTool(const QString &name);
/// One line on what a tool is asked to do: its name and its file or command.
[[nodiscard]] QString titleOfClaudeTool(const QString &name, const QJsonObject &input);

} // namespace coppice::clients
