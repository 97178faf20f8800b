// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QIODevice>

namespace coppice::capture {

/// What `journalctl -o export` writes, read as the JSON lines of `journalctl -o json`; only the fields that tell something
/// of an event. Bounded: a field over 1 MB is cut, and skipped as far as it goes.
/// Source: https://systemd.io/JOURNAL_EXPORT_FORMATS/
class JournalExport final : public QIODevice
{
public:
    /// The device stands at its beginning, and its first field is one that each entry has.
    [[nodiscard]] static bool isOne(QIODevice &device);
    explicit JournalExport(QIODevice &device);
    [[nodiscard]] bool isSequential() const override { return true; }

protected:
    qint64 readData(char *data, qint64 size) override;
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    [[nodiscard]] bool nextEntry();
    [[nodiscard]] bool readBinary(const QByteArray &name, QByteArray &value);
    QIODevice &m_device;
    QByteArray m_line; ///< what is read next
    qsizetype m_at = 0;
};

} // namespace coppice::capture
