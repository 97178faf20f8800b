// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_text.h"

#include <graph/export.h>
#include <manifest/purl.h>

#include <QJsonArray>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

QString idOf(const graph::Graph &graph, int node)
{
    return graph.nodes()[size_t(node)].id;
}

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QString orDash(const QString &text)
{
    return text.isEmpty() ? u"-"_s : text;
}

struct Reached {
    int plugin = 0;
    int distance = 0;
    int edge = 0; ///< the first that led there
};
struct Neighbours {
    std::vector<Reached> reached;
    int further = 0; ///< edges that lead beyond the depth
};

Neighbours neighboursOf(const graph::Graph &graph, int node, int depth, bool out)
{
    Neighbours found;
    std::vector<bool> seen(graph.nodes().size(), false);
    seen[size_t(node)] = true;
    std::vector<int> front{node};
    for (int distance = 1; !front.empty(); ++distance) {
        std::vector<Reached> next;
        for (const int at : front) {
            const auto &own = graph.nodes()[size_t(at)];
            for (const int edge : out ? own.out : own.in) {
                const auto &arrow = graph.edges()[size_t(edge)];
                const int other = out ? arrow.to : arrow.from;
                if (seen[size_t(other)])
                    continue;
                if (distance > depth) {
                    ++found.further;
                    continue;
                }
                seen[size_t(other)] = true;
                next.push_back({other, distance, edge});
            }
        }
        if (distance > depth)
            break;
        std::ranges::sort(next, {}, &Reached::plugin);
        front.clear();
        for (const auto &one : next) {
            found.reached.push_back(one);
            front.push_back(one.plugin);
        }
    }
    return found;
}

QJsonArray neighboursJson(const graph::Graph &graph, const Neighbours &neighbours)
{
    QJsonArray array;
    for (const auto &reached : neighbours.reached) {
        auto object = graph::toJson(graph, graph.edges()[size_t(reached.edge)]);
        object[u"name"_s] = idOf(graph, reached.plugin);
        object[u"version"_s] = orNull(graph.nodes()[size_t(reached.plugin)].version);
        object[u"distance"_s] = reached.distance;
        array.append(object);
    }
    return array;
}

QString reasonText(const graph::Reason &reason)
{
    if (reason.kind == graph::Reason::Kind::Needs)
        return u"by its settings (needs)"_s;
    QString text = manifest::purlName(reason.purl) + (reason.range.isEmpty() ? QString() : QString(u" " + reason.range));
    if (!reason.locked.isEmpty() && reason.locked != reason.range)
        text += u", locked " + reason.locked;
    if (reason.scope != manifest::Dependency::Scope::Runtime)
        text += u", " + graph::nameOf(reason.scope);
    if (reason.kind == graph::Reason::Kind::Path)
        text += u", by its folder";
    else if (reason.kind == graph::Reason::Kind::Git)
        text += u", by its repository";
    else if (reason.kind == graph::Reason::Kind::Name)
        text += u", likely: by name only";
    return text;
}

void addRows(QList<QStringList> &rows, const graph::Graph &graph, const Neighbours &neighbours)
{
    for (const auto &reached : neighbours.reached) {
        const auto &edge = graph.edges()[size_t(reached.edge)];
        rows << QStringList{QString(u"  " + idOf(graph, reached.plugin)), orDash(graph.nodes()[size_t(reached.plugin)].version),
                            QString::number(reached.distance), reasonText(edge.reasons.front())};
    }
}

} // namespace

void showPlugin(Context &context, const library::Catalog &catalog, const graph::Graph &graph, int node, int depth)
{
    const auto &own = graph.nodes()[size_t(node)];
    const auto out = neighboursOf(graph, node, depth, true);
    const auto in = neighboursOf(graph, node, depth, false);
    QJsonArray packages;
    QList<QStringList> named;
    const auto *entry = catalog.find(own.id);
    if (entry) {
        for (const auto &dependency : entry->manifest.dependencies) {
            packages.append(QJsonObject{{u"purl"_s, dependency.purl},
                                        {u"range"_s, orNull(dependency.range)},
                                        {u"locked"_s, orNull(dependency.locked)},
                                        {u"scope"_s, graph::nameOf(dependency.scope)},
                                        {u"source"_s, dependency.source}});
            named << QStringList{QString(u"  " + dependency.purl), orDash(dependency.range), orDash(dependency.locked), graph::nameOf(dependency.scope)};
        }
    }
    QString text = QString(own.id + u' ' + own.version).trimmed();
    const auto section = [&](const QString &title, const Neighbours &neighbours) {
        text += u"\n\n%1: %2"_s.arg(title).arg(neighbours.reached.size());
        QList<QStringList> rows;
        addRows(rows, graph, neighbours);
        if (!rows.isEmpty())
            text += u'\n' + table(rows);
        if (neighbours.further > 0)
            text += u"\n  … %1 more edges lead further; see --depth."_s.arg(neighbours.further);
    };
    section(u"Depends on"_s, out);
    section(u"Depended on by"_s, in);
    if (!named.isEmpty())
        text += u"\n\nPackages: %1\n"_s.arg(named.size()) + table(named);
    context.answer({{u"name"_s, own.id},
                    {u"version"_s, orNull(own.version)},
                    {u"depth"_s, depth},
                    {u"own_packages"_s, QJsonArray::fromStringList(own.packages)},
                    {u"dependencies"_s, neighboursJson(graph, out)},
                    {u"dependents"_s, neighboursJson(graph, in)},
                    {u"hidden"_s, QJsonObject{{u"dependencies"_s, out.further}, {u"dependents"_s, in.further}}},
                    {u"packages"_s, packages}},
                   text);
}

void showPackage(Context &context, const graph::Graph &graph, const QString &purl)
{
    QJsonArray users;
    QList<QStringList> rows{{u"PLUGIN"_s, u"RANGE"_s, u"LOCKED"_s, u"SCOPE"_s, u"WHERE"_s}};
    for (const auto &use : graph.packages().at(purl)) {
        users.append(QJsonObject{{u"plugin"_s, idOf(graph, use.plugin)},
                                 {u"range"_s, orNull(use.range)},
                                 {u"locked"_s, orNull(use.locked)},
                                 {u"scope"_s, graph::nameOf(use.scope)},
                                 {u"source"_s, orNull(use.source)}});
        rows << QStringList{idOf(graph, use.plugin), orDash(use.range), orDash(use.locked), graph::nameOf(use.scope), use.source};
    }
    const QStringList publishers = graph.publishersOf(purl);
    QString text = purl + u'\n' + table(rows);
    if (!publishers.isEmpty())
        text += u"\nIt is published by "_s + publishers.join(u", "_s) + u'.';
    context.answer({{u"purl"_s, purl}, {u"publishers"_s, QJsonArray::fromStringList(publishers)}, {u"users"_s, users}}, text);
}

void showImpact(Context &context, const graph::Graph &graph, const QString &id, const QString &version, const graph::Impact &impact)
{
    QJsonArray touched, distances, takers;
    for (const auto &one : impact.touched)
        touched.append(QJsonObject{{u"name"_s, idOf(graph, one.plugin)},
                                   {u"distance"_s, one.distance},
                                   {u"by"_s, one.by < 0 ? QJsonValue() : QJsonValue(idOf(graph, one.by))},
                                   {u"certain"_s, one.certain}});
    for (const int count : impact.byDistance)
        distances.append(count);
    int yes = 0, no = 0, open = 0;
    QList<QStringList> rows;
    for (const auto &taker : impact.takers) {
        takers.append(QJsonObject{{u"name"_s, idOf(graph, taker.plugin)},
                                  {u"purl"_s, orNull(taker.reason.purl)},
                                  {u"range"_s, orNull(taker.reason.range)},
                                  {u"locked"_s, orNull(taker.reason.locked)},
                                  {u"scope"_s, graph::nameOf(taker.reason.scope)},
                                  {u"accepts"_s, version.isEmpty() ? QJsonValue() : QJsonValue(manifest::nameOf(taker.accepts))}});
        yes += taker.accepts == manifest::Accepts::Yes ? 1 : 0;
        no += taker.accepts == manifest::Accepts::No ? 1 : 0;
        open += taker.accepts == manifest::Accepts::Unknown ? 1 : 0;
        QStringList row{QString(u"  " + idOf(graph, taker.plugin)), orDash(taker.reason.range), orDash(taker.reason.locked), reasonText(taker.reason)};
        if (!version.isEmpty())
            row.insert(1, taker.accepts == manifest::Accepts::Yes ? u"takes it"_s : taker.accepts == manifest::Accepts::No ? u"refuses"_s : u"unknown"_s);
        rows << row;
    }
    QString text;
    if (impact.touched.empty()) {
        text = u"Nothing depends on %1."_s.arg(id);
    } else {
        text = u"%1 plugin(s) are touched when %2 changes."_s.arg(impact.touched.size()).arg(id);
        for (size_t i = 0; i < impact.byDistance.size(); ++i)
            text += u"\n  at distance %1: %2"_s.arg(i + 1).arg(impact.byDistance[i]);
        text += u"\n\nDirectly:\n"_s + table(rows);
        if (!version.isEmpty())
            text += u"\n\nVersion %1: %2 take it, %3 refuse, %4 unknown."_s.arg(version).arg(yes).arg(no).arg(open);
        QStringList further;
        for (const auto &one : impact.touched) {
            if (one.distance > 1)
                further << u"%1 (%2, over %3)"_s.arg(idOf(graph, one.plugin)).arg(one.distance).arg(idOf(graph, one.by));
        }
        if (!further.isEmpty())
            text += u"\n\nFurther: "_s + further.join(u", "_s);
    }
    QJsonObject document{{u"id"_s, id}, {u"count"_s, qint64(impact.touched.size())}, {u"by_distance"_s, distances}, {u"touched"_s, touched}, {u"direct"_s, takers}};
    if (!version.isEmpty()) {
        document[u"version"_s] = version;
        document[u"accepts"_s] = QJsonObject{{u"yes"_s, yes}, {u"no"_s, no}, {u"unknown"_s, open}};
    }
    context.answer(document, text);
}

QString cycleText(const graph::Graph &graph, const graph::Cycle &cycle, int number)
{
    QStringList names;
    for (const int plugin : cycle.shortest)
        names << idOf(graph, plugin);
    if (!names.isEmpty())
        names << names.front();
    QString text = u"%1. %2 plugins, %3 edges; the shortest way round: %4\n"_s.arg(number).arg(cycle.plugins.size()).arg(cycle.edges.size()).arg(names.join(u" → "_s));
    text += cycle.exact ? u"   Cut %1:\n"_s.arg(cycle.cut.size()) : u"   Cut %1 (at least %2 are needed; not proved smaller):\n"_s.arg(cycle.cut.size()).arg(cycle.atLeast);
    for (const int edge : cycle.cut) {
        const auto &arrow = graph.edges()[size_t(edge)];
        text += u"     %1 → %2   %3\n"_s.arg(idOf(graph, arrow.from), idOf(graph, arrow.to), reasonText(arrow.reasons.front()));
    }
    return text;
}

} // namespace coppice::ctl
