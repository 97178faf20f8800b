// SPDX-License-Identifier: GPL-3.0-or-later
// Template drift: links and copies that are broken, edited, behind or missing.
#include "health/probe.h"

#include "templates/copies.h"
#include "templates/links.h"

#include <QJsonArray>
#include <QSet>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

class Links final : public Probe
{
public:
    QString name() const override { return u"links"_s; }
    QString title() const override { return u"Links to templates, and copies of them"_s; }
    QString source() const override { return u"the library's tree"_s; }
    int version() const override { return 2; }
    QByteArray key(Round &round, const library::CatalogEntry &entry) override
    {
        // A link may lead anywhere in the library, but only what lies under templates/ can make it good.
        QByteArray key = entry.tree.hex() + round.idAt("templates").hex() + entry.plugin.prefix;
        const auto add = [&](const library::TemplateLink &link) { key += '\n' + link.path + '\t' + link.name + char('0' + int(link.mode)); };
        for (const auto &link : round.catalog.settings.links)
            add(link);
        for (const auto &link : entry.plugin.settings.links)
            add(link);
        return key;
    }
    Measured measure(Round &round, const library::CatalogEntry &entry) override
    {
        library::Catalog one;
        one.head = round.catalog.head;
        one.settings = round.catalog.settings;
        one.entries.push_back(entry);
        QJsonArray bad;
        QSet<QByteArray> told; // a link in the place of a copy is one thing that is wrong
        int links = 0, copies = 0;
        const auto report = templates::checkLinks(round.repository, one);
        if (!report)
            return {{}, report.error().message()};
        int broken = 0;
        for (const auto &link : report->links) {
            if (link.plugin != entry.plugin.id)
                continue;
            ++links;
            if (link.state == templates::LinkState::State::Good)
                continue;
            ++broken;
            told.insert(link.path);
            if (bad.size() < mostListed)
                bad.append(QJsonObject{{u"path"_s, factText(QString::fromUtf8(link.path))}, {u"state"_s, templates::nameOf(link.state)},
                                       {u"target"_s, factText(QString::fromUtf8(link.target))}});
        }
        const bool copied = std::ranges::any_of(templates::expectedLinks(one.settings, entry.plugin),
                                                [](const auto &link) { return link.mode == library::TemplateLink::Mode::Copy; });
        if (copied) {
            const auto states = templates::copyStates(round.repository, one);
            if (!states)
                return {{}, states.error().message()};
            for (const auto &state : *states) {
                ++copies;
                if (state.state == templates::CopyState::State::Equal || told.contains(state.path))
                    continue;
                ++broken;
                if (bad.size() < mostListed)
                    bad.append(QJsonObject{{u"path"_s, factText(QString::fromUtf8(state.path))}, {u"state"_s, templates::nameOf(state.state)},
                                           {u"target"_s, factText(QString::fromUtf8("templates/" + state.name))}});
            }
        }
        return {{{u"links"_s, links}, {u"copies"_s, copies}, {u"bad"_s, bad}, {u"bad_count"_s, broken}}, {}};
    }
};

} // namespace

namespace probes {
std::unique_ptr<Probe> links()
{
    return std::make_unique<Links>();
}
}

} // namespace coppice::health
