// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/policy.h"

#include "health/signals.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QIODevice>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

const QMap<QString, double> &defaultLimits()
{
    static const QMap<QString, double> all{{limit::humanDays, 365}, {limit::ticketDays, 30}, {limit::unreleasedDays, 30},
                                           {limit::errorsWeek, 0},  {limit::errorPercent, 0.1}, {limit::fetchDays, 30}};
    return all;
}
const QMap<QString, int> &defaultTiers()
{
    static const QMap<QString, int> all{{u"excellent"_s, 90}, {u"good"_s, 75}, {u"fair"_s, 50}};
    return all;
}
/// What is broken for users now cannot be made up for by paperwork.
const QMap<QString, QString> &defaultAtMost()
{
    static const QMap<QString, QString> all{{u"tests"_s, u"fair"_s}, {u"setup"_s, u"fair"_s}, {u"regressions"_s, u"fair"_s},
                                            {u"errors"_s, u"good"_s}, {u"variables"_s, u"good"_s}};
    return all;
}
/// A library is not run by itself: what it throws is told by those that use it.
const QMap<QString, QMap<QString, double>> &defaultKindWeights()
{
    static const QMap<QString, QMap<QString, double>> all{{u"library"_s, {{u"errors"_s, 0}, {u"regressions"_s, 0}}}};
    return all;
}

QStringList kinds()
{
    return {u"mcp-server"_s, u"service"_s, u"library"_s};
}

} // namespace

const QStringList &tierNames()
{
    static const QStringList names{u"excellent"_s, u"good"_s, u"fair"_s, u"poor"_s};
    return names;
}

int compareTiers(const QString &a, const QString &b)
{
    const auto place = [](const QString &tier) {
        const auto at = tierNames().indexOf(tier);
        return at < 0 ? int(tierNames().size()) : int(at);
    };
    return place(a) - place(b);
}

Policy::Policy(const library::HealthSettings &settings, const QString &kind) : m_settings(settings), m_kind(settings.kinds.value(kind))
{
    const auto weights = defaultKindWeights().value(kind);
    for (auto it = weights.cbegin(); it != weights.cend(); ++it) {
        // what the file says for all plugins stands before what is shipped for one kind
        if (!m_kind.weights.contains(it.key()) && !settings.rules.weights.contains(it.key()))
            m_kind.weights.insert(it.key(), it.value());
    }
}

double Policy::weight(const QString &signal, double otherwise) const
{
    return m_kind.weights.value(signal, m_settings.rules.weights.value(signal, otherwise));
}

double Policy::limit(QLatin1String name) const
{
    return m_kind.limits.value(name, m_settings.rules.limits.value(name, defaultLimits().value(name)));
}

QString Policy::tierFor(int tenths) const
{
    for (const auto &tier : tierNames()) {
        if (tier != "poor"_L1 && tenths >= 10 * m_settings.tiers.value(tier, defaultTiers().value(tier)))
            return tier;
    }
    return u"poor"_s;
}

QString Policy::atMost(const QString &signal) const
{
    const QString tier = m_settings.atMost.value(signal, defaultAtMost().value(signal));
    return tierNames().contains(tier) ? tier : QString();
}

QByteArray hashOf(const library::HealthSettings &settings)
{
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out << 2 << settings.rules.weights << settings.rules.limits << settings.tiers << settings.atMost << settings.licencesAllowed
        << settings.licencesDenied << settings.variablesKnown;
    for (auto it = settings.kinds.cbegin(); it != settings.kinds.cend(); ++it)
        out << it.key() << it->weights << it->limits;
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha1).toHex().left(16);
}

std::vector<library::Problem> problemsOf(const library::HealthSettings &settings)
{
    auto problems = settings.problems;
    QStringList names;
    for (const auto &kind : signalKinds())
        names << QLatin1String(kind.name);
    const auto tell = [&](const QString &what, const QString &word, const QStringList &known) {
        problems.push_back({QString::fromUtf8(library::settingsFile), 0,
                            u"health: there is no %1 \"%2\"; known are %3"_s.arg(what, word.left(60), known.join(u", "_s)), true});
    };
    const auto check = [&](const library::HealthSettings::Rules &rules) {
        for (const auto &word : rules.weights.keys()) {
            if (!names.contains(word))
                tell(u"signal"_s, word, names);
        }
        for (const auto &word : rules.limits.keys()) {
            if (!defaultLimits().contains(word))
                tell(u"limit"_s, word, defaultLimits().keys());
        }
    };
    check(settings.rules);
    for (auto it = settings.kinds.cbegin(); it != settings.kinds.cend(); ++it) {
        if (!kinds().contains(it.key()))
            tell(u"kind of plugin"_s, it.key(), kinds());
        check(*it);
    }
    for (const auto &tier : settings.tiers.keys()) {
        if (!defaultTiers().contains(tier))
            tell(u"tier"_s, tier, defaultTiers().keys());
    }
    for (auto it = settings.atMost.cbegin(); it != settings.atMost.cend(); ++it) {
        if (!names.contains(it.key()))
            tell(u"signal"_s, it.key(), names);
        if (!it->isEmpty() && !tierNames().contains(*it) && *it != "any"_L1)
            tell(u"tier"_s, *it, tierNames());
    }
    return problems;
}

QString kindOf(const library::CatalogEntry &entry)
{
    const auto &manifest = entry.manifest;
    const auto from = [&](const manifest::Sourced<QString> &field) {
        return field.source.section(u':', 0, 0).section(u'/', -1);
    };
    for (const auto *field : {&manifest.name, &manifest.description, &manifest.version}) {
        if (from(*field) == "server.json"_L1 || from(*field) == "manifest.json"_L1)
            return u"mcp-server"_s;
    }
    static const QSet<QString> kits{u"pkg:npm/%40modelcontextprotocol/sdk"_s, u"pkg:npm/%40modelcontextprotocol/server"_s, u"pkg:npm/fastmcp"_s,
                                    u"pkg:pypi/mcp"_s, u"pkg:pypi/fastmcp"_s, u"pkg:golang/github.com/mark3labs/mcp-go"_s,
                                    u"pkg:golang/github.com/modelcontextprotocol/go-sdk"_s, u"pkg:cargo/rmcp"_s,
                                    u"pkg:maven/io.modelcontextprotocol.sdk/mcp"_s};
    for (const auto &dependency : manifest.dependencies) {
        if (kits.contains(dependency.purl))
            return u"mcp-server"_s;
    }
    for (const char *command : {"start", "deploy"}) {
        if (!entry.plugin.commands.value(QLatin1String(command)).line.isEmpty())
            return u"service"_s;
    }
    return u"library"_s;
}

} // namespace coppice::health
