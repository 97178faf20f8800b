// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "health/health.h"
#include "health/policy.h"

#include <QHash>

namespace coppice::health {

/// The facts of one plugin, by probe.
using Facts = QHash<QString, Fact>;

/// What a signal says of a fact.
struct Judged {
    Signal::Verdict verdict = Signal::Verdict::Unknown;
    double part = 0; ///< 0 to 1, of what it is worth; 1 for Good, 0 for Unknown
    QString reason;
    QString next;
};
struct Judge {
    const Policy &policy;
    QJsonObject value; ///< of the probe's fact
    QString plugin;
    qint64 now = 0;
};
/// One signal. Its judgement looks at one probe's fact and the policy, and at nothing else.
struct SignalKind {
    const char *name;
    const char *title;
    const char *probe;
    double weight; ///< where the policy says nothing
    Judged (*judge)(const Judge &judge);
};
[[nodiscard]] const std::vector<SignalKind> &signalKinds();
[[nodiscard]] const SignalKind *signalKind(const QString &name);

/// Parts of the list, one file each.
[[nodiscard]] std::vector<SignalKind> fileSignals();
[[nodiscard]] std::vector<SignalKind> workSignals();

[[nodiscard]] inline Judged good(const QString &reason) { return {Signal::Verdict::Good, 1, reason, {}}; }
[[nodiscard]] inline Judged bad(const QString &reason, const QString &next, double part = 0) { return {Signal::Verdict::Bad, part, reason, next}; }
[[nodiscard]] inline Judged unknown(const QString &reason, const QString &next) { return {Signal::Verdict::Unknown, 0, reason, next}; }
[[nodiscard]] inline Judged exempt(const QString &reason) { return {Signal::Verdict::Exempt, 0, reason, {}}; }
/// "a, b and 3 more" of a fact's list.
[[nodiscard]] QString listed(const QJsonArray &array, const char *key, int count, int shown = 3);

} // namespace coppice::health
