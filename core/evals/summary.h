// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "evals/statistics.h"
#include "evals/trial.h"

#include <QMap>

namespace coppice::evals {

/// Who made trials: one client with one model and one version of the instructions.
struct Arm {
    QString client, model, name;
    QString instructions; ///< tree id; empty: none
    friend bool operator==(const Arm &, const Arm &) = default;
    [[nodiscard]] QString toString() const; ///< "claude with shipped", "gemini (flash) with none"
};
/// The trials of a folder that belong together, in the order in which their arms were first tried. A name that has stood for
/// other instructions before (a branch) is one arm for each.
[[nodiscard]] std::vector<std::pair<Arm, std::vector<Trial>>> byArm(const std::vector<Trial> &trials);

/// Of a size that varies: seconds, US dollars. Bounds by bootstrap of the median; NaN where there is nothing.
struct Spread {
    double median = 0, low = 0, high = 0, p90 = 0;
};
/// What trials of several tasks come to. Only trials that count: what the machine or a provider broke stands beside them.
struct Sum {
    int tasks = 0;
    int trials = 0; ///< that count
    int passed = 0;
    int machine = 0, limit = 0; ///< that do not
    double rate = 0;     ///< of trials; NaN without any
    Interval wilson;     ///< of that rate, as if all trials were of different tasks
    Interval clustered;  ///< of that rate, from drawing whole tasks: right also with several trials of each
    int most = 0;        ///< k for which the next two are known: the fewest counted trials of a task, at most 10
    std::vector<double> passAt, passHat; ///< [k - 1]: mean over tasks
    Spread seconds, cost;
    double costOfPassed = 0; ///< US dollars spent for each trial that passed; NaN where none did
    qint64 inputTokens = 0, outputTokens = 0;
    int denials = 0;
    QMap<QString, int> findings; ///< kind → trials
    struct Steps {
        int yes = 0, no = 0, skipped = 0;
    };
    QMap<QString, Steps> steps; ///< "fix: change" → trials
};
[[nodiscard]] Sum sumOf(const std::vector<Trial> &trials);
[[nodiscard]] QMap<QString, std::vector<Trial>> byLevel(const std::vector<Trial> &trials);
[[nodiscard]] QJsonObject toJson(const Sum &sum);
[[nodiscard]] QJsonObject toJson(const Arm &arm);

/// {low, high}, null where it is not a number.
[[nodiscard]] QJsonObject toJson(const Interval &interval);
[[nodiscard]] QJsonValue numberOrNull(double value);

/// The same for everybody who looks at the same trials.
inline constexpr std::uint64_t lotsSeed = 20'260'101;

} // namespace coppice::evals
