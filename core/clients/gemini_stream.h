// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/stream_reader.h"

#include <QHash>

namespace coppice::clients {

/// Gemini CLI, `-o stream-json` (and the one object of `-o json`). Source: captures of 0.61.0.
class GeminiReader final : public StreamReader
{
protected:
    void take(const QJsonObject &object) override;
    void takeWhole(const QByteArray &bytes) override;

private:
    void toolUse(const QJsonObject &object);
    void toolResult(const QJsonObject &object);
    void result(const QJsonObject &object);
    void fail(const QJsonObject &told);

    QHash<QString, QString> m_tools; ///< title by id
    QString m_lastError;             ///< of this turn, told as a severe one
};

} // namespace coppice::clients
