// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/json.h"
#include "capture/ingest.h"

#include <QJsonObject>

// For what follows logs; nobody else's.
namespace coppice::capture {

/// How far a log file is read, and what tells it from another of its name.
struct LogPosition {
    static constexpr qint64 headSize = 512; ///< bytes that tell a file from another of the same inode

    QString inode;
    qint64 headLength = 0;
    QByteArray head;
    QByteArray tail; ///< hash of the last bytes before the offset: a file that was begun anew seldom has the same there
    int generation = 0; ///< files begun anew under this name: their lines are others, though they read the same
    ReadPoint point;

    [[nodiscard]] QString toText() const
    {
        return QString::fromUtf8(toJsonLine({{QStringLiteral("inode"), inode},
                                             {QStringLiteral("head_length"), headLength},
                                             {QStringLiteral("head"), QString::fromLatin1(head)},
                                             {QStringLiteral("tail"), QString::fromLatin1(tail)},
                                             {QStringLiteral("generation"), generation},
                                             {QStringLiteral("offset"), point.offset},
                                             {QStringLiteral("chain"), QString::fromLatin1(point.chain.toHex())},
                                             {QStringLiteral("record"), point.record}}));
    }
    static Result<LogPosition> from(const QString &text)
    {
        COPPICE_TRY(const auto object, parseJsonObject(text.toUtf8(), QStringLiteral("position in a log")));
        LogPosition position;
        position.inode = object[u"inode"].toString();
        position.headLength = object[u"head_length"].toInteger();
        position.head = object[u"head"].toString().toLatin1();
        position.tail = object[u"tail"].toString().toLatin1();
        position.generation = object[u"generation"].toInt();
        position.point = {object[u"offset"].toInteger(), QByteArray::fromHex(object[u"chain"].toString().toLatin1()), object[u"record"].toInt()};
        return position;
    }
    /// Another file stands under the name.
    void beginAnew()
    {
        ++generation;
        inode.clear();
        head.clear();
        tail.clear();
        headLength = 0;
        point = {0, QByteArray("generation ") + QByteArray::number(generation), point.record};
    }
};

} // namespace coppice::capture
