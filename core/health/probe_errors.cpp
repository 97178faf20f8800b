// SPDX-License-Identifier: GPL-3.0-or-later
// Production errors of the last seven days, the requests beside them, and regressions.
#include "health/probe.h"

#include "capture/group_trend.h"
#include "capture/received.h"
#include "library/log_settings.h"

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 week = 7LL * 24 * 3600 * 1000;

class Errors final : public Probe
{
public:
    QString name() const override { return u"errors"_s; }
    QString title() const override { return u"Production errors and regressions"_s; }
    QString source() const override { return u"the events that were received"_s; }
    Result<> begin(Round &round) override
    {
        capture::EventStore store(round.house.events);
        COPPICE_TRY(const auto groups, store.groups());
        QStringList recent;
        for (const auto &group : groups) {
            auto &one = m_of[group.plugin];
            one.watched = true;
            if (group.level < capture::Level::Error || group.state == capture::Group::State::Muted)
                continue;
            if (group.last > one.last) {
                one.last = group.last;
                one.title = factText(group.title, 120);
            }
            one.open += group.state == capture::Group::State::New || group.state == capture::Group::State::Ticketed || group.state == capture::Group::State::Regressed;
            one.regressed += group.state == capture::Group::State::Regressed;
            if (group.last > round.now - week)
                recent << group.id.toString();
        }
        if (!recent.isEmpty()) {
            COPPICE_TRY(const auto trends, capture::trendsOf(round.house.events, recent, round.now, 0));
            for (const auto &group : groups) {
                const auto trend = trends.constFind(group.id.toString());
                if (trend == trends.cend())
                    continue;
                for (int day = capture::GroupTrend::Days - 7; day < capture::GroupTrend::Days; ++day)
                    m_of[group.plugin].week += trend->days[size_t(day)];
            }
        }
        COPPICE_TRY(const auto requests, capture::Received(round.house.events).requests({}, round.now - week));
        for (const auto &one : requests) {
            m_of[one.plugin].watched = true;
            m_of[one.plugin].requests += one.requests;
        }
        // a log that was read, also one in which nothing was wrong
        COPPICE_CHECK(round.house.events.read<void>([&](store::Connection &connection) {
            return connection.query(u"SELECT DISTINCT plugin FROM log_positions"_s, {}, [&](const store::Row &row) { m_of[row.text(0)].watched = true; });
        }));
        const auto settings = round.repository.tree(round.idAt(library::pluginSettingsFolder));
        if (round.idAt(library::pluginSettingsFolder).isNull() || !settings)
            return {};
        for (const auto &file : *settings) {
            const QString plugin = QString::fromUtf8(file.name).chopped(qMin<qsizetype>(5, file.name.size()));
            if (!file.name.endsWith(".yaml") || m_of.value(plugin).watched)
                continue;
            const auto text = round.repository.blob(file.id, 1 << 20);
            if (text && text->contains("logs") && !library::logSettingsAt(round.repository, round.catalog.head, plugin).empty())
                m_of[plugin].watched = true;
        }
        return {};
    }
    Measured measure(Round &, const library::CatalogEntry &entry) override
    {
        const auto one = m_of.value(entry.plugin.id);
        return {{{u"watched"_s, one.watched}, {u"open"_s, one.open}, {u"regressed"_s, one.regressed}, {u"week"_s, one.week}, {u"requests_week"_s, one.requests},
                 {u"last"_s, one.last}, {u"last_title"_s, one.title}},
                {}};
    }

private:
    struct One {
        bool watched = false;
        int open = 0, regressed = 0;
        qint64 week = 0, requests = 0, last = 0;
        QString title;
    };
    QHash<QString, One> m_of;
};

} // namespace

namespace probes {
std::unique_ptr<Probe> errors()
{
    return std::make_unique<Errors>();
}
}

} // namespace coppice::health
