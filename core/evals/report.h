// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "evals/comparison.h"

#include <QJsonObject>

namespace coppice::evals {

/// One arm of a report, as a whole and by level.
struct ReportArm {
    Arm arm;
    QString name; ///< for people, and no other arm's of this report
    Sum all;
    std::vector<std::pair<QString, Sum>> levels; ///< by name
    qint64 first = 0, last = 0; ///< when its trials ended, ms since 1970
};
/// One task, with what each arm did with it.
struct ReportTask {
    QString task, level, plugin, expects;
    bool changed = false; ///< not all trials were made of the same files
    std::vector<std::vector<int>> cells; ///< for each arm, the positions of its trials in Report::trials, by number
};
/// Why trials of one arm failed: what one grader found, over all of them. A trial with two findings is in both.
struct ReportCause {
    int arm = 0;
    QString kind;    ///< as Finding, or "none": failed and no grader says why
    QString meaning; ///< in plain words
    int trials = 0;
    QStringList tasks;
    QString example; ///< what the grader said first
};
/// Trials that say nothing about the client: the machine or a provider's limit broke them.
struct ReportBroken {
    int arm = 0;
    QString failure; ///< machine, limit
    QString reason;
    int trials = 0;
    QStringList tasks;
};
/// What a comparison says, for people who do not read intervals.
struct Judgement {
    enum class Kind { Better, Worse, Alike, TooFew };
    Kind kind = Kind::TooFew;
    QString sentence;
};
struct ReportComparison {
    int first = 0, second = 0; ///< arms
    Comparison figures;
    Judgement judgement;
};

/// What trials come to: computed once, shown in the window and written in every form.
struct Report {
    QString name;
    qint64 at = 0;              ///< when it was computed
    qint64 first = 0, last = 0; ///< when its trials ended
    std::vector<Trial> trials;
    std::vector<ReportArm> arms;   ///< in the order in which they were first tried
    std::vector<ReportTask> tasks; ///< by level, then name
    std::vector<ReportCause> causes; ///< by arm, the most frequent first
    std::vector<ReportBroken> broken;
    /// What the shared instructions bring: each version against the arm without, and each against the one tried before it; of
    /// the same client and model.
    std::vector<ReportComparison> comparisons;
    int counted = 0, uncounted = 0; ///< trials
    QStringList levels;

    [[nodiscard]] bool triedWithout() const; ///< whether an arm without shared instructions has trials that count
};
[[nodiscard]] Report makeReport(std::vector<Trial> trials, const QString &name, qint64 at);

/// Two arms of a report, paired.
[[nodiscard]] ReportComparison compareArms(const Report &report, int first, int second);
/// Better or worse only where the interval leaves 0 out and chance is less likely than one in twenty; alike where the interval
/// lies within `margin` on both sides; otherwise, and with fewer tasks than the gate asks for, it is too few to tell.
[[nodiscard]] Judgement judge(const Comparison &comparison, const QString &first, const QString &second, double margin = 0.1);

/// The report in a few sentences: what was tested, how it went, and whether the shared instructions help.
[[nodiscard]] QString testedSentence(const Report &report);
[[nodiscard]] QStringList resultSentences(const Report &report);
[[nodiscard]] QString instructionsSentence(const Report &report);
/// What a kind of finding means, in plain words; the kind itself where it is not known.
[[nodiscard]] QString meaningOf(const QString &kind);
/// "passed", "failed", "machine" or "limit"
[[nodiscard]] QString gradeOf(const Trial &trial);

/// As people read them: "81.3 %", "64.0 to 92.0 %", "+12.5 points", "4 min 10 s", "0.0312 USD"; "–" for what is not a number.
[[nodiscard]] QString percentText(double share);
[[nodiscard]] QString rangeText(const Interval &interval);
[[nodiscard]] QString pointsText(double difference);
[[nodiscard]] QString secondsText(double seconds);
[[nodiscard]] QString moneyText(double dollars);

/// One page with everything in it: no script, nothing from elsewhere; figures are inline SVG. Its first page is for who decides.
[[nodiscard]] QString toHtml(const Report &report);
/// A line for each arm as a whole (scope all), each level and each task of it.
[[nodiscard]] QByteArray toCsv(const Report &report);
[[nodiscard]] QJsonObject toJson(const Report &report);

/// Figures of the page, also for whoever draws the same: shares of 1.
[[nodiscard]] QString successSvg(double rate, const Interval &interval, int width);
[[nodiscard]] QString differenceSvg(double difference, const Interval &interval, int width, Judgement::Kind kind);

} // namespace coppice::evals
