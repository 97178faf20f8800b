// SPDX-License-Identifier: GPL-3.0-or-later
#include "log_tail.h"

#include "shell/worker.h"

#include <text/hidden.h>

#include <QFile>

#include <optional>

namespace coppice::ui {

namespace {
constexpr qint64 FirstBytes = 512 * 1024; ///< of a file that is there already, from its end
constexpr qint64 BytesAtOnce = 256 * 1024;
constexpr size_t MostLines = 20'000;
constexpr qsizetype LongestLine = 2'000;

struct Piece {
    QByteArray bytes;
    qint64 next = 0;
    bool skipped = false; ///< the beginning of the file was left out
    bool atEnd = true;
};

std::optional<Piece> readPiece(const QString &path, qint64 offset)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    Piece piece;
    if (offset == 0 && file.size() > FirstBytes) {
        offset = file.size() - FirstBytes;
        piece.skipped = true;
    }
    if (!file.seek(offset))
        return {};
    piece.bytes = file.read(BytesAtOnce);
    piece.next = offset + piece.bytes.size();
    piece.atEnd = piece.next >= file.size();
    if (piece.skipped)
        piece.bytes = piece.bytes.mid(piece.bytes.indexOf('\n') + 1);
    return piece;
}
} // namespace

LogTail::LogTail(Worker &worker, QObject *parent) : QAbstractListModel(parent), m_worker(worker)
{
    m_timer.setInterval(300);
    connect(&m_timer, &QTimer::timeout, this, &LogTail::look);
}

void LogTail::follow(const QString &path, bool growing)
{
    const bool other = path != m_path;
    const bool more = growing || m_growing; // what came between the last look and the end is still to be read
    m_growing = growing;
    if (other) {
        ++m_turn;
        beginResetModel();
        m_lines.clear();
        endResetModel();
        m_path = path;
        m_rest.clear();
        m_offset = 0;
        m_cut = m_looking = false;
        Q_EMIT pathChanged();
        Q_EMIT countChanged();
    }
    if (growing && !path.isEmpty())
        m_timer.start();
    else
        m_timer.stop();
    if (!path.isEmpty() && (other || more))
        look();
}

void LogTail::look()
{
    if (m_looking || m_path.isEmpty())
        return;
    m_looking = true;
    m_worker.read(
        this, [path = m_path, offset = m_offset] { return readPiece(path, offset); },
        [this, turn = m_turn](std::optional<Piece> piece) {
            if (turn != m_turn)
                return;
            m_looking = false;
            if (!piece)
                return;
            m_offset = piece->next;
            m_cut = m_cut || piece->skipped;
            append(piece->bytes);
            if (!piece->atEnd)
                look();
        });
}

void LogTail::append(const QByteArray &bytes)
{
    if (bytes.isEmpty())
        return;
    m_rest += bytes;
    QList<QByteArray> parts = m_rest.split('\n');
    m_rest = parts.takeLast();
    QStringList lines;
    for (auto &part : parts) {
        // A carriage return draws the line anew on a terminal: the last drawing is what stands.
        while (part.endsWith('\r'))
            part.chop(1);
        lines << text::plain(QString::fromUtf8(part.mid(part.lastIndexOf('\r') + 1).left(4 * LongestLine)), LongestLine);
    }
    if (m_rest.size() > 4 * LongestLine) {
        lines << text::plain(QString::fromUtf8(m_rest.left(4 * LongestLine)), LongestLine);
        m_rest.clear();
    }
    if (lines.isEmpty())
        return;
    beginInsertRows({}, count(), count() + int(lines.size()) - 1);
    m_lines.insert(m_lines.end(), lines.cbegin(), lines.cend());
    endInsertRows();
    if (m_lines.size() > MostLines) {
        const size_t drop = m_lines.size() - MostLines + MostLines / 10;
        beginRemoveRows({}, 0, int(drop) - 1);
        m_lines.erase(m_lines.begin(), m_lines.begin() + std::ptrdiff_t(drop));
        endRemoveRows();
        m_cut = true;
    }
    Q_EMIT countChanged();
}

int LogTail::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant LogTail::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || role != Qt::UserRole || index.row() >= count())
        return {};
    return m_lines[size_t(index.row())];
}

} // namespace coppice::ui
