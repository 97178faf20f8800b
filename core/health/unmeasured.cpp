// SPDX-License-Identifier: GPL-3.0-or-later
// What nobody knows, told apart from what is bad, with how to measure it.
#include "health/health.h"

#include <QJsonArray>

#include <algorithm>

namespace coppice::health {

using namespace Qt::StringLiterals;

int Score::counted() const
{
    return int(std::ranges::count_if(reasons, [](const Signal &signal) { return signal.worth > 0; }));
}

int Score::unmeasured() const
{
    return int(std::ranges::count_if(reasons, [](const Signal &signal) { return signal.worth > 0 && signal.verdict == Signal::Verdict::Unknown; }));
}

Unmeasured unmeasuredOf(const std::vector<const Score *> &scores)
{
    Unmeasured all;
    for (const Score *score : scores) {
        all.counted += score->counted();
        for (const auto &signal : score->reasons) {
            if (signal.worth == 0 || signal.verdict != Signal::Verdict::Unknown)
                continue;
            ++all.signals_;
            auto kind = std::ranges::find(all.kinds, signal.name, &Unmeasured::Kind::signal);
            if (kind == all.kinds.end())
                kind = all.kinds.insert(kind, {signal.name, signal.title, signal.next, 0, 0});
            ++kind->plugins;
            kind->tenths += signal.worth;
        }
    }
    std::ranges::stable_sort(all.kinds, std::ranges::greater(), &Unmeasured::Kind::tenths);
    return all;
}

QString Unmeasured::sentence() const
{
    if (signals_ == 0)
        return {};
    QStringList parts;
    for (const auto &kind : kinds)
        parts << u"%1 of %2"_s.arg(kind.title, kind.plugins == 1 ? u"1 plugin"_s : u"%1 plugins"_s.arg(kind.plugins));
    const qsizetype shown = 4;
    QString text = parts.mid(0, shown).join(u", "_s);
    if (parts.size() > shown)
        text += u" and %1 more"_s.arg(parts.size() - shown);
    return u"Not measured yet: %1 of %2 signals (%3). That is not bad, and counts as nothing until it is measured."_s.arg(signals_).arg(counted).arg(text);
}

QJsonObject toJson(const Unmeasured &unmeasured)
{
    QJsonArray kinds;
    for (const auto &kind : unmeasured.kinds)
        kinds.append(QJsonObject{{u"signal"_s, kind.signal}, {u"title"_s, kind.title}, {u"next"_s, kind.next}, {u"plugins"_s, kind.plugins}, {u"points"_s, kind.tenths / 10.0}});
    return {{u"signals"_s, unmeasured.signals_}, {u"of"_s, unmeasured.counted}, {u"kinds"_s, kinds}};
}

} // namespace coppice::health
