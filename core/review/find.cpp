// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/find.h"

#include <QByteArrayMatcher>

#include <algorithm>

namespace coppice::review {

namespace {

constexpr qsizetype atOnce = 1 << 20; ///< bytes that are made lower case together

QString lowered(const QString &text)
{
    QString lower = text;
    for (auto &c : lower) {
        if (c >= u'A' && c <= u'Z')
            c = QChar(c.unicode() + 32);
    }
    return lower;
}

/// Byte places of `word` in `text`, in order.
std::vector<qint64> placesOf(const QByteArray &text, const QByteArray &word, std::stop_token stop, bool &more)
{
    std::vector<qint64> places;
    const QByteArrayMatcher matcher(word);
    for (qsizetype from = 0; from < text.size() && !stop.stop_requested(); from += atOnce) {
        // Pieces overlap by a word less a byte, so that each place is found once.
        const QByteArray piece = text.mid(from, atOnce + word.size() - 1).toLower();
        for (qsizetype at = matcher.indexIn(piece); at >= 0; at = matcher.indexIn(piece, at + word.size())) {
            if (at >= atOnce)
                break;
            if (!places.empty() && places.back() + word.size() > from + at)
                continue;
            if (places.size() >= mostHits) {
                more = true;
                return places;
            }
            places.push_back(from + at);
        }
    }
    return places;
}

} // namespace

Hits findIn(const AlignedFile &file, const QString &text, std::stop_token stop)
{
    Hits hits;
    const QByteArray word = lowered(text).toUtf8();
    if (word.isEmpty() || word.contains('\n'))
        return hits;
    const auto onLines = [&](const QByteArray &bytes, bool newSide) {
        std::vector<Hit> all;
        int line = 1;
        const int lines = newSide ? file.newLines() : file.oldLines();
        qint64 start = 0;
        for (const qint64 place : placesOf(bytes, word, stop, hits.more)) {
            for (; line <= lines; ++line) {
                const qint64 size = (newSide ? file.newLine(line) : file.oldLine(line)).size();
                if (place < start + size)
                    break;
                start += size;
            }
            all.push_back({newSide, line, place - start});
        }
        return all;
    };
    const auto fresh = onLines(file.after(), true), old = onLines(file.before(), false);
    // Rows are in order of new lines; old lines of a block stand among its new ones as its pairs have it.
    auto nextNew = fresh.begin();
    auto nextOld = old.begin();
    for (const auto &block : file.blocks()) {
        while (nextNew != fresh.end() && nextNew->line < block.newFirst)
            hits.all.push_back(*nextNew++);
        while (nextOld != old.end() && nextOld->line < block.oldFirst)
            ++nextOld;
        for (int i = block.firstPair; i < block.firstPair + block.pairs; ++i) {
            const auto &pair = file.pairs()[size_t(i)];
            while (nextOld != old.end() && nextOld->line == pair.oldLine)
                hits.all.push_back(*nextOld++);
            while (nextNew != fresh.end() && nextNew->line == pair.newLine)
                hits.all.push_back(*nextNew++);
        }
    }
    hits.all.insert(hits.all.end(), nextNew, fresh.end());
    if (hits.all.size() > mostHits) {
        hits.all.resize(mostHits);
        hits.more = true;
    }
    return hits;
}

std::vector<WordChange> findInLine(const QString &line, const QString &text)
{
    std::vector<WordChange> places;
    if (text.isEmpty())
        return places;
    const QString in = lowered(line), word = lowered(text);
    for (qsizetype at = in.indexOf(word); at >= 0; at = in.indexOf(word, at + word.size()))
        places.push_back({int(at), int(word.size())});
    return places;
}

} // namespace coppice::review
