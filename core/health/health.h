// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <vector>

namespace coppice::health {

/// What a probe measured on one plugin; it never judges. Texts in the value may come from outside: they are plain and short.
struct Fact {
    QString probe;
    QString plugin;
    QJsonObject value;
    qint64 at = 0;    ///< ms; when this value was measured first
    qint64 seen = 0;  ///< ms; when the probe last found it to be so (or that nothing it follows from has changed)
    QString source;   ///< what it was read from: "the plugin's files", "events.db", …
    bool probeOk = true; ///< the probe itself is well
    QString problem;     ///< why it is not
};
/// A judgement of facts by a policy.
struct Signal {
    enum class Verdict { Good, Bad, Unknown, Exempt };
    QString name;  ///< stable word: "licence", "tests", …
    QString title; ///< for people
    QString plugin;
    QString probe; ///< whose fact was judged
    Verdict verdict = Verdict::Unknown;
    QString reason; ///< a sentence
    QString next;   ///< what to do; empty: nothing
    QString exemption; ///< why it does not count, or that its exemption is over
    int worth = 0;  ///< tenths of a point that it can bring; those of all signals of a plugin sum to 1000, or to 0
    int points = 0; ///< tenths of a point that it brings: all of `worth` only where it is Good
    int gain = 0;   ///< tenths that would be added if it were Good
    QString then;   ///< the tier that the plugin would have, if only this were Good
    qint64 at = 0;  ///< ms; of the fact
};
/// Their sum.
struct Score {
    QString plugin;
    QString kind;    ///< mcp-server, service or library: by which the policy may differ
    int tenths = 0;  ///< 0 to 1000; exactly the sum of the signals' points
    int unknown = 0; ///< tenths that nobody knows about
    QString tier;    ///< excellent, good, fair, poor: what is proven; unknown where what is not measured could lift it by two of them
    QString why;     ///< of the tier, a sentence
    std::vector<Signal> reasons; ///< those that are worth most first
    qint64 at = 0;   ///< ms; when it was judged
    [[nodiscard]] double points() const { return tenths / 10.0; } ///< 0 to 100
    [[nodiscard]] int counted() const;    ///< signals that can bring something
    [[nodiscard]] int unmeasured() const; ///< those of them that nobody knows about
};
/// One movement of a plugin's score, and what caused it.
struct Movement {
    struct Cause {
        enum class Kind { First, Fact, Policy, Time, Exemption, Gone };
        Kind kind = Kind::Fact;
        QString signal; ///< empty: of the whole
        QString from, to; ///< what was said of it before, and is now
        int points = 0; ///< tenths that it added
    };
    QString plugin;
    qint64 at = 0;
    int before = -1; ///< tenths; -1: it was not measured before
    int after = 0;
    QString tierBefore, tierAfter;
    std::vector<Cause> causes; ///< their points sum to after - before (to after, where it was the first)
};

/// What nobody knows over all plugins, by signal, what is worth most first: to be told apart from what is bad.
struct Unmeasured {
    struct Kind {
        QString signal, title;
        QString next; ///< how to measure it
        int plugins = 0;
        int tenths = 0; ///< over all of them
    };
    int signals_ = 0, counted = 0; ///< of all plugins' signals
    std::vector<Kind> kinds;
    [[nodiscard]] QString sentence() const; ///< empty: all is known
};
[[nodiscard]] Unmeasured unmeasuredOf(const std::vector<const Score *> &scores);
[[nodiscard]] QJsonObject toJson(const Unmeasured &unmeasured);

[[nodiscard]] QString nameOf(Signal::Verdict verdict); ///< lower case
[[nodiscard]] Signal::Verdict verdictFrom(const QString &name);
[[nodiscard]] QString nameOf(Movement::Cause::Kind kind);
[[nodiscard]] QJsonObject toJson(const Fact &fact);
[[nodiscard]] QJsonObject toJson(const Signal &signal);
[[nodiscard]] Signal signalFrom(const QJsonObject &object);
[[nodiscard]] QJsonObject toJson(const Score &score);
[[nodiscard]] QJsonObject toJson(const Movement &movement);
[[nodiscard]] std::vector<Movement::Cause> causesFrom(const QJsonArray &array);
[[nodiscard]] QJsonArray toJson(const std::vector<Movement::Cause> &causes);

} // namespace coppice::health
