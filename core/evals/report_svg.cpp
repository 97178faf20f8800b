// SPDX-License-Identifier: GPL-3.0-or-later
// Figures with their colours in attributes: they are also printed by something that reads no style sheet.
#include "evals/report.h"

#include <algorithm>
#include <cmath>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

constexpr int height = 18;
constexpr int edge = 6; ///< so that a dot at the end is whole

QString n(double value)
{
    return QString::number(value, 'f', 1);
}
QString line(double x, const QString &colour)
{
    return u"<line x1='%1' y1='2' x2='%1' y2='16' stroke='%2' stroke-width='1'/>"_s.arg(n(x), colour);
}

/// `at`: where a share lies; marks: the ends and the middle.
template <class At> QString figure(double value, const Interval &interval, int width, const QString &label, const QString &ground, const QString &ink, At at, double low, double high)
{
    QString svg = u"<svg xmlns='http://www.w3.org/2000/svg' width='%1' height='%2' viewBox='0 0 %1 %2' role='img' aria-label='%3'>"_s.arg(width).arg(height).arg(label);
    svg += line(at(low), u"#dde1e7"_s) + line(at((low + high) / 2), u"#b9c0ca"_s) + line(at(high), u"#dde1e7"_s);
    svg += u"<line x1='%1' y1='9' x2='%2' y2='9' stroke='#dde1e7' stroke-width='1'/>"_s.arg(n(at(low)), n(at(high)));
    if (std::isfinite(interval.low) && std::isfinite(interval.high) && std::isfinite(value)) {
        const double from = at(std::clamp(interval.low, low, high)), to = at(std::clamp(interval.high, low, high));
        svg += u"<rect x='%1' y='5' width='%2' height='8' rx='2' fill='%3'/>"_s.arg(n(from), n(std::max(1.0, to - from)), ground);
        svg += u"<circle cx='%1' cy='9' r='4.5' fill='%2'/>"_s.arg(n(at(std::clamp(value, low, high))), ink);
    }
    return svg + u"</svg>"_s;
}

} // namespace

QString successSvg(double rate, const Interval &interval, int width)
{
    const auto at = [width](double share) { return edge + (width - 2 * edge) * share; };
    return figure(rate, interval, width, u"%1, 95 percent: %2"_s.arg(percentText(rate), rangeText(interval)), u"#a9c4ee"_s, u"#2a55b8"_s, at, 0, 1);
}

QString differenceSvg(double difference, const Interval &interval, int width, Judgement::Kind kind)
{
    const auto at = [width](double share) { return edge + (width - 2 * edge) * (share + 1) / 2; };
    const bool better = kind == Judgement::Kind::Better, worse = kind == Judgement::Kind::Worse;
    return figure(difference, interval, width, u"%1, 95 percent: %2 to %3"_s.arg(pointsText(difference), pointsText(interval.low), pointsText(interval.high)),
                  better ? u"#b5dfc2"_s : worse ? u"#f2bdb9"_s : u"#cfd5de"_s, better ? u"#1a6c38"_s : worse ? u"#ab241c"_s : u"#576070"_s, at, -1, 1);
}

} // namespace coppice::evals
