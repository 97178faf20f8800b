// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/report_parts.h"

#include "base/clock.h"
#include "health/policy.h"

#include <ranges>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

QString e(const QString &text)
{
    return text.toHtmlEscaped();
}

/// Shape and word beside the colour.
QString mark(const QString &tier)
{
    return u"<span class='tier %1'><svg viewBox='0 0 12 12' width='12' height='12' aria-hidden='true' fill='currentColor'>%2</svg> %1</span>"_s.arg(tier, shapeOf(tier));
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
QString chart(const Report &report)
{
    const auto bands = bandsOf(report.days, 1000, 120);
    if (bands.empty())
        return u"<p class='quiet'>The chart over time begins with the second day of measuring.</p>"_s;
    QString out = u"<svg class='chart' viewBox='0 0 1000 120' preserveAspectRatio='none' role='img' aria-label='Share of plugins by tier over time'>"_s;
    for (const auto &band : bands)
        out += u"<polygon class='fill %1' points='%2'/>"_s.arg(band.tier, band.points);
    const auto &first = report.days.front(), &last = report.days.back();
    return out + u"</svg><p class='quiet ends'><span>%1: %2, the best tier at the bottom</span><span>%3: %4</span></p>"_s.arg(
               isoTime(first.at).left(10), pluginsText(first.plugins), isoTime(last.at).left(10), pluginsText(last.plugins));
}

QString signedSpan(int tenths)
{
    return u"<span class='%1'>%2</span>"_s.arg(tenths < 0 ? u"down"_s : u"up"_s, signedText(tenths));
}

QString causes(const Report &report)
{
    const int all = int(report.lines.size());
    QString out = u"<table><thead><tr><th>What changed</th><th class='n'>Made better</th><th class='n'>Made worse</th><th class='n'>For the average plugin</th></tr></thead>"_s;
    for (const auto &cause : report.causes | std::views::take(8))
        out += u"<tr><td>%1%2</td><td class='n'>%3</td><td class='n'>%4</td><td class='n'>%5</td></tr>"_s.arg(
            e(cause.title), cause.policy ? u" <small>(the policy was changed)</small>"_s : QString(), cause.better > 0 ? pluginsText(cause.better) : u"–"_s,
            cause.worse > 0 ? pluginsText(cause.worse) : u"–"_s, averageText(cause.points, all));
    return out + u"</table>"_s;
}

QString work(const Report &report)
{
    const int all = int(report.lines.size());
    QString out = u"<table><thead><tr><th>What</th><th class='n'>Plugins</th><th class='n'>Not known</th><th class='n'>Brings</th><th>How, and where to begin</th></tr></thead>"_s;
    for (const auto &one : report.work | std::views::take(6))
        out += u"<tr><td class='id'>%1</td><td class='n'>%2</td><td class='n'>%3</td><td class='n'>%4</td><td>%5 <small>Begin with %6.</small></td></tr>"_s.arg(
            e(one.title), QString::number(one.plugins.size()), one.unknown > 0 ? QString::number(one.unknown) : u"–"_s, averageText(one.gain, all), e(one.next),
            e(one.plugins.mid(0, 3).join(u", "_s)));
    return out + u"</table>"_s;
}

QString risks(const Report &report)
{
    QString out = u"<table><thead><tr><th>Plugin</th><th>Tier</th><th class='n'>Points</th><th class='n'>Dependents</th><th>The most important reason</th></tr></thead>"_s;
    for (const auto &line : report.lines | std::views::take(10)) {
        const auto *worst = firstToDo(line.score);
        out += u"<tr><td class='id'>%1</td><td>%2</td><td class='n'>%3</td><td class='n'>%4</td><td>%5</td></tr>"_s.arg(
            e(line.score.plugin), mark(line.score.tier), pointsText(line.score.tenths), QString::number(line.dependents), worst ? e(worst->title + u": "_s + worst->reason) : u"nothing"_s);
    }
    return out + u"</table>"_s;
}

QString moved(const Report &report)
{
    constexpr size_t most = 60;
    const auto lines = movedLines(report);
    if (lines.empty())
        return u"<p>No score has moved.</p>"_s;
    QString out = u"<table><thead><tr><th>Plugin</th><th class='n'>Points</th><th class='n'>Then → now</th><th>Tier</th><th>Why</th></tr></thead>"_s;
    for (const auto *line : lines | std::views::take(most))
        out += u"<tr><td class='id'>%1</td><td class='n'>%2</td><td class='n'><small>%3 →</small> %4</td><td>%5</td><td>%6</td></tr>"_s.arg(
            e(line->score.plugin), signedSpan(line->score.tenths - line->before), pointsText(line->before), pointsText(line->score.tenths),
            (line->tierBefore == line->score.tier ? QString() : u"<small>%1 →</small> "_s.arg(e(line->tierBefore))) + mark(line->score.tier), e(whyMoved(report, line->score.plugin, 3)));
    return out + u"</table>"_s + (lines.size() > most ? u"<p class='quiet'>and %1 that moved less.</p>"_s.arg(pluginsText(int(lines.size() - most))) : QString());
}

QString allPlugins(const Report &report)
{
    QString out = u"<table class='all'><thead><tr><th>Plugin</th><th>Tier</th><th class='n'>Points</th><th class='n'>Not known</th><th class='n'>Dependents</th><th>Owner</th><th>Do next</th></tr></thead><tbody>"_s;
    for (const auto &line : report.lines) {
        const auto *next = firstToDo(line.score);
        const QString brings = next ? u"%1: %2 <small>(%3%4)</small>"_s.arg(e(next->title), e(next->next), signedText(next->gain),
                                                                           next->then != line.score.tier && !next->then.isEmpty() ? u", then "_s + next->then : QString())
                                    : u"nothing"_s;
        out += u"<tr><td class='id'>%1</td><td>%2</td><td class='n'>%3</td><td class='n'>%4</td><td class='n'>%5</td><td>%6</td><td>%7</td></tr>"_s.arg(
            e(line.score.plugin), mark(line.score.tier), pointsText(line.score.tenths), pointsText(line.score.unknown), QString::number(line.dependents),
            line.owners.isEmpty() ? u"–"_s : e(line.owners.join(u", "_s)), brings);
    }
    out += u"</tbody></table>"_s;
    if (report.lines.size() > size_t(mostOnPaper))
        out += u"<p class='note paper'>Printed are the %1 plugins with the highest risk, of %2.</p>"_s.arg(mostOnPaper).arg(report.lines.size());
    return out;
}

QString style()
{
    return uR"(<style>
:root{color-scheme:light dark;--ground:#fff;--text:#1a1f26;--muted:#576070;--line:#dde1e7;--soft:#f5f6f8;--excellent:#1a6c38;--good:#2b6ca3;--fair:#8f610b;--poor:#ab241c;--unknown:#5d6673}
@media(prefers-color-scheme:dark){:root{--ground:#15181c;--text:#e3e7ec;--muted:#a0a9b4;--line:#2c323a;--soft:#1c2025;--excellent:#77cf93;--good:#7fb7e6;--fair:#e5b760;--poor:#ff9c94;--unknown:#8b95a3}}
@media print{:root{color-scheme:light;--ground:#fff;--text:#1a1f26;--muted:#576070;--line:#dde1e7;--soft:#f5f6f8;--excellent:#1a6c38;--good:#2b6ca3;--fair:#8f610b;--poor:#ab241c;--unknown:#5d6673}section.page{break-before:page}body{font-size:8.5pt}main{padding:0;max-width:none}h2{margin-top:18px;break-after:avoid}.chart{height:70px}td.n,th.n{padding-right:12px}tr{break-inside:avoid}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);font:14px/1.45 Inter,Cantarell,"Noto Sans",system-ui,sans-serif;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:1060px;margin:0 auto;padding:28px 24px 60px}h1{font-size:24px;margin:0}h2{font-size:17px;margin:30px 0 8px}p{margin:6px 0}
.quiet,small{color:var(--muted);font-size:12px}.head{font-size:19px;font-weight:600;margin:16px 0 4px}
.bar{width:100%;height:34px;display:block;margin:14px 0 6px;border-radius:4px}.bar.was{height:12px;opacity:.75}.chart{width:100%;height:120px;display:block;background:var(--soft)}
.fill.excellent{fill:var(--excellent)}.fill.good{fill:var(--good)}.fill.fair{fill:var(--fair)}.fill.poor{fill:var(--poor)}.fill.unknown{fill:var(--unknown)}
.ends{display:flex;justify-content:space-between}.legend{display:flex;gap:26px;flex-wrap:wrap}.legend div{display:flex;gap:7px;align-items:baseline}.legend b{font-size:19px}
.tier{white-space:nowrap;font-weight:600}.tier.excellent{color:var(--excellent)}.tier.good{color:var(--good)}.tier.fair{color:var(--fair)}.tier.poor{color:var(--poor)}.tier.unknown{color:var(--unknown)}
table{border-collapse:collapse;width:100%;margin:6px 0}th{font-size:12px;color:var(--muted);text-align:left;font-weight:500;border-bottom:1px solid var(--line);padding:4px 10px 4px 0}
td{padding:5px 10px 5px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}td.n,th.n{text-align:right;white-space:nowrap}td.id{font-weight:600;min-width:11em;overflow-wrap:break-word}td.n,th.n{padding-right:22px}
.up{color:var(--excellent);font-weight:600}.down{color:var(--poor);font-weight:600}.note{background:var(--soft);border-left:3px solid var(--fair);padding:8px 12px;margin:12px 0}
.paper{display:none}@media print{.paper{display:block}.all tbody tr:nth-child(n+%1){display:none}}
</style>)"_s.arg(mostOnPaper + 1);
}

} // namespace

QByteArray toHtml(const Report &report)
{
    const int all = int(report.lines.size());
    const QString since = isoTime(report.since).left(10);
    QString out = u"<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width,initial-scale=1'>"_s;
    out += u"<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>Health of %1, %2</title>"_s.arg(e(report.library), isoTime(report.at).left(10));
    out += style() + u"</head><body><main><h1>Health of %1</h1>"_s.arg(e(report.library));
    out += u"<p class='quiet'>%1, measured %2; the oldest number is from %3.</p>"_s.arg(pluginsText(all), timeText(report.at), timeText(report.oldestFact));
    out += u"<p class='head'>%1</p><p>%2</p>"_s.arg(e(headlineOf(report)), e(movementSentence(report)));
    if (all == 0)
        return (out + u"<p>Add the first: <code>coppicectl plugins add URL --name ID</code>.</p></main></body></html>"_s).toUtf8();
    out += bar(report.tiers, all, u"Plugins by tier now"_s);
    if (report.compared > 0)
        out += bar(report.tiersBefore, report.compared, u"Plugins by tier then"_s).replace(u"class='bar'"_s, u"class='bar was'"_s) + u"<p class='quiet'>Above: now. Below: %1.</p>"_s.arg(since);
    out += legend(report) + u"<h2>Plugins by tier, over time</h2>"_s + chart(report);
    out += u"<h2>How much is not known</h2><p>%1</p>"_s.arg(e(unknownSentence(report)));
    for (const auto &line : report.unwell)
        out += u"<p class='note'>Not everything could be measured. %1</p>"_s.arg(e(line));
    for (const auto &problem : report.problems)
        out += u"<p class='note'>%1: %2</p>"_s.arg(e(problem.where()), e(problem.text));
    if (!report.causes.empty())
        out += u"<h2>Why scores moved since %1</h2>"_s.arg(since) + causes(report);
    out += u"<h2>What to do first</h2>"_s + work(report) + u"<p class='quiet'>\"Brings\" is what the average plugin would gain, of 100 points.</p>"_s;
    out += u"<h2>Most at risk</h2>"_s + risks(report);
    out += u"<p class='quiet'>At risk is who lacks points and has many others standing on it: points that are missing, times one and all that depend on it.</p>"_s;
    out += u"<section class='page'><h2>What moved since %1</h2>"_s.arg(since) + moved(report) + u"</section>"_s;
    out += u"<section class='page'><h2>All plugins, those at risk first</h2>"_s + allPlugins(report);
    out += u"</section><section><h2>How to read this</h2><p>Each plugin is judged by up to %1 signals. Each is worth some of 100 points; the points that it brings are added up. "
           "What nobody knows brings nothing, and is told. What is exempt does not count, and the others count for more. "
           "A plugin whose tests fail or whose errors came back is at most fair, whatever its points.</p></section></main></body></html>"_s.arg(signalKinds().size());
    return out.toUtf8();
}

} // namespace coppice::health
