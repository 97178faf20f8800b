// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/report_parts.h"

#include "base/clock.h"
#include "health/policy.h"
#include "health/signals.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <ranges>

namespace coppice::health {

using namespace Qt::StringLiterals;

QStringList allTiers()
{
    return tierNames() + QStringList{u"unknown"_s};
}

QString inkOf(const QString &tier)
{
    static const QHash<QString, QString> inks{{u"excellent"_s, u"#1a6c38"_s}, {u"good"_s, u"#2b6ca3"_s}, {u"fair"_s, u"#8f610b"_s}, {u"poor"_s, u"#ab241c"_s}};
    return inks.value(tier, u"#5d6673"_s);
}

QString shapeOf(const QString &tier)
{
    static const QHash<QString, QString> shapes{
        {u"excellent"_s, u"<circle cx='6' cy='6' r='5'/>"_s},
        {u"good"_s, u"<path d='M1.5 1.5H10.5V10.5H1.5z'/>"_s},
        {u"fair"_s, u"<path d='M6 .5 11.5 10.8H.5z'/>"_s},
        {u"poor"_s, u"<path d='M6 0 12 6 6 12 0 6z'/>"_s},
        {u"unknown"_s, u"<path d='M6 .7A5.3 5.3 0 1 1 6 11.3A5.3 5.3 0 1 1 6 .7zM6 2.6A3.4 3.4 0 1 0 6 9.4A3.4 3.4 0 1 0 6 2.6z' fill-rule='evenodd'/>"_s}};
    return shapes.value(tier);
}

std::vector<Band> bandsOf(const std::vector<Day> &days, double width, double height)
{
    std::vector<Band> bands;
    if (days.size() < 2)
        return bands;
    const qint64 first = days.front().at;
    const double span = double(qMax<qint64>(1, days.back().at - first));
    std::vector<double> floor(days.size(), height);
    for (const auto &tier : allTiers()) {
        QString up, down;
        bool any = false;
        for (size_t i = 0; i < days.size(); ++i) {
            const double x = width * double(days[i].at - first) / span;
            const double tall = days[i].plugins > 0 ? height * days[i].tiers.value(tier) / days[i].plugins : 0;
            up += u"%1,%2 "_s.arg(x, 0, 'f', 1).arg(floor[i] - tall, 0, 'f', 1);
            down.prepend(u"%1,%2 "_s.arg(x, 0, 'f', 1).arg(floor[i], 0, 'f', 1));
            floor[i] -= tall;
            any = any || tall > 0;
        }
        if (any)
            bands.push_back({tier, up + down.trimmed()});
    }
    return bands;
}

QString pointsText(int tenths)
{
    return QLocale::c().toString(tenths / 10.0, 'f', 1);
}

QString signedText(int tenths)
{
    return tenths > 0 ? u'+' + pointsText(tenths) : tenths < 0 ? QChar(0x2212) + pointsText(-tenths) : pointsText(0);
}

QString averageText(int tenths, int plugins)
{
    const int average = plugins > 0 ? int(std::lround(double(tenths) / plugins)) : 0;
    return average != 0 || tenths == 0 ? signedText(average) : tenths > 0 ? u"less than 0.1"_s : u"less than −0.1"_s;
}

QString timeText(qint64 ms)
{
    return ms == 0 ? u"never"_s : isoTime(ms).left(16).replace(u'T', u' ') + u" UTC"_s;
}

QString pluginsText(int n)
{
    return n == 1 ? u"1 plugin"_s : u"%1 plugins"_s.arg(n);
}

QString shortText(const QString &text, qsizetype most)
{
    if (text.size() <= most)
        return text;
    const qsizetype space = text.lastIndexOf(u' ', most - 1);
    QString cut = text.left(space > most / 2 ? space : most - 1);
    if (!cut.isEmpty() && cut.back().isHighSurrogate())
        cut.chop(1);
    return cut + QChar(0x2026);
}

const Signal *firstToDo(const Score &score)
{
    const Signal *best = nullptr;
    for (const auto &signal : score.reasons)
        best = signal.gain > 0 && (!best || signal.gain > best->gain) ? &signal : best;
    return best;
}

std::vector<const ReportLine *> movedLines(const Report &report)
{
    std::vector<const ReportLine *> moved;
    for (const auto &line : report.lines) {
        if (line.before >= 0 && line.score.tenths != line.before)
            moved.push_back(&line);
    }
    std::ranges::stable_sort(moved, [](const auto *a, const auto *b) { return qAbs(a->score.tenths - a->before) > qAbs(b->score.tenths - b->before); });
    return moved;
}

QString whyMoved(const Report &report, const QString &plugin, int most)
{
    std::vector<const Movement *> own;
    for (const auto &movement : report.movements) {
        if (movement.plugin == plugin)
            own.push_back(&movement);
    }
    std::ranges::sort(own, [](const auto *a, const auto *b) { return a->at > b->at; });
    QStringList parts;
    for (const auto *movement : own) {
        if (int(parts.size()) == most) {
            parts << u"and before that"_s;
            break;
        }
        QStringList causes;
        for (const auto &cause : movement->causes | std::views::take(2)) {
            const auto *kind = signalKind(cause.signal);
            const QString title = kind ? QString::fromLatin1(kind->title) : cause.signal.isEmpty() ? cause.from : cause.signal;
            const bool policy = cause.kind == Movement::Cause::Kind::Policy;
            const QString told = cause.signal.isEmpty() ? cause.to : cause.to.section(u": "_s, 1);
            causes << u"%1 %2: %3"_s.arg(title, signedText(cause.points), (policy ? u"the policy was changed; "_s : QString()) + shortText(told.isEmpty() ? cause.to : told, 90));
        }
        if (movement->causes.size() > 2)
            causes << u"and %1 more"_s.arg(movement->causes.size() - 2);
        parts << (own.size() > 1 ? isoTime(movement->at).left(10) + u" "_s : QString()) + causes.join(u' ');
    }
    return parts.join(u' ');
}

} // namespace coppice::health
