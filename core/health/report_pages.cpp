// SPDX-License-Identifier: GPL-3.0-or-later
// The report on paper. Tables, colours as attributes and drawings: what QTextDocument can print.
#include "health/report_parts.h"

#include "base/clock.h"
#include "health/policy.h"

#include <ranges>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

constexpr int wide = 680; ///< px between the margins

QString e(const QString &text)
{
    return text.toHtmlEscaped();
}

QString mark(const QString &tier)
{
    return u"<svg width='10' height='10' viewBox='0 0 12 12' fill='%1'>%2</svg>&nbsp;<span style='color:%1; font-weight:600'>%3</span>"_s.arg(inkOf(tier), shapeOf(tier), tier);
}

/// A table whose head stands on each page; `columns`: head, share of the width, aligned to the right.
struct Column {
    const char *head;
    int share;
    bool number = false;
};
class Table
{
public:
    explicit Table(std::vector<Column> columns) : m_columns(std::move(columns))
    {
        m_html = u"<table width='100%' cellspacing='0' cellpadding='3'><thead><tr>"_s;
        for (const auto &column : m_columns)
            m_html += u"<th width='%1%' align='%2' class='%3'>%4</th>"_s.arg(column.share).arg(column.number ? u"right"_s : u"left"_s, column.number ? u"m"_s : u"h"_s, QString::fromUtf8(column.head));
        m_html += u"</tr></thead>"_s;
    }
    void row(const QStringList &cells)
    {
        m_html += u"<tr>"_s;
        for (qsizetype i = 0; i < cells.size(); ++i)
            m_html += u"<td class='%1' align='%2' valign='top'>%3</td>"_s.arg(m_columns[size_t(i)].number ? u"n"_s : u"c"_s, m_columns[size_t(i)].number ? u"right"_s : u"left"_s, cells[i]);
        m_html += u"</tr>"_s;
    }
    [[nodiscard]] QString html() const { return m_html + u"</table>"_s; }

private:
    std::vector<Column> m_columns;
    QString m_html;
};

QString bar(const QMap<QString, int> &tiers, int all, int height)
{
    QString out = u"<svg width='%1' height='%2' viewBox='0 0 %1 %2'>"_s.arg(wide).arg(height);
    double x = 0;
    for (const auto &tier : allTiers()) {
        const double width = double(wide) * tiers.value(tier) / all;
        if (width > 0)
            out += u"<rect fill='%1' x='%2' y='0' width='%3' height='%4'/>"_s.arg(inkOf(tier)).arg(x, 0, 'f', 2).arg(qMax(0.5, width - 1), 0, 'f', 2).arg(height);
        x += width;
    }
    return out + u"</svg>"_s;
}

QString legend(const Report &report)
{
    QString out = u"<table width='100%' cellspacing='0' cellpadding='0'><tr>"_s;
    for (const auto &tier : allTiers()) {
        const int now = report.tiers.value(tier), was = report.tiersBefore.value(tier);
        out += u"<td width='20%'>%1<br><span class='number'>%2</span>%3</td>"_s.arg(
            mark(tier), QString::number(now), report.compared == 0 ? QString() : u" <span class='quiet'>%1</span>"_s.arg(now == was ? u"as before"_s : u"was %1"_s.arg(was)));
    }
    return out + u"</tr></table>"_s;
}

QString chart(const Report &report)
{
    constexpr int height = 64;
    const auto bands = bandsOf(report.days, wide, height);
    if (bands.empty())
        return u"<p class='quiet'>The chart over time begins with the second day of measuring.</p>"_s;
    QString out = u"<p><svg width='%1' height='%2' viewBox='0 0 %1 %2'>"_s.arg(wide).arg(height);
    for (const auto &band : bands)
        out += u"<polygon fill='%1' points='%2'/>"_s.arg(inkOf(band.tier), band.points);
    out += u"<path d='M0 .25H%1M0 %2.75H%1' stroke='#dde1e7' stroke-width='.5'/></svg></p>"_s.arg(wide).arg(height - 1);
    const auto &first = report.days.front(), &last = report.days.back();
    return out + u"<table width='100%' cellspacing='0' cellpadding='0'><tr><td class='quiet'>%1: %2, the best tier at the bottom</td><td class='quiet' align='right'>%3: %4</td></tr></table>"_s.arg(
               isoTime(first.at).left(10), pluginsText(first.plugins), isoTime(last.at).left(10), pluginsText(last.plugins));
}

QString movedBy(const ReportLine &line)
{
    const int by = line.score.tenths - line.before;
    return u"<span style='color:%1; font-weight:600'>%2</span>"_s.arg(by < 0 ? inkOf(u"poor"_s) : inkOf(u"excellent"_s), signedText(by));
}

QString tierMove(const ReportLine &line)
{
    return line.tierBefore == line.score.tier ? mark(line.score.tier) : e(line.tierBefore) + u" → "_s + mark(line.score.tier);
}

QString causes(const Report &report, size_t most)
{
    const int all = int(report.lines.size());
    Table table({{"What changed", 48}, {"Made better", 15, true}, {"Made worse", 15, true}, {"For the average plugin", 22, true}});
    for (size_t i = 0; i < qMin(most, report.causes.size()); ++i) {
        const auto &cause = report.causes[i];
        table.row({e(cause.title) + (cause.policy ? u" <span class='quiet'>(the policy was changed)</span>"_s : QString()),
                   cause.better > 0 ? pluginsText(cause.better) : u"–"_s, cause.worse > 0 ? pluginsText(cause.worse) : u"–"_s, averageText(cause.points, all)});
    }
    return table.html() + (report.causes.size() > most ? u"<p class='quiet'>and %1 more.</p>"_s.arg(report.causes.size() - most) : QString());
}

QString moved(const Report &report, size_t most)
{
    const auto lines = movedLines(report);
    Table table({{"Plugin", 22}, {"Points", 8, true}, {"Now", 8, true}, {"Tier", 14}, {"Why", 48}});
    for (size_t i = 0; i < qMin(most, lines.size()); ++i)
        table.row({u"<b>%1</b>"_s.arg(e(lines[i]->score.plugin)), movedBy(*lines[i]), pointsText(lines[i]->score.tenths), tierMove(*lines[i]),
                   e(whyMoved(report, lines[i]->score.plugin, 2))});
    return table.html() + (lines.size() > most ? u"<p class='quiet'>and %1 that moved less.</p>"_s.arg(pluginsText(int(lines.size() - most))) : QString());
}

QString work(const Report &report, size_t most, qsizetype names)
{
    const int all = int(report.lines.size());
    Table table({{"What", 22}, {"Plugins", 9, true}, {"Not known", 11, true}, {"Brings", 9, true}, {"How, and where to begin", 49}});
    for (size_t i = 0; i < qMin(most, report.work.size()); ++i) {
        const auto &one = report.work[i];
        table.row({u"<b>%1</b>"_s.arg(e(one.title)), QString::number(one.plugins.size()), one.unknown > 0 ? QString::number(one.unknown) : u"–"_s, averageText(one.gain, all), u"%1 <span class='quiet'>Begin with %2.</span>"_s.arg(e(shortText(one.next, 80)), e(one.plugins.mid(0, names).join(u", "_s)))});
    }
    return table.html();
}

QString risks(const Report &report, size_t most)
{
    Table table({{"Plugin", 22}, {"Tier", 11}, {"Points", 8, true}, {"Dependents", 12, true}, {"The most important reason", 47}});
    for (size_t i = 0; i < qMin(most, report.lines.size()); ++i) {
        const auto &line = report.lines[i];
        const auto *worst = firstToDo(line.score);
        table.row({u"<b>%1</b>"_s.arg(e(line.score.plugin)), mark(line.score.tier), pointsText(line.score.tenths), QString::number(line.dependents),
                   worst ? e(shortText(worst->title + u": "_s + worst->reason, 62)) : u"nothing"_s});
    }
    return table.html();
}

QString allPlugins(const Report &report)
{
    Table table({{"Plugin", 23}, {"Tier", 11}, {"Points", 9, true}, {"Not known", 11, true}, {"Dependents", 12, true}, {"Owner", 13}, {"Do next", 21}});
    const size_t shown = qMin(size_t(mostOnPaper), report.lines.size());
    for (size_t i = 0; i < shown; ++i) {
        const auto &line = report.lines[i];
        const auto *next = firstToDo(line.score);
        table.row({u"<b>%1</b>"_s.arg(e(line.score.plugin)), mark(line.score.tier), pointsText(line.score.tenths), pointsText(line.score.unknown), QString::number(line.dependents),
                   line.owners.isEmpty() ? u"–"_s : e(shortText(line.owners.join(u", "_s), 40)), next ? e(next->title) + u" (%1)"_s.arg(signedText(next->gain)) : u"nothing"_s});
    }
    QString out = table.html();
    if (shown < report.lines.size()) {
        QMap<QString, int> rest;
        for (size_t i = shown; i < report.lines.size(); ++i)
            ++rest[report.lines[i].score.tier];
        QStringList parts;
        for (const auto &tier : allTiers()) {
            if (rest.value(tier) > 0)
                parts << u"%1 %2"_s.arg(rest.value(tier)).arg(tier);
        }
        out += u"<p class='note'>Listed are the %1 plugins with the highest risk. The other %2 (%3) are in the HTML, CSV and JSON of this report.</p>"_s.arg(shown).arg(report.lines.size() - shown).arg(parts.join(u", "_s));
    }
    return out;
}

QString style()
{
    return u"<style>body{color:#1a1f26} h1{font-size:18pt; margin:0} h2{font-size:11.5pt; margin:14px 0 3px 0} p{margin:4px 0} .quiet{color:#576070; font-size:8pt} .head{font-size:12.5pt; font-weight:600; margin:8px 0 2px 0}"
           ".number{font-size:14pt; font-weight:600} .h,.m{color:#576070; font-size:8pt; font-weight:400; border-bottom:1px solid #b6bec9} .c,.n{border-bottom:1px solid #e3e7ec} .m,.n{padding-right:14px}"
           ".note{background-color:#f5f6f8; margin:8px 0}</style>"_s;
}

} // namespace

QString toPages(const Report &report)
{
    const int all = int(report.lines.size());
    const QString since = isoTime(report.since).left(10);
    QString out = u"<html><head><title>Health of %1, %2</title>"_s.arg(e(report.library), isoTime(report.at).left(10)) + style() + u"</head><body>"_s;
    out += u"<h1>Health of %1</h1><p class='quiet'>%2, measured %3; the oldest number is from %4.</p>"_s.arg(e(report.library), pluginsText(all), timeText(report.at), timeText(report.oldestFact));
    out += u"<p class='head'>%1</p><p>%2</p>"_s.arg(e(headlineOf(report)), e(movementSentence(report)));
    if (all == 0)
        return out + u"<p>Add the first: coppicectl plugins add URL --name ID.</p></body></html>"_s;
    out += u"<p style='margin-top:8px'>%1</p>"_s.arg(bar(report.tiers, all, 22));
    if (report.compared > 0)
        out += u"<p>%1</p><p class='quiet'>Above: now. Below: %2.</p>"_s.arg(bar(report.tiersBefore, report.compared, 8), since);
    out += legend(report);
    out += u"<h2>Plugins by tier, over time</h2>"_s + chart(report);
    out += u"<h2>How much is not known</h2><p>%1</p>"_s.arg(e(unknownSentence(report)));
    QStringList notes;
    for (const auto &line : report.unwell)
        notes << u"Not everything could be measured. "_s + line;
    for (const auto &problem : report.problems)
        notes << problem.where() + u": "_s + problem.text;
    for (const auto &note : notes | std::views::take(3))
        out += u"<p class='note'>%1</p>"_s.arg(e(shortText(note, 200)));
    if (notes.size() > 3)
        out += u"<p class='note'>and %1 more notes of this kind.</p>"_s.arg(notes.size() - 3);
    if (!report.causes.empty())
        out += u"<h2>Why scores moved since %1</h2>"_s.arg(since) + causes(report, 3);
    out += u"<h2>What to do first</h2>"_s + work(report, 4, 2);
    out += u"<h2>Most at risk</h2>"_s + risks(report, report.causes.empty() ? 8 : 5);

    if (!report.movements.empty()) {
        out += u"<h2 style='page-break-before:always'>What moved since %1</h2>"_s.arg(since) + moved(report, 30);
        if (report.causes.size() > 3)
            out += u"<h2>All causes</h2>"_s + causes(report, 20);
    }
    // what follows begins pages of its own where it fills them
    const QString own = all > 20 || report.movements.empty() ? u" style='page-break-before:always'"_s : QString(), next = all > 20 ? own : QString();
    out += u"<h2%1>What to do, by what it brings</h2>"_s.arg(own) + work(report, report.work.size(), 5);
    out += u"<h2%1>%2</h2>"_s.arg(next, all > mostOnPaper ? u"The plugins at risk"_s : u"All plugins"_s) + allPlugins(report);
    out += u"<h2>How to read this</h2><p>Each plugin is judged by up to %1 signals. Each is worth some of 100 points; the points that it brings are added up. "
           "What nobody knows brings nothing, and is told. What is exempt does not count, and the others count for more. "
           "A plugin whose tests fail or whose errors came back is at most fair, whatever its points. "
           "At risk is who lacks points and has many others standing on it: points that are missing, times one and all that depend on it. "
           "\"Brings\" is what the average plugin would gain, of 100 points.</p></body></html>"_s.arg(signalKinds().size());
    return out;
}

} // namespace coppice::health
