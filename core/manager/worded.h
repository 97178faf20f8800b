// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace coppice::manager {

struct Brief;

/// A fact of one brief as a client is given it and as a sentence names it.
struct NamedFact {
    QString id; ///< "r1" at risk, "c1" changed, "p1" proposed, "u1" not known; holds within its brief
    QString text;
    QString plugin; ///< that it is about; empty: the whole library
    QString link;
    qint64 at = 0;
    bool outside = false; ///< its words hold text from outside
};
/// In the order of the brief.
[[nodiscard]] std::vector<NamedFact> namedFacts(const Brief &brief);

/// A brief told by a client, in sentences that each stand on facts of the same brief: what was not supported is not in here.
struct Worded {
    struct Sentence {
        QString text; ///< plain, one line
        QStringList facts; ///< ids, at least one
    };
    QString client;
    qint64 at = 0;
    std::vector<std::vector<Sentence>> paragraphs; ///< empty: the plain brief is shown instead, because of `problem`
    int leftOut = 0;     ///< sentences that were not supported
    QStringList reasons; ///< why, one for each of these, at most 40
    QStringList untold;  ///< ids of facts at risk or changed that no sentence stands on
    QString problem;     ///< why there is no text; a sentence
    qint64 micros = 0;   ///< what it cost, in millionths of a US dollar
};
[[nodiscard]] QJsonObject toJson(const Worded &worded);
[[nodiscard]] Worded wordedFrom(const QJsonObject &object);
/// "2 sentences were left out: not supported by facts."; empty where none was.
[[nodiscard]] QString leftOutText(const Worded &worded);

} // namespace coppice::manager
