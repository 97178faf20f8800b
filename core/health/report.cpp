// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/report.h"

#include "base/clock.h"
#include "graph/dependents.h"

#include <QJsonArray>
#include <QLocale>

#include <algorithm>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

int medianOf(std::vector<int> all)
{
    if (all.empty())
        return -1;
    std::ranges::sort(all);
    return all[all.size() / 2];
}

QString points(int tenths)
{
    return QLocale::c().toString(tenths / 10.0, 'f', 1);
}

QString plugins(int n)
{
    return n == 1 ? u"1 plugin"_s : u"%1 plugins"_s.arg(n);
}

/// What moved most points over all, the largest first.
std::vector<ReportCause> causesOf(const std::vector<Movement> &movements)
{
    struct Sum {
        ReportCause cause;
        QHash<QString, int> plugins; ///< net tenths
    };
    QMap<QString, Sum> sums;
    for (const auto &movement : movements) {
        for (const auto &cause : movement.causes) {
            const bool policy = cause.kind == Movement::Cause::Kind::Policy;
            auto &sum = sums[(policy ? u"1"_s : u"0"_s) + cause.signal];
            const auto *kind = signalKind(cause.signal);
            sum.cause.signal = cause.signal;
            sum.cause.title = kind ? QString::fromLatin1(kind->title) : cause.signal.isEmpty() ? cause.from : cause.signal;
            if (!sum.cause.title.isEmpty())
                sum.cause.title.front() = sum.cause.title.front().toUpper();
            sum.cause.policy = policy;
            sum.plugins[movement.plugin] += cause.points;
        }
    }
    std::vector<ReportCause> causes;
    for (auto &sum : sums) {
        for (const int by : std::as_const(sum.plugins)) {
            sum.cause.better += by > 0;
            sum.cause.worse += by < 0;
            sum.cause.points += by;
        }
        if (sum.cause.better + sum.cause.worse > 0)
            causes.push_back(sum.cause);
    }
    std::ranges::stable_sort(causes, [](const auto &a, const auto &b) { return qAbs(a.points) > qAbs(b.points); });
    return causes;
}

QString verdictOf(const QString &told)
{
    return told.section(u':', 0, 0);
}

} // namespace

QHash<QString, int> allDependents(const library::Catalog &catalog)
{
    const graph::Dependents dependents(catalog);
    QHash<QString, int> all;
    for (const auto &entry : catalog.entries)
        all.insert(entry.plugin.id, dependents.countAll(entry.plugin.id));
    return all;
}

Result<Report> makeReport(store::Database &state, const library::Library &library, const library::Catalog &catalog, const QHash<QString, int> &dependents, qint64 since)
{
    HealthStore store(state);
    Report report;
    report.library = catalog.settings.name.isEmpty() ? library.name() : catalog.settings.name;
    report.made = nowMs();
    report.since = since;
    COPPICE_TRY(const auto scores, store.scores());
    if (scores.isEmpty() && !catalog.entries.empty())
        return failNotFound(u"health.not-measured"_s, u"Nothing has been measured yet"_s, library.path(), u"Measure first: coppicectl health show."_s);
    COPPICE_TRY(report.movements, store.movements({}, since));
    COPPICE_TRY(auto stood, store.stoodAt(since));
    if (stood.isEmpty() && std::ranges::any_of(report.movements, [](const auto &movement) { return movement.before >= 0; })) {
        // younger than what it is to be compared with: with its first measuring, then
        report.since = std::ranges::min(report.movements, {}, &Movement::at).at;
        COPPICE_TRY(stood, store.stoodAt(report.since));
    }
    COPPICE_TRY(const auto probes, store.probes());
    for (auto it = probes.cbegin(); it != probes.cend(); ++it) {
        report.at = qMax(report.at, it->seen);
        if (!it->problem.isEmpty())
            report.unwell << it.key() + u": "_s + it->problem;
    }
    report.unwell.sort();
    COPPICE_TRY(const auto repository, library.repository());
    report.problems = problemsOf(library::healthSettingsAt(repository, catalog.head));

    QMap<QString, ReportWork> work;
    std::vector<int> now, before;
    qint64 unknown = 0;
    for (const auto &entry : catalog.entries) {
        const auto stored = scores.constFind(entry.plugin.id);
        if (stored == scores.cend())
            continue;
        ReportLine line;
        line.score = stored->score;
        line.owners = entry.plugin.settings.owners;
        line.dependents = dependents.value(entry.plugin.id);
        line.risk = (1000 - line.score.tenths) / 10.0 * (1 + line.dependents);
        if (const auto was = stood.constFind(entry.plugin.id); was != stood.cend()) {
            line.before = was->tenths;
            line.tierBefore = was->tier;
            ++report.compared;
            ++report.tiersBefore[was->tier];
            report.better += line.score.tenths > was->tenths;
            report.worse += line.score.tenths < was->tenths;
            before.push_back(was->tenths);
        } else {
            ++report.added;
        }
        ++report.tiers[line.score.tier];
        now.push_back(line.score.tenths);
        unknown += line.score.unknown;
        for (const auto &signal : line.score.reasons) {
            if (signal.at > 0 && (report.oldestFact == 0 || signal.at < report.oldestFact))
                report.oldestFact = signal.at;
        }
        report.lines.push_back(std::move(line));
    }
    std::ranges::stable_sort(report.lines, [](const auto &a, const auto &b) { return a.risk > b.risk; });
    for (const auto &line : report.lines) {
        for (const auto &signal : line.score.reasons) {
            if (signal.gain <= 0)
                continue;
            auto &one = work[signal.name];
            one.signal = signal.name;
            one.title = signal.title;
            if (one.next.isEmpty())
                one.next = signal.next;
            one.plugins << line.score.plugin;
            one.bad += signal.verdict == Signal::Verdict::Bad;
            one.unknown += signal.verdict == Signal::Verdict::Unknown;
            one.dark += signal.verdict == Signal::Verdict::Unknown ? signal.worth - signal.points : 0;
            one.gain += signal.gain;
        }
    }
    for (const auto &one : std::as_const(work))
        report.work.push_back(one);
    std::ranges::stable_sort(report.work, [](const auto &a, const auto &b) { return a.gain > b.gain; });
    report.median = qMax(0, medianOf(now));
    report.medianBefore = medianOf(before);
    report.unknown = report.lines.empty() ? 0 : int(unknown / qint64(report.lines.size()));
    std::erase_if(report.movements, [](const auto &movement) { return movement.before < 0; });
    report.causes = causesOf(report.movements);
    std::ranges::stable_sort(report.movements, [](const auto &a, const auto &b) { return qAbs(a.after - a.before) > qAbs(b.after - b.before); });
    COPPICE_TRY(report.days, store.days(0));
    return report;
}

QString headlineOf(const Report &report)
{
    const int all = int(report.lines.size());
    if (all == 0)
        return u"The library holds no plugins yet."_s;
    const int well = report.tiers.value(u"excellent"_s) + report.tiers.value(u"good"_s), dark = report.tiers.value(u"unknown"_s);
    const auto are = [](int n) { return n == 0 ? u"none is"_s : n == 1 ? u"1 is"_s : u"%1 are"_s.arg(n); };
    QString text = u"%1 of %2 %3 in good health, %4 fair, %5 poor"_s.arg(well).arg(plugins(all), well == 1 ? u"is"_s : u"are"_s, are(report.tiers.value(u"fair"_s)), are(report.tiers.value(u"poor"_s)));
    if (dark > 0)
        text += u", and of %1 too little is known"_s.arg(dark);
    return text + u'.';
}

QString movementSentence(const Report &report)
{
    const QString day = isoTime(report.since).left(10);
    if (report.compared == 0)
        return u"There is nothing to compare with: no plugin was measured by %1."_s.arg(day);
    QString text = u"Since %1, %2 got better and %3 got worse"_s.arg(day).arg(report.better).arg(report.worse);
    if (report.medianBefore >= 0)
        text += u"; the middle one has %1 points, and had %2"_s.arg(points(report.median), points(report.medianBefore));
    if (report.added > 0)
        text += u"; %1 were measured for the first time"_s.arg(report.added);
    return text + u'.';
}

QString unknownSentence(const Report &report)
{
    std::vector<const Score *> scores;
    for (const auto &line : report.lines)
        scores.push_back(&line.score);
    const QString what = unmeasuredOf(scores).sentence();
    return what.isEmpty() ? u"Everything that counts is known."_s : u"%1 % of all points are not known. %2"_s.arg(points(report.unknown), what);
}

QString causesText(const Movement &movement, int most)
{
    QStringList parts;
    for (const auto &cause : movement.causes) {
        if (parts.size() >= most)
            break;
        const auto *kind = signalKind(cause.signal);
        const QString name = kind ? QLatin1String(kind->title) : cause.signal.isEmpty() ? cause.from : cause.signal;
        const QString sign = cause.points > 0 ? u"+"_s : QString();
        QString what = cause.signal.isEmpty() ? cause.to : verdictOf(cause.from) + u" → "_s + cause.to;
        if (cause.kind == Movement::Cause::Kind::Policy)
            what = u"the policy was changed; "_s + what;
        else if (cause.kind == Movement::Cause::Kind::Time)
            what = u"time went by; "_s + what;
        parts << (name.isEmpty() ? u"%1 (%2%3)"_s.arg(what, sign, points(cause.points)) : u"%1 (%2%3): %4"_s.arg(name, sign, points(cause.points), what));
    }
    if (qsizetype(movement.causes.size()) > parts.size())
        parts << u"and %1 more"_s.arg(qsizetype(movement.causes.size()) - parts.size());
    return parts.join(u"; "_s);
}

QJsonObject toJson(const Report &report)
{
    QJsonArray lines, movements, causes, work, days, problems;
    for (const auto &line : report.lines) {
        auto object = toJson(line.score);
        object[u"owners"_s] = QJsonArray::fromStringList(line.owners);
        object[u"dependents"_s] = line.dependents;
        object[u"risk"_s] = line.risk;
        object[u"before"_s] = line.before < 0 ? QJsonValue() : QJsonValue(line.before / 10.0);
        object[u"tier_before"_s] = line.tierBefore;
        lines.append(object);
    }
    for (const auto &movement : report.movements)
        movements.append(toJson(movement));
    for (const auto &one : report.causes)
        causes.append(QJsonObject{{u"signal"_s, one.signal}, {u"title"_s, one.title}, {u"policy"_s, one.policy}, {u"better"_s, one.better}, {u"worse"_s, one.worse}, {u"points"_s, one.points / 10.0}});
    for (const auto &one : report.work)
        work.append(QJsonObject{{u"signal"_s, one.signal}, {u"title"_s, one.title}, {u"next"_s, one.next}, {u"plugins"_s, QJsonArray::fromStringList(one.plugins)},
                                {u"bad"_s, one.bad}, {u"unknown"_s, one.unknown}, {u"gain"_s, one.gain / 10.0}, {u"not_known"_s, one.dark / 10.0}});
    const auto tiers = [](const QMap<QString, int> &map) {
        QJsonObject object;
        for (const auto &tier : tierNames() + QStringList{u"unknown"_s})
            object[tier] = map.value(tier);
        return object;
    };
    for (const auto &day : report.days)
        days.append(QJsonObject{{u"at"_s, day.at}, {u"plugins"_s, day.plugins}, {u"median"_s, day.median / 10.0}, {u"tiers"_s, tiers(day.tiers)}});
    for (const auto &problem : report.problems)
        problems.append(QJsonObject{{u"where"_s, problem.where()}, {u"text"_s, problem.text}});
    return {{u"library"_s, report.library},
            {u"measured"_s, report.at},
            {u"made"_s, report.made},
            {u"since"_s, report.since},
            {u"headline"_s, headlineOf(report)},
            {u"movement"_s, movementSentence(report)},
            {u"unknown_sentence"_s, unknownSentence(report)},
            {u"tiers"_s, tiers(report.tiers)},
            {u"tiers_before"_s, tiers(report.tiersBefore)},
            {u"compared"_s, report.compared},
            {u"better"_s, report.better},
            {u"worse"_s, report.worse},
            {u"added"_s, report.added},
            {u"median"_s, report.median / 10.0},
            {u"median_before"_s, report.medianBefore < 0 ? QJsonValue() : QJsonValue(report.medianBefore / 10.0)},
            {u"unknown_percent"_s, report.unknown / 10.0},
            {u"oldest_fact"_s, report.oldestFact},
            {u"plugins"_s, lines},
            {u"movements"_s, movements},
            {u"causes"_s, causes},
            {u"work"_s, work},
            {u"days"_s, days},
            {u"unwell"_s, QJsonArray::fromStringList(report.unwell)},
            {u"problems"_s, problems}};
}

QByteArray toCsv(const Report &report)
{
    const auto cell = [](QString text) {
        // a spreadsheet takes these beginnings for formulas
        if (!text.isEmpty() && QStringLiteral("=+-@\t\r").contains(text.front()) && !(text.size() > 1 && text.front() == u'-' && text.at(1).isDigit()))
            text.prepend(u'\'');
        if (text.contains(u'"') || text.contains(u',') || text.contains(u'\n') || text.contains(u'\r') || text.startsWith(u'\''))
            text = u'"' + text.replace(u'"', u"\"\""_s) + u'"';
        return text;
    };
    QStringList lines;
    QStringList head{u"plugin"_s, u"kind"_s, u"tier"_s, u"score"_s, u"unknown"_s, u"score_before"_s, u"tier_before"_s, u"dependents"_s, u"risk"_s, u"owners"_s, u"measured"_s};
    for (const auto &kind : signalKinds())
        head << QString::fromLatin1(kind.name) << QString::fromLatin1(kind.name) + u"_points"_s;
    head << u"why"_s << u"first_to_do"_s;
    lines << head.join(u',');
    for (const auto &line : report.lines) {
        const auto &score = line.score;
        QStringList row{cell(score.plugin), score.kind, score.tier, points(score.tenths), points(score.unknown), line.before < 0 ? QString() : points(line.before), line.tierBefore,
                        QString::number(line.dependents), QLocale::c().toString(line.risk, 'f', 1), cell(line.owners.join(u' ')), isoTime(score.at)};
        const Signal *first = nullptr;
        for (const auto &signal : score.reasons)
            first = signal.gain > 0 && (!first || signal.gain > first->gain) ? &signal : first;
        for (const auto &kind : signalKinds()) {
            const auto it = std::ranges::find(score.reasons, QLatin1String(kind.name), &Signal::name);
            row << (it == score.reasons.end() ? QString() : nameOf(it->verdict)) << (it == score.reasons.end() ? QString() : points(it->points));
        }
        row << cell(score.why) << cell(first ? first->title + u": "_s + first->next : QString());
        lines << row.join(u',');
    }
    return (lines.join(u"\r\n"_s) + u"\r\n"_s).toUtf8();
}

} // namespace coppice::health
