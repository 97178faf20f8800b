// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/journal_export.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringDecoder>
#include <QtEndian>

#include <algorithm>
#include <array>

namespace coppice::capture {

namespace {

constexpr qint64 fieldCap = 1 << 20;
constexpr std::array<const char *, 9> wanted{"MESSAGE", "PRIORITY", "__REALTIME_TIMESTAMP", "_SYSTEMD_UNIT", "_PID", "__CURSOR", "SYSLOG_IDENTIFIER", "_HOSTNAME", "CODE_FILE"};

bool isWanted(const QByteArray &name)
{
    return std::any_of(wanted.begin(), wanted.end(), [&](const char *each) { return name == each; });
}

/// As the journal itself does it: bytes that are no UTF-8 become a list of numbers.
QJsonValue valueOf(const QByteArray &bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString text = decoder(bytes);
    if (!decoder.hasError())
        return text;
    QJsonArray numbers;
    for (const char byte : bytes)
        numbers.append(int(quint8(byte)));
    return numbers;
}

} // namespace

bool JournalExport::isOne(QIODevice &device)
{
    const QByteArray head = device.peek(24);
    return head.startsWith("__CURSOR=") || head.startsWith("__REALTIME_TIMESTAMP=");
}

JournalExport::JournalExport(QIODevice &device) : m_device(device)
{
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
}

/// A field whose name stands alone on its line: eight bytes of length, the value, a newline.
bool JournalExport::readBinary(const QByteArray &name, QByteArray &value)
{
    const QByteArray length = m_device.read(8);
    if (length.size() != 8)
        return false;
    const quint64 size = qFromLittleEndian<quint64>(length.constData());
    const bool keeps = isWanted(name);
    quint64 left = size;
    while (left > 0) {
        const QByteArray piece = m_device.read(qint64(std::min<quint64>(left, 64 * 1024)));
        if (piece.isEmpty())
            return false; // shorter than it says
        left -= quint64(piece.size());
        if (keeps && value.size() < fieldCap)
            value += piece;
    }
    char newline = 0;
    m_device.getChar(&newline);
    return true;
}

bool JournalExport::nextEntry()
{
    QJsonObject entry;
    for (;;) {
        QByteArray line = m_device.readLine(fieldCap);
        const bool ended = line.isEmpty();
        if (line.endsWith('\n'))
            line.chop(1);
        else
            while (!ended && m_device.bytesAvailable() > 0 && !m_device.readLine(fieldCap).endsWith('\n')) { }
        if (line.isEmpty()) {
            if (!entry.isEmpty())
                break;
            if (ended)
                return false;
            continue;
        }
        const auto equals = line.indexOf('=');
        const QByteArray name = equals < 0 ? line : line.left(equals);
        QByteArray value = equals < 0 ? QByteArray() : line.mid(equals + 1);
        if (equals < 0 && !readBinary(name, value)) {
            if (entry.isEmpty())
                return false;
            break;
        }
        if (isWanted(name))
            entry[QString::fromLatin1(name)] = valueOf(value);
    }
    m_line = QJsonDocument(entry).toJson(QJsonDocument::Compact) + '\n';
    m_at = 0;
    return true;
}

qint64 JournalExport::readData(char *data, qint64 size)
{
    if (m_at >= m_line.size() && !nextEntry())
        return 0;
    const qint64 count = std::min<qint64>(size, m_line.size() - m_at);
    std::copy_n(m_line.constData() + m_at, count, data);
    m_at += count;
    return count;
}

} // namespace coppice::capture
