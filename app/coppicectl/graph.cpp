// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_text.h"

#include <engine/session.h>
#include <graph/export.h>
#include <graph/impact.h>
#include <manifest/purl.h>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>

#include <cstdio>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

struct Asked {
    std::string id;
    std::string version;
    std::string format = "json";
    std::string output;
    std::string plugin;
    int depth = 1;
    bool check = false;
};

Result<library::Catalog> scan(Context &context)
{
    COPPICE_TRY(auto *session, context.session());
    return session->library().scan(session->state(), context.stop(), context.progress());
}

Fail unknown(const QString &id)
{
    return failNotFound(u"plugin.unknown"_s, u"The library has no such plugin, and no plugin names such a package"_s, id,
                        u"See coppicectl plugins list; a package is named as pkg:npm/zod or as npm/zod."_s);
}

/// A package as people write it, or as a purl: one that plugins name.
QString packageNamed(const graph::Graph &graph, const QString &text)
{
    QString name = text.startsWith("pkg:"_L1) ? text.mid(4) : text;
    const QString type = name.section(u'/', 0, 0);
    const QString rest = manifest::purlName(QString(u"pkg:" + type + u'/' + name.section(u'/', 1).replace(u"@"_s, u"%40"_s)));
    // "npm/zod@3": the version is not part of the question.
    const qsizetype at = rest.indexOf(u'@', 1);
    const QString purl = manifest::purl(type, at > 0 ? rest.left(at) : rest);
    return graph.packages().contains(purl) ? purl : QString();
}

Result<int> show(Context &context, const Asked &asked)
{
    COPPICE_TRY(const auto catalog, scan(context));
    const graph::Graph graph(catalog);
    const QString id = q(asked.id);
    const auto node = graph.find(id);
    if (!node) {
        const QString purl = packageNamed(graph, id);
        if (purl.isEmpty())
            return unknown(id);
        showPackage(context, graph, purl);
        return 0;
    }
    showPlugin(context, catalog, graph, *node, asked.depth);
    return 0;
}

Result<int> impact(Context &context, const Asked &asked)
{
    COPPICE_TRY(const auto catalog, scan(context));
    const graph::Graph graph(catalog);
    const QString id = q(asked.id);
    const QString version = q(asked.version);
    if (const auto node = graph.find(id)) {
        showImpact(context, graph, id, version, graph::impactOf(graph, *node, version));
        return 0;
    }
    const QString purl = packageNamed(graph, id);
    if (purl.isEmpty())
        return unknown(id);
    showImpact(context, graph, purl, version, graph::impactOfPackage(graph, purl, version));
    return 0;
}

Result<int> cycles(Context &context, const Asked &asked)
{
    COPPICE_TRY(const auto catalog, scan(context));
    const graph::Graph graph(catalog);
    const auto found = graph::cyclesOf(graph, context.stop());
    QJsonArray array;
    QString text;
    int number = 0;
    for (const auto &cycle : found) {
        array.append(graph::toJson(graph, cycle));
        text += cycleText(graph, cycle, ++number);
    }
    context.answer({{u"cycles"_s, array}}, found.empty() ? u"No plugins depend on each other in a circle."_s : text.trimmed());
    return asked.check && !found.empty() ? 1 : 0;
}

Result<QByteArray> document(Context &context, const Asked &asked)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto catalog, scan(context));
    const graph::Graph graph(catalog);
    if (!asked.plugin.empty() && !graph.find(q(asked.plugin)))
        return failNotFound(u"plugin.unknown"_s, u"The library has no such plugin"_s, q(asked.plugin), u"See coppicectl plugins list."_s);
    if (asked.format == "cyclonedx") {
        COPPICE_TRY(const auto repository, session->library().repository());
        graph::BillOptions options;
        options.library = session->library().name();
        options.version = catalog.head.isNull() ? QString() : catalog.head.toString();
        options.toolVersion = QString::fromLatin1(COPPICE_VERSION);
        options.plugin = q(asked.plugin);
        options.locks = [&](const library::CatalogEntry &entry) { return manifest::readLocks(*manifest::treeSource(repository, entry.tree)); };
        return QJsonDocument(graph::toCycloneDx(catalog, graph, options)).toJson(QJsonDocument::Indented);
    }
    const auto found = graph::cyclesOf(graph, context.stop());
    if (asked.format == "dot")
        return graph::toDot(graph, found);
    auto json = graph::toJson(graph, found);
    json[u"v"_s] = 1;
    return QJsonDocument(json).toJson(QJsonDocument::Indented);
}

Result<int> exportGraph(Context &context, const Asked &asked)
{
    if (!asked.plugin.empty() && asked.format != "cyclonedx")
        return failUsage(u"usage.plugin"_s, u"--plugin narrows a bill of materials only"_s, q(asked.format), u"Use it with --format cyclonedx."_s);
    COPPICE_TRY(const auto bytes, document(context, asked));
    if (asked.output.empty()) {
        // The document itself is the answer, with --json or without.
        std::fwrite(bytes.constData(), 1, size_t(bytes.size()), stdout);
        return 0;
    }
    QSaveFile file(q(asked.output));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return fail(u"file.write"_s, u"The file could not be written: %1"_s.arg(file.errorString()), q(asked.output), u"Choose another place with --output."_s);
    context.answer({{u"file"_s, q(asked.output)}, {u"format"_s, q(asked.format)}, {u"bytes"_s, bytes.size()}},
                   u"%1: %2 bytes."_s.arg(q(asked.output)).arg(bytes.size()));
    return 0;
}

const Definition graphs([](Verb &root, Context &context) {
    auto *all = group(root, "graph", "What plugins need of each other and of packages");
    const auto asked = std::make_shared<Asked>();
    const auto act = [&context, asked](Result<int> (*action)(Context &, const Asked &)) {
        context.setAction([asked, action](Context &c) { return action(c, *asked); });
    };

    auto *showing = all->addSubcommand("show", "A plugin's neighbours both ways, or who uses a package (npm/zod)");
    showing->addOption("ID", asked->id, "The plugin's id, or a package")->required();
    showing->addOption("--depth", asked->depth, "How many steps each way")->between(1, 100);
    showing->callback([act] { act(show); });

    auto *touching = all->addSubcommand("impact", "What is touched when a plugin or package changes, by distance");
    touching->addOption("ID", asked->id, "The plugin's id, or a package")->required();
    touching->addOption("--version", asked->version, "The new version: whose range would take it?");
    touching->callback([act] { act(impact); });

    auto *rounds = all->addSubcommand("cycles", "Plugins that depend on each other in a circle, and the fewest edges to cut");
    rounds->addFlag("--check", asked->check, "Exit 1 when there are any");
    rounds->callback([act] { act(cycles); });

    auto *writing = all->addSubcommand("export", "The graph as a document");
    writing->addOption("--format", asked->format, "dot, json, or cyclonedx (a bill of materials, 1.6)")->among({"dot", "json", "cyclonedx"});
    writing->addOption("--plugin", asked->plugin, "With cyclonedx: only this plugin and what it needs");
    writing->addOption("--output", asked->output, "A file instead of standard output");
    writing->callback([act] { act(exportGraph); });
});

} // namespace

} // namespace coppice::ctl
