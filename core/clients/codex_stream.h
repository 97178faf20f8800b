// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/stream_reader.h"

#include <QHash>
#include <QSet>

namespace coppice::clients {

/// Codex, `exec --json`. Source: captures of 0.169.0; the older form {id, msg: {type}} is read, too.
class CodexReader final : public StreamReader
{
protected:
    void take(const QJsonObject &object) override;

private:
    void item(const QJsonObject &item, bool completed);
    void command(const QJsonObject &item);
    void fileChange(const QJsonObject &item, bool completed);
    void older(const QJsonObject &message);
    void count(const QJsonObject &usage);
    void finishTurn();
    void failTurn(const QString &text);

    struct Counts {
        qint64 input = 0, output = 0, cached = 0;
    };
    Counts m_before; ///< of threads before this one
    Counts m_now;    ///< as this thread told it last
    QHash<QString, QString> m_unmade; ///< path → why a change of it was not made, of this turn
    QString m_thread;
    QString m_lastError;
};

} // namespace coppice::clients
