// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/similar.h"

#include "base/json.h"
#include "tickets/row.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <cmath>

namespace coppice::tickets {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostTickets = 2000;
constexpr double least = 0.3;
constexpr int mostFrames = 8;
constexpr int mostWords = 60;

/// Words without what changes from one event to the next: numbers, ids, paths' folders.
QSet<QString> wordsOf(const QJsonObject &facts)
{
    static const QRegularExpression word(u"[\\p{L}_]{3,40}"_s);
    static const QSet<QString> empty{u"the"_s, u"and"_s, u"for"_s, u"not"_s, u"with"_s, u"from"_s, u"was"_s, u"that"_s, u"this"_s, u"error"_s, u"exception"_s, u"failed"_s};
    QSet<QString> words;
    QString text = facts[u"message"].toString().section(u'\n', 0, 1).left(600).toLower();
    text.remove(QRegularExpression(u"\\S*[0-9]\\S*"_s));
    for (auto it = word.globalMatch(text); it.hasNext() && words.size() < mostWords;) {
        const QString found = it.next().captured();
        if (!empty.contains(found))
            words << found;
    }
    return words;
}

/// Function and file of the in-app frames, without folders and lines: what survives a release.
QStringList placesOf(const QJsonObject &facts)
{
    QStringList places;
    const QJsonArray frames = facts[u"frames"].toArray();
    for (const auto &frame : frames) {
        if (!frame[u"in_app"].toBool(true) || places.size() >= mostFrames)
            continue;
        const QString file = frame[u"file"].toString().section(QRegularExpression(u"[/\\\\]"_s), -1);
        const QString place = u"%1 in %2"_s.arg(frame[u"function"].toString().left(80), file.left(80));
        if (!places.contains(place))
            places << place;
    }
    return places;
}

double overlap(const QSet<QString> &a, const QSet<QString> &b, const std::function<double(const QString &)> &rarity, QStringList &common)
{
    double both = 0, all = 0;
    for (const QString &word : a + b) {
        const double weight = rarity ? rarity(word) : 1;
        all += weight;
        if (a.contains(word) && b.contains(word)) {
            both += weight;
            common << word;
        }
    }
    common.sort();
    return all > 0 ? both / all : 0;
}

} // namespace

QJsonObject toJson(const Similar &similar)
{
    return {{u"ticket"_s, similar.ticket},   {u"title"_s, similar.title}, {u"plugin"_s, similar.plugin}, {u"state"_s, nameOf(similar.state)},
            {u"outcome"_s, similar.outcome}, {u"score"_s, std::round(similar.score * 100) / 100}, {u"why"_s, similar.why}};
}

Similar compare(const QJsonObject &facts, const QJsonObject &others, const std::function<double(const QString &)> &rarity)
{
    Similar similar;
    QStringList reasons;
    const QString type = facts[u"type"].toString();
    const bool sameType = !type.isEmpty() && type == others[u"type"].toString();
    if (sameType)
        reasons << u"the same exception (%1)"_s.arg(type.left(100));

    const QStringList here = placesOf(facts), there = placesOf(others);
    QStringList shared;
    for (const QString &place : here) {
        if (there.contains(place))
            shared << place;
    }
    const qsizetype most = qMax(here.size(), there.size());
    const double frames = most > 0 ? double(shared.size()) / double(most) : 0;
    const bool sameTop = !here.isEmpty() && !there.isEmpty() && here.front() == there.front();
    if (!shared.isEmpty())
        reasons << u"%1 of %2 frames in common (%3)"_s.arg(shared.size()).arg(most).arg(QStringList(shared.mid(0, 3)).join(u"; "_s));

    QStringList words;
    const double message = overlap(wordsOf(facts), wordsOf(others), rarity, words);
    if (!words.isEmpty())
        reasons << u"words in common: %1"_s.arg(QStringList(words.mid(0, 6)).join(u", "_s));

    const bool traced = !here.isEmpty() || !there.isEmpty();
    similar.score = traced ? 0.15 * sameType + 0.35 * frames + 0.15 * sameTop + 0.35 * message : 0.25 * sameType + 0.75 * message;
    // A common exception alone says nothing.
    if (shared.isEmpty() && words.isEmpty())
        similar.score = 0;
    similar.why = reasons.join(u"; "_s);
    if (!similar.why.isEmpty())
        similar.why = similar.why[0].toUpper() + similar.why.mid(1) + u'.';
    return similar;
}

Result<std::vector<Similar>> similarTo(store::Database &state, const Ticket &ticket, int most)
{
    struct Other {
        Similar about;
        QJsonObject facts;
    };
    COPPICE_TRY(const auto others, state.read<std::vector<Other>>([&](store::Connection &connection) -> Result<std::vector<Other>> {
        std::vector<Other> all;
        // Only what is compared: an evidence with its trace is long.
        COPPICE_CHECK(connection.query(u"SELECT id, title, plugin, state, fix, reason, json_extract(facts, '$.type'), json_extract(facts, '$.message'), json_extract(facts, '$.frames') "
                                       "FROM tickets WHERE kind = 'error' AND id <> ? ORDER BY id DESC LIMIT ?"_s,
                                       {ticket.id.toString(), mostTickets}, [&](const store::Row &row) {
                                           Other other;
                                           other.about.ticket = row.text(0);
                                           other.about.title = row.text(1);
                                           other.about.plugin = row.text(2);
                                           other.about.state = stateFrom(row.text(3)).value_or(Ticket::State::Inbox);
                                           other.about.outcome = row.text(4).isEmpty() ? row.text(5) : row.text(4);
                                           other.facts = {{u"type"_s, row.text(6)}, {u"message"_s, row.text(7)}, {u"frames"_s, QJsonDocument::fromJson(row.text(8).toUtf8()).array()}};
                                           all.push_back(std::move(other));
                                       }));
        return all;
    }));
    QHash<QString, int> seen;
    for (const auto &other : others) {
        for (const QString &word : wordsOf(other.facts))
            ++seen[word];
    }
    const double count = double(others.size()) + 1;
    const auto rarity = [&](const QString &word) { return 0.2 + std::log(count / (1 + seen.value(word))); };
    std::vector<Similar> found;
    for (const auto &other : others) {
        Similar similar = compare(ticket.facts, other.facts, others.size() < 10 ? std::function<double(const QString &)>() : rarity);
        if (other.about.plugin != ticket.plugin)
            similar.score *= 0.8;
        if (similar.score < least)
            continue;
        Similar told = other.about;
        told.score = similar.score;
        told.why = similar.why;
        found.push_back(std::move(told));
    }
    std::stable_sort(found.begin(), found.end(), [](const Similar &a, const Similar &b) { return a.score > b.score; });
    if (found.size() > size_t(most))
        found.resize(size_t(most));
    return found;
}

} // namespace coppice::tickets
