// SPDX-License-Identifier: GPL-3.0-or-later
// Template drift: links and copies that are broken, edited, behind or missing.
#include "health/probe.h"

#include "templates/copies.h"
#include "templates/links.h"

#include <QJsonArray>
#include <QSet>

#include <optional>

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
        if (!m_all && ++m_asked > fewPlugins)
            m_all = of(round, round.catalog.entries);
        if (m_all && !*m_all)
            return {{}, m_all->error().message()};
        if (m_all)
            return {(*m_all)->value(entry.plugin.id), {}};
        const auto one = of(round, {entry});
        return one ? Measured{one->value(entry.plugin.id), {}} : Measured{{}, one.error().message()};
    }

private:
    /// A few plugins are looked at one by one; of more, all at once, for the templates are walked with each look.
    static constexpr int fewPlugins = 4;

    static Result<QHash<QString, QJsonObject>> of(Round &round, const std::vector<library::CatalogEntry> &entries)
    {
        struct Found {
            QJsonArray bad;
            QSet<QByteArray> told; // a link in the place of a copy is one thing that is wrong
            int links = 0, copies = 0, broken = 0;
            void tell(const QByteArray &path, const QString &state, const QByteArray &target)
            {
                ++broken;
                told.insert(path);
                if (bad.size() < mostListed)
                    bad.append(QJsonObject{{u"path"_s, factText(QString::fromUtf8(path))}, {u"state"_s, state}, {u"target"_s, factText(QString::fromUtf8(target))}});
            }
        };
        QHash<QString, Found> found;
        library::Catalog some;
        some.head = round.catalog.head;
        some.settings = round.catalog.settings;
        some.entries = entries;
        COPPICE_TRY(const auto report, templates::checkLinks(round.repository, some));
        for (const auto &link : report.links) {
            auto &one = found[link.plugin];
            ++one.links;
            if (link.state != templates::LinkState::State::Good)
                one.tell(link.path, templates::nameOf(link.state), link.target);
        }
        std::erase_if(some.entries, [&](const auto &entry) {
            return std::ranges::none_of(templates::expectedLinks(some.settings, entry.plugin), [](const auto &link) { return link.mode == library::TemplateLink::Mode::Copy; });
        });
        if (!some.entries.empty()) {
            COPPICE_TRY(const auto states, templates::copyStates(round.repository, some));
            for (const auto &state : states) {
                auto &one = found[state.plugin];
                ++one.copies;
                if (state.state != templates::CopyState::State::Equal && !one.told.contains(state.path))
                    one.tell(state.path, templates::nameOf(state.state), "templates/" + state.name);
            }
        }
        QHash<QString, QJsonObject> values;
        for (const auto &entry : entries) {
            const auto one = found.value(entry.plugin.id);
            values.insert(entry.plugin.id, {{u"links"_s, one.links}, {u"copies"_s, one.copies}, {u"bad"_s, one.bad}, {u"bad_count"_s, one.broken}});
        }
        return values;
    }

    int m_asked = 0;
    std::optional<Result<QHash<QString, QJsonObject>>> m_all;
};

} // namespace

namespace probes {
std::unique_ptr<Probe> links()
{
    return std::make_unique<Links>();
}
}

} // namespace coppice::health
