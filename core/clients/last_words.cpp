// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/last_words.h"

#include "text/hidden.h"

#include <QStringList>

#include <algorithm>

namespace coppice::clients {

namespace {
constexpr qsizetype tailKept = 2048;
}

QString lastWords(const QByteArray &tail)
{
    const QStringList lines = text::plain(QString::fromUtf8(tail)).split(u'\n', Qt::SkipEmptyParts);
    for (auto it = lines.crbegin(); it != lines.crend(); ++it) {
        const QString line = it->simplified().left(300);
        if (line.isEmpty())
            continue;
        // A character may have been cut in two where the tail begins; more than that is no text.
        const auto odd = std::ranges::count_if(line, [](QChar c) { return c == QChar::ReplacementCharacter || (!c.isPrint() && !c.isSurrogate()); });
        if (odd > 1)
            return QStringLiteral(" What it printed is no text.");
        QString clean = line;
        clean.remove(QChar(QChar::ReplacementCharacter));
        return QStringLiteral(" It printed last: ") + clean.trimmed();
    }
    return {};
}

void keepTail(QByteArray &tail, QByteArrayView piece)
{
    tail.append(piece.last(std::min(piece.size(), tailKept)));
    if (tail.size() > 4 * tailKept)
        tail = tail.right(tailKept);
}

} // namespace coppice::clients
