// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/health.h"

#include <QJsonArray>

#include <array>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array verdicts{"good", "bad", "unknown", "exempt"};
constexpr std::array causes{"first", "fact", "policy", "time", "exemption", "gone"};

} // namespace

QString nameOf(Signal::Verdict verdict)
{
    return QLatin1String(verdicts[size_t(verdict)]);
}

Signal::Verdict verdictFrom(const QString &name)
{
    for (size_t i = 0; i < verdicts.size(); ++i) {
        if (name == QLatin1String(verdicts[i]))
            return Signal::Verdict(i);
    }
    return Signal::Verdict::Unknown;
}

QString nameOf(Movement::Cause::Kind kind)
{
    return QLatin1String(causes[size_t(kind)]);
}

QJsonObject toJson(const Fact &fact)
{
    QJsonObject object{{u"probe"_s, fact.probe}, {u"value"_s, fact.value}, {u"at"_s, fact.at}, {u"seen"_s, fact.seen},
                       {u"source"_s, fact.source}, {u"probe_ok"_s, fact.probeOk}};
    if (!fact.problem.isEmpty())
        object[u"problem"_s] = fact.problem;
    return object;
}

QJsonObject toJson(const Signal &signal)
{
    return {{u"signal"_s, signal.name},       {u"title"_s, signal.title},
            {u"probe"_s, signal.probe},       {u"verdict"_s, nameOf(signal.verdict)},
            {u"reason"_s, signal.reason},     {u"next"_s, signal.next},
            {u"exemption"_s, signal.exemption}, {u"worth"_s, signal.worth / 10.0},
            {u"points"_s, signal.points / 10.0}, {u"gain"_s, signal.gain / 10.0},
            {u"then"_s, signal.then},         {u"at"_s, signal.at}};
}

Signal signalFrom(const QJsonObject &object)
{
    const auto tenths = [&](const char *key) { return qRound(object[QLatin1String(key)].toDouble() * 10); };
    Signal signal;
    signal.name = object[u"signal"].toString();
    signal.title = object[u"title"].toString();
    signal.probe = object[u"probe"].toString();
    signal.verdict = verdictFrom(object[u"verdict"].toString());
    signal.reason = object[u"reason"].toString();
    signal.next = object[u"next"].toString();
    signal.exemption = object[u"exemption"].toString();
    signal.worth = tenths("worth");
    signal.points = tenths("points");
    signal.gain = tenths("gain");
    signal.then = object[u"then"].toString();
    signal.at = object[u"at"].toInteger();
    return signal;
}

QJsonObject toJson(const Score &score)
{
    QJsonArray reasons;
    for (const auto &signal : score.reasons)
        reasons.append(toJson(signal));
    return {{u"plugin"_s, score.plugin}, {u"kind"_s, score.kind}, {u"score"_s, score.tenths / 10.0}, {u"unknown"_s, score.unknown / 10.0},
            {u"counted"_s, score.counted()}, {u"unmeasured"_s, score.unmeasured()},
            {u"tier"_s, score.tier}, {u"why"_s, score.why}, {u"at"_s, score.at}, {u"reasons"_s, reasons}};
}

QJsonArray toJson(const std::vector<Movement::Cause> &all)
{
    QJsonArray array;
    for (const auto &cause : all)
        array.append(QJsonObject{{u"kind"_s, nameOf(cause.kind)}, {u"signal"_s, cause.signal}, {u"from"_s, cause.from}, {u"to"_s, cause.to},
                                 {u"points"_s, cause.points / 10.0}});
    return array;
}

std::vector<Movement::Cause> causesFrom(const QJsonArray &array)
{
    std::vector<Movement::Cause> all;
    for (const auto &value : array) {
        const auto object = value.toObject();
        Movement::Cause cause;
        for (size_t i = 0; i < causes.size(); ++i) {
            if (object[u"kind"].toString() == QLatin1String(causes[i]))
                cause.kind = Movement::Cause::Kind(i);
        }
        cause.signal = object[u"signal"].toString();
        cause.from = object[u"from"].toString();
        cause.to = object[u"to"].toString();
        cause.points = qRound(object[u"points"].toDouble() * 10);
        all.push_back(cause);
    }
    return all;
}

QJsonObject toJson(const Movement &movement)
{
    return {{u"plugin"_s, movement.plugin},
            {u"at"_s, movement.at},
            {u"before"_s, movement.before < 0 ? QJsonValue() : QJsonValue(movement.before / 10.0)},
            {u"after"_s, movement.after / 10.0},
            {u"tier_before"_s, movement.tierBefore},
            {u"tier_after"_s, movement.tierAfter},
            {u"causes"_s, toJson(movement.causes)}};
}

} // namespace coppice::health
