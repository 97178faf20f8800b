// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/client.h"
#include "text/scrub.h"

#include <QFile>
#include <QString>

#include <mutex>

namespace coppice::runs {

/// Writes what a client tells into <run folder>/updates.jsonl: a JSON line for each update, with {at (ms since 1970), step,
/// attempt} added, texts plain and scrubbed of secrets. At most `cap` bytes of a run; then one line says so. Of what programs print
/// (role raw) at most `rawCap` bytes of an attempt: the log beside it has all. What is cut by a
/// dying process is one line at the end, which readers leave out. Safe from any thread.
class UpdatesLog
{
public:
    UpdatesLog(const QString &path, const text::Scrubber &scrubber);
    /// Opens for appending, after the end of the last whole line.
    [[nodiscard]] Result<> open();
    /// What the lines that follow are about.
    void setStep(const QString &step, int attempt);
    void write(const clients::AgentUpdate &update);
    [[nodiscard]] static constexpr qint64 rawCap() { return 1 << 20; }
    /// A line of Coppice's own about this run: {role: note}.
    void note(const QString &text);
    [[nodiscard]] static constexpr qint64 cap() { return 64 << 20; }

private:
    void put(QJsonObject line);
    [[nodiscard]] bool isTooMuch(const clients::AgentUpdate &update);

    std::mutex m_mutex;
    QFile m_file;
    text::Scrubber m_scrubber;
    QString m_step;
    int m_attempt = 0;
    qint64 m_written = 0;
    qint64 m_raw = 0;
    bool m_full = false;
};

} // namespace coppice::runs
