// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QString>

#include <vector>

namespace coppice::health {

/// What a probe measured on one plugin; it never judges.
struct Fact {
    QString probe;
    QString plugin;
    QJsonValue value;
    qint64 at = 0;
    QString source;
    bool probeOk = true; ///< the probe itself is well
};
/// A judgement of facts by a policy.
struct Signal {
    enum class Verdict { Good, Bad, Unknown, Exempt };
    QString name;
    QString plugin;
    Verdict verdict = Verdict::Unknown;
    QString reason;
    QString next; ///< what to do
    double weight = 1;
};
/// Their weighted sum.
struct Score {
    QString plugin;
    double value = 0; ///< 0 to 1
    QString tier;
    std::vector<Signal> why;
    qint64 at = 0;
};

} // namespace coppice::health
