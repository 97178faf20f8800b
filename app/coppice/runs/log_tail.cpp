// SPDX-License-Identifier: GPL-3.0-or-later
#include "log_tail.h"

#include "shell/worker.h"

#include <text/hidden.h>

#include <QDir>
#include <QFile>

namespace coppice::ui {

namespace {
constexpr qint64 FirstBytes = 512 * 1024; ///< of a file that is there already, from its end
constexpr qint64 BytesAtOnce = 256 * 1024;
constexpr size_t MostLines = 20'000;
constexpr qsizetype LongestLine = 2'000;

struct Piece {
    QString file; ///< empty: there is none yet
    QByteArray bytes;
    qint64 next = 0;
    bool skipped = false; ///< the beginning of the file was left out
    bool atEnd = true;
    bool another = false; ///< a later log is there: this one will not grow any more
};

/// The first log that is not among `before`: what clients printed and what steps printed, in the order of writing.
QString nextLog(const QString &folder, const QStringList &before)
{
    const QStringList kinds{QStringLiteral("agent-*.log"), QStringLiteral("step-*.log")};
    for (const auto &name : QDir(folder).entryList(kinds, QDir::Files, QDir::Time | QDir::Reversed)) {
        if (!before.contains(name))
            return name;
    }
    return {};
}

Piece readPiece(const QString &folder, const QString &current, const QStringList &before, qint64 offset)
{
    Piece piece;
    piece.file = current.isEmpty() ? nextLog(folder, before) : current;
    QFile file(folder + u'/' + piece.file);
    if (piece.file.isEmpty() || !file.open(QIODevice::ReadOnly))
        return piece;
    if (offset == 0 && file.size() > FirstBytes) {
        offset = file.size() - FirstBytes;
        piece.skipped = true;
    }
    if (file.seek(offset))
        piece.bytes = file.read(BytesAtOnce);
    piece.next = offset + piece.bytes.size();
    piece.atEnd = piece.next >= file.size();
    if (piece.skipped)
        piece.bytes = piece.bytes.mid(piece.bytes.indexOf('\n') + 1);
    piece.another = piece.atEnd && !nextLog(folder, QStringList(before) << piece.file).isEmpty();
    return piece;
}
} // namespace

LogTail::LogTail(Worker &worker, QObject *parent) : QAbstractListModel(parent), m_worker(worker)
{
    m_timer.setInterval(300);
    connect(&m_timer, &QTimer::timeout, this, &LogTail::look);
}

void LogTail::follow(const QString &folder, bool growing)
{
    const bool other = folder != m_folder;
    const bool more = growing || m_growing; // what came between the last look and the end is still to be read
    m_growing = growing;
    if (other) {
        ++m_turn;
        beginResetModel();
        m_lines.clear();
        endResetModel();
        m_folder = folder;
        m_file.clear();
        m_before.clear();
        m_rest.clear();
        m_offset = 0;
        m_cut = m_looking = false;
        Q_EMIT folderChanged();
        Q_EMIT countChanged();
    }
    if (growing && !folder.isEmpty())
        m_timer.start();
    else
        m_timer.stop();
    if (!folder.isEmpty() && (other || more))
        look();
}

void LogTail::look()
{
    if (m_looking || m_folder.isEmpty())
        return;
    m_looking = true;
    m_worker.read(
        this, [folder = m_folder, file = m_file, before = m_before,
               offset = m_offset] { return readPiece(folder, file, before, offset); },
        [this, turn = m_turn](Piece piece) {
            if (turn != m_turn)
                return;
            m_looking = false;
            if (piece.file.isEmpty())
                return;
            if (m_file.isEmpty() && !m_before.isEmpty())
                addLines({QStringLiteral("── %1 ──").arg(piece.file)});
            m_file = piece.file;
            m_offset = piece.next;
            m_cut = m_cut || piece.skipped;
            append(piece.bytes, piece.another || (piece.atEnd && !m_growing));
            if (piece.another) {
                m_before << m_file;
                m_file.clear();
                m_offset = 0;
            }
            if (!piece.atEnd || piece.another)
                look();
        });
}

void LogTail::append(const QByteArray &bytes, bool endsLine)
{
    m_rest += bytes;
    if (endsLine && !m_rest.isEmpty() && !m_rest.endsWith('\n'))
        m_rest += '\n';
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
    addLines(lines);
}

void LogTail::addLines(const QStringList &lines)
{
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
