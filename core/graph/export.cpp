// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/export.h"

#include <QJsonArray>
#include <QSet>

namespace coppice::graph {

using namespace Qt::StringLiterals;

namespace {

QByteArray quoted(const QString &text)
{
    QString clean = text;
    clean.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s).replace(u'\n', u' ');
    return '"' + clean.toUtf8() + '"';
}

QString idOf(const Graph &graph, int node)
{
    return graph.nodes()[size_t(node)].id;
}

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

} // namespace

QByteArray toDot(const Graph &graph, const std::vector<Cycle> &cycles)
{
    QSet<int> cut, round;
    for (const auto &cycle : cycles) {
        for (const int edge : cycle.cut)
            cut.insert(edge);
        for (const int edge : cycle.edges)
            round.insert(edge);
    }
    QByteArray out = "digraph library {\n  rankdir=TB;\n  node [shape=box];\n";
    for (const auto &node : graph.nodes()) {
        const QByteArray label = quoted(node.version.isEmpty() ? node.id : QString(node.id + u' ' + node.version));
        out += "  " + quoted(node.id) + " [label=" + label + "];\n";
    }
    for (size_t i = 0; i < graph.edges().size(); ++i) {
        const auto &edge = graph.edges()[i];
        QByteArrayList words;
        if (!edge.isCertain())
            words << "style=dashed";
        if (cut.contains(int(i)))
            words << "color=red" << "penwidth=2";
        else if (round.contains(int(i)))
            words << "color=orange";
        out += "  " + quoted(idOf(graph, edge.from)) + " -> " + quoted(idOf(graph, edge.to));
        out += words.isEmpty() ? ";\n" : QByteArray(" [" + words.join(", ") + "];\n");
    }
    return out + "}\n";
}

QJsonObject toJson(const Graph &graph, const Edge &edge)
{
    QJsonArray reasons;
    for (const auto &reason : edge.reasons)
        reasons.append(QJsonObject{{u"kind"_s, nameOf(reason.kind)},
                                   {u"purl"_s, orNull(reason.purl)},
                                   {u"range"_s, orNull(reason.range)},
                                   {u"locked"_s, orNull(reason.locked)},
                                   {u"scope"_s, nameOf(reason.scope)},
                                   {u"source"_s, orNull(reason.source)}});
    return {{u"from"_s, idOf(graph, edge.from)}, {u"to"_s, idOf(graph, edge.to)}, {u"certain"_s, edge.isCertain()}, {u"reasons"_s, reasons}};
}

QJsonObject toJson(const Graph &graph, const Cycle &cycle)
{
    QJsonArray plugins, edges, cut, shortest;
    const auto pair = [&](int edge) {
        const auto &arrow = graph.edges()[size_t(edge)];
        return QJsonObject{{u"from"_s, idOf(graph, arrow.from)}, {u"to"_s, idOf(graph, arrow.to)}};
    };
    for (const int plugin : cycle.plugins)
        plugins.append(idOf(graph, plugin));
    for (const int edge : cycle.edges)
        edges.append(pair(edge));
    for (const int edge : cycle.cut)
        cut.append(pair(edge));
    for (const int plugin : cycle.shortest)
        shortest.append(idOf(graph, plugin));
    return {{u"plugins"_s, plugins}, {u"edges"_s, edges}, {u"cut"_s, cut}, {u"exact"_s, cycle.exact}, {u"weakest"_s, cycle.weakest}, {u"at_least"_s, cycle.atLeast}, {u"shortest"_s, shortest}};
}

QJsonObject toJson(const Graph &graph, const Conflict &conflict)
{
    QJsonArray versions;
    for (const auto &[version, plugins] : conflict.plugins) {
        QJsonArray ids;
        for (const int plugin : plugins)
            ids.append(idOf(graph, plugin));
        versions.append(QJsonObject{{u"version"_s, version}, {u"plugins"_s, ids}});
    }
    return {{u"purl"_s, conflict.purl}, {u"versions"_s, versions}};
}

QJsonObject toJson(const Graph &graph, const std::vector<Cycle> &cycles)
{
    QJsonArray plugins, edges, packages, rounds, conflicts;
    for (const auto &node : graph.nodes())
        plugins.append(QJsonObject{{u"name"_s, node.id},
                                   {u"version"_s, orNull(node.version)},
                                   {u"language"_s, orNull(node.language)},
                                   {u"packages"_s, QJsonArray::fromStringList(node.packages)}});
    for (const auto &edge : graph.edges())
        edges.append(toJson(graph, edge));
    for (const auto &[purl, uses] : graph.packages()) {
        QJsonArray users;
        for (const auto &use : uses)
            users.append(QJsonObject{{u"plugin"_s, idOf(graph, use.plugin)},
                                     {u"range"_s, orNull(use.range)},
                                     {u"locked"_s, orNull(use.locked)},
                                     {u"scope"_s, nameOf(use.scope)},
                                     {u"source"_s, orNull(use.source)}});
        packages.append(QJsonObject{{u"purl"_s, purl}, {u"uses"_s, users}});
    }
    for (const auto &cycle : cycles)
        rounds.append(toJson(graph, cycle));
    for (const auto &conflict : graph.conflicts())
        conflicts.append(toJson(graph, conflict));
    return {{u"plugins"_s, plugins}, {u"edges"_s, edges}, {u"packages"_s, packages}, {u"cycles"_s, rounds}, {u"conflicts"_s, conflicts}};
}

} // namespace coppice::graph
