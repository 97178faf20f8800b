// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/report.h"

#include "base/clock.h"
#include "health/policy.h"

#include <QLocale>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

QString e(const QString &text)
{
    return text.toHtmlEscaped();
}
QString n(int tenths)
{
    return QLocale::c().toString(tenths / 10.0, 'f', 1);
}
QString when(qint64 ms)
{
    return ms == 0 ? u"never"_s : isoTime(ms).left(16).replace(u'T', u' ') + u" UTC"_s;
}
QStringList allTiers()
{
    return tierNames() + QStringList{u"unknown"_s};
}

/// Shape and word beside the colour: nobody has to tell colours apart.
QString mark(const QString &tier)
{
    static const QHash<QString, QString> shapes{
        {u"excellent"_s, u"<path d='M6 0 7.8 4 12 4.4 8.8 7.2 9.8 11.6 6 9.2 2.2 11.6 3.2 7.2 0 4.4 4.2 4z'/>"_s}, {u"good"_s, u"<circle cx='6' cy='6' r='5'/>"_s},
        {u"fair"_s, u"<path d='M6 0 12 6 6 12 0 6z'/>"_s}, {u"poor"_s, u"<path d='M6 .5 12 11.5H0z'/>"_s},
        {u"unknown"_s, u"<rect x='1.5' y='1.5' width='9' height='9' fill='none' stroke='currentColor' stroke-width='2' stroke-dasharray='2.4 1.6'/>"_s}};
    return u"<span class='tier %1'><svg viewBox='0 0 12 12' width='12' height='12' aria-hidden='true' fill='currentColor'>%2</svg> %1</span>"_s.arg(tier, shapes.value(tier));
}

QString bar(const QMap<QString, int> &tiers, int all, const QString &label)
{
    if (all == 0)
        return {};
    QString out = u"<svg class='bar' viewBox='0 0 1000 34' preserveAspectRatio='none' role='img' aria-label='%1'>"_s.arg(e(label));
    double x = 0;
    for (const auto &tier : allTiers()) {
        const double width = 1000.0 * tiers.value(tier) / all;
        if (width > 0)
            out += u"<rect class='fill %1' x='%2' y='0' width='%3' height='34'/>"_s.arg(tier).arg(x, 0, 'f', 2).arg(qMax(0.5, width - 1.5), 0, 'f', 2);
        x += width;
    }
    return out + u"</svg>"_s;
}

QString legend(const Report &report)
{
    QString out = u"<div class='legend'>"_s;
    for (const auto &tier : allTiers()) {
        const int now = report.tiers.value(tier), was = report.tiersBefore.value(tier);
        const QString moved = report.compared == 0 ? QString() : now == was ? u"<small>as before</small>"_s : u"<small>was %1</small>"_s.arg(was);
        out += u"<div>%1<b>%2</b>%3</div>"_s.arg(mark(tier)).arg(now).arg(moved);
    }
    return out + u"</div>"_s;
}

/// Plugins by tier over time, as bands.
QString chart(const std::vector<Day> &days)
{
    if (days.size() < 2)
        return u"<p class='quiet'>The chart over time begins with the second day of measuring.</p>"_s;
    const qint64 first = days.front().at, span = qMax<qint64>(1, days.back().at - first);
    QString out = u"<svg class='chart' viewBox='0 0 1000 160' preserveAspectRatio='none' role='img' aria-label='Share of plugins by tier over time'>"_s;
    std::vector<double> floor(days.size(), 160.0);
    for (const auto &tier : allTiers()) {
        QString up, down;
        for (size_t i = 0; i < days.size(); ++i) {
            const double x = 1000.0 * double(days[i].at - first) / double(span);
            const double height = days[i].plugins > 0 ? 160.0 * days[i].tiers.value(tier) / days[i].plugins : 0;
            up += u"%1,%2 "_s.arg(x, 0, 'f', 1).arg(floor[i] - height, 0, 'f', 1);
            down.prepend(u"%1,%2 "_s.arg(x, 0, 'f', 1).arg(floor[i], 0, 'f', 1));
            floor[i] -= height;
        }
        out += u"<polygon class='fill %1' points='%2%3'/>"_s.arg(tier, up, down);
    }
    return out + u"</svg><p class='quiet'>%1 to %2; the best tier lies at the bottom.</p>"_s.arg(isoTime(first).left(10), isoTime(days.back().at).left(10));
}

const Signal *first(const Score &score)
{
    const Signal *best = nullptr;
    for (const auto &signal : score.reasons)
        best = signal.gain > 0 && (!best || signal.gain > best->gain) ? &signal : best;
    return best;
}

QString style()
{
    return uR"(<style>
:root{color-scheme:light dark;--ground:#fff;--text:#1a1f26;--muted:#576070;--line:#dde1e7;--soft:#f5f6f8;--excellent:#1a6c38;--good:#3f7fb0;--fair:#b07a14;--poor:#ab241c;--unknown:#7a8494}
@media(prefers-color-scheme:dark){:root{--ground:#15181c;--text:#e3e7ec;--muted:#a0a9b4;--line:#2c323a;--soft:#1c2025;--excellent:#77cf93;--good:#7fb7e6;--fair:#e5b760;--poor:#ff9c94;--unknown:#8b95a3}}
@media print{:root{color-scheme:light;--ground:#fff;--text:#1a1f26;--muted:#576070;--line:#dde1e7;--soft:#f5f6f8;--excellent:#1a6c38;--good:#3f7fb0;--fair:#b07a14;--poor:#ab241c;--unknown:#7a8494}section.page{break-before:page}body{font-size:10pt}tr{break-inside:avoid}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);font:14px/1.45 Inter,Cantarell,"Noto Sans",system-ui,sans-serif;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:1060px;margin:0 auto;padding:28px 24px 60px}h1{font-size:24px;margin:0}h2{font-size:17px;margin:30px 0 8px}p{margin:6px 0}
.quiet,small{color:var(--muted);font-size:12px}.head{font-size:19px;font-weight:600;margin:16px 0 4px}
.bar{width:100%;height:34px;display:block;margin:14px 0 6px;border-radius:4px}.bar.was{height:12px;opacity:.75}.chart{width:100%;height:160px;display:block;background:var(--soft)}
.fill.excellent{fill:var(--excellent)}.fill.good{fill:var(--good)}.fill.fair{fill:var(--fair)}.fill.poor{fill:var(--poor)}.fill.unknown{fill:var(--unknown)}
.legend{display:flex;gap:26px;flex-wrap:wrap}.legend div{display:flex;gap:7px;align-items:baseline}.legend b{font-size:19px}
.tier{white-space:nowrap;font-weight:600}.tier.excellent{color:var(--excellent)}.tier.good{color:var(--good)}.tier.fair{color:var(--fair)}.tier.poor{color:var(--poor)}.tier.unknown{color:var(--unknown)}
table{border-collapse:collapse;width:100%;margin:6px 0}th{font-size:12px;color:var(--muted);text-align:left;font-weight:500;border-bottom:1px solid var(--line);padding:4px 10px 4px 0}
td{padding:5px 10px 5px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}td.n,th.n{text-align:right;white-space:nowrap}td.id{font-weight:600}
.up{color:var(--excellent);font-weight:600}.down{color:var(--poor);font-weight:600}.note{background:var(--soft);border-left:3px solid var(--fair);padding:8px 12px;margin:12px 0}
</style>)"_s;
}

} // namespace

QByteArray toHtml(const Report &report)
{
    const int all = int(report.lines.size());
    QString out = u"<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width,initial-scale=1'>"_s;
    out += u"<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>Health of %1</title>"_s.arg(e(report.library));
    out += style() + u"</head><body><main><h1>Health of %1</h1>"_s.arg(e(report.library));
    out += u"<p class='quiet'>%1 plugins, measured %2; the oldest number is from %3. %4 % of what counts is not known.</p>"_s.arg(all).arg(when(report.at), when(report.oldestFact)).arg(n(report.unknown));
    out += u"<p class='head'>%1</p><p>%2</p>"_s.arg(e(headlineOf(report)), e(movementSentence(report)));
    out += bar(report.tiers, all, u"Plugins by tier now"_s);
    if (report.compared > 0)
        out += u"<p class='quiet'>Below, for comparison: %1</p>"_s.arg(isoTime(report.since).left(10)) + bar(report.tiersBefore, report.compared, u"Plugins by tier then"_s).replace(u"class='bar'"_s, u"class='bar was'"_s);
    out += legend(report);
    for (const auto &line : report.unwell)
        out += u"<p class='note'>Not everything could be measured. %1</p>"_s.arg(e(line));
    for (const auto &problem : report.problems)
        out += u"<p class='note'>%1: %2</p>"_s.arg(e(problem.where()), e(problem.text));

    out += u"<h2>What to do first</h2><table><tr><th>What</th><th class='n'>Plugins</th><th class='n'>Brings</th><th>Begin with</th></tr>"_s;
    for (size_t i = 0; i < qMin<size_t>(6, report.work.size()); ++i) {
        const auto &work = report.work[i];
        out += u"<tr><td><b>%1</b><br><small>%2</small></td><td class='n'>%3</td><td class='n'>+%4</td><td>%5</td></tr>"_s.arg(
            e(work.title), e(work.next), work.unknown > 0 ? u"%1<br><small>%2 not known</small>"_s.arg(work.plugins.size()).arg(work.unknown) : QString::number(work.plugins.size()),
            n(all > 0 ? work.gain / all : 0), e(work.plugins.mid(0, 3).join(u", "_s)));
    }
    out += u"</table><p class='quiet'>\"Brings\" is what the average plugin would gain, of 100 points.</p>"_s;
    out += u"<h2>Most at risk</h2><table><tr><th>Plugin</th><th>Tier</th><th class='n'>Points</th><th class='n'>Depend on it</th><th>The most important reason</th></tr>"_s;
    for (size_t i = 0; i < qMin<size_t>(10, report.lines.size()); ++i) {
        const auto &line = report.lines[i];
        const auto *worst = first(line.score);
        out += u"<tr><td class='id'>%1</td><td>%2</td><td class='n'>%3</td><td class='n'>%4</td><td>%5</td></tr>"_s.arg(
            e(line.score.plugin), mark(line.score.tier), n(line.score.tenths), QString::number(line.dependents), worst ? e(worst->title + u": "_s + worst->reason) : QString());
    }
    out += u"</table><p class='quiet'>At risk is who lacks points and has many others standing on it: points that are missing, times one and all that depend on it.</p>"_s;

    out += u"<section class='page'><h2>What moved since %1</h2>"_s.arg(isoTime(report.since).left(10));
    if (report.movements.empty()) {
        out += u"<p>No score has moved.</p>"_s;
    } else {
        out += u"<table><tr><th>Plugin</th><th>When</th><th class='n'>Points</th><th>Why</th></tr>"_s;
        for (size_t i = 0; i < qMin<size_t>(60, report.movements.size()); ++i) {
            const auto &movement = report.movements[i];
            const int by = movement.after - movement.before;
            out += u"<tr><td class='id'>%1</td><td>%2</td><td class='n'><span class='%3'>%4%5</span><br><small>%6 → %7</small></td><td>%8</td></tr>"_s.arg(
                e(movement.plugin), when(movement.at).left(10), by >= 0 ? u"up"_s : u"down"_s, by > 0 ? u"+"_s : QString(), n(by), n(movement.before), n(movement.after), e(causesText(movement, 3)));
        }
        out += u"</table>"_s;
        if (report.movements.size() > 60)
            out += u"<p class='quiet'>and %1 smaller ones.</p>"_s.arg(report.movements.size() - 60);
    }
    out += u"<h2>Over time</h2>"_s + chart(report.days) + u"</section>"_s;

    out += u"<section class='page'><h2>All plugins</h2><table><tr><th>Plugin</th><th>Tier</th><th class='n'>Points</th><th class='n'>Unknown</th><th class='n'>Depend on it</th><th>Owner</th><th>Do next</th></tr>"_s;
    for (const auto &line : report.lines) {
        const auto *next = first(line.score);
        const QString brings = next ? u"%1: %2 <small>(+%3%4)</small>"_s.arg(e(next->title), e(next->next), n(next->gain),
                                                                            next->then != line.score.tier && !next->then.isEmpty() ? u", then "_s + next->then : QString())
                                    : u"nothing"_s;
        out += u"<tr><td class='id'>%1</td><td>%2</td><td class='n'>%3</td><td class='n'>%4</td><td class='n'>%5</td><td>%6</td><td>%7</td></tr>"_s.arg(
            e(line.score.plugin), mark(line.score.tier), n(line.score.tenths), n(line.score.unknown), QString::number(line.dependents), e(line.owners.join(u", "_s)), brings);
    }
    out += u"</table></section><section><h2>How to read this</h2><p>Each plugin is judged by up to %1 signals. Each is worth some of 100 points; the points that it brings are added up. "
           "What nobody knows brings nothing, and is told. What is exempt does not count, and the others count for more. "
           "A plugin whose tests fail or whose errors came back is at most fair, whatever its points.</p></section></main></body></html>"_s.arg(signalKinds().size());
    return out.toUtf8();
}

} // namespace coppice::health
