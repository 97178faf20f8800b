// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <library/library.h>
#include <templates/links.h>

#include <QJsonArray>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

struct Seen {
    library::Catalog catalog;
    templates::LinkReport report;
};
Result<Seen> look(Context &context)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(auto catalog, session->library().scan(session->state(), context.stop(), context.progress()));
    COPPICE_TRY(auto repository, session->library().repository());
    COPPICE_TRY(auto report, templates::checkLinks(repository, catalog));
    return Seen{std::move(catalog), std::move(report)};
}

/// Files and folders two levels below templates/: what is linked as a rule.
Result<QList<QPair<QByteArray, bool>>> shownTemplates(const git::Repository &repository, const git::Oid &head)
{
    QList<QPair<QByteArray, bool>> all;
    if (head.isNull())
        return all;
    COPPICE_TRY(const git::Oid root, repository.treeOf(head));
    COPPICE_TRY(const auto folder, repository.entryAt(root, "templates"));
    if (!folder || folder->mode != git::Mode::Tree)
        return all;
    COPPICE_TRY(const auto parts, repository.tree(folder->id));
    for (const auto &part : parts) {
        if (part.mode != git::Mode::Tree) {
            all << QPair(part.name, false);
            continue;
        }
        COPPICE_TRY(const auto entries, repository.tree(part.id));
        for (const auto &entry : entries)
            all << QPair(QByteArray(part.name + '/' + entry.name), entry.mode == git::Mode::Tree);
    }
    return all;
}

Result<int> list(Context &context)
{
    COPPICE_TRY(const auto seen, look(context));
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto repository, session->library().repository());
    COPPICE_TRY(const auto names, shownTemplates(repository, seen.catalog.head));
    QJsonArray array;
    QList<QStringList> rows{{u"TEMPLATE"_s, u"LINKED BY"_s}};
    for (const auto &[name, folder] : names) {
        QStringList plugins;
        for (const auto &link : seen.report.links) {
            const QByteArray full = "templates/" + name;
            const bool uses = link.names == full || link.names.startsWith(QByteArray(full + '/')) || full.startsWith(QByteArray(link.names + '/'));
            if (link.state == templates::LinkState::State::Good && uses && !plugins.contains(link.plugin))
                plugins << link.plugin;
        }
        const QString text = QString::fromUtf8(name);
        array.append(QJsonObject{{u"name"_s, text}, {u"kind"_s, folder ? u"folder"_s : u"file"_s}, {u"plugins"_s, QJsonArray::fromStringList(plugins)}});
        rows << QStringList{folder ? QString(text + u'/') : text, plugins.isEmpty() ? u"-"_s : plugins.join(u", "_s)};
    }
    context.answer({{u"templates"_s, array}}, names.isEmpty() ? u"The library has no templates/ folder."_s : table(rows));
    return 0;
}

Result<int> check(Context &context)
{
    COPPICE_TRY(const auto seen, look(context));
    QJsonArray links, findings;
    int good = 0;
    for (const auto &link : seen.report.links) {
        good += link.state == templates::LinkState::State::Good ? 1 : 0;
        links.append(QJsonObject{{u"plugin"_s, link.plugin.isEmpty() ? QJsonValue() : QJsonValue(link.plugin)},
                                 {u"path"_s, QString::fromUtf8(link.path)},
                                 {u"target"_s, QString::fromUtf8(link.target)},
                                 {u"state"_s, templates::nameOf(link.state)},
                                 {u"names"_s, link.names.isEmpty() ? QJsonValue() : QJsonValue(QString::fromUtf8(link.names))}});
    }
    QStringList lines;
    for (const auto &finding : seen.report.findings) {
        findings.append(QJsonObject{{u"code"_s, finding.code}, {u"text"_s, finding.text}, {u"where"_s, finding.where}});
        lines << QString(finding.where + u": " + finding.text);
    }
    lines << u"%1 template links are good, %2 findings."_s.arg(good).arg(findings.size());
    context.answer({{u"links"_s, links}, {u"findings"_s, findings}}, lines.join(u'\n'));
    return findings.isEmpty() ? 0 : 1;
}

const Definition definition([](CLI::App &root, Context &context) {
    auto *all = group(root, "templates", "Shared files of the library and their links in plugins");
    all->add_subcommand("list", "The library's templates and who links to them")->callback([&context] { context.setAction(list); });
    all->add_subcommand("check", "Missing, dangling and escaping links; exit 1 when there is one")->callback([&context] { context.setAction(check); });

    struct Options {
        std::string plugin, path, name;
    };
    const auto options = std::make_shared<Options>();
    auto *link = all->add_subcommand("link", "Put a link to a template into a plugin, in one commit");
    link->add_option("PLUGIN", options->plugin, "The plugin's id")->required();
    link->add_option("TEMPLATE", options->name, "Path below templates/")->required();
    link->add_option("PATH", options->path, "The link's path in the plugin; the template's own path otherwise");
    link->callback([options, &context] {
        context.setAction([options](Context &c) -> Result<int> {
            const QString path = q(options->path.empty() ? options->name : options->path);
            COPPICE_TRY(const auto answer, c.call(u"templates.link"_s, {{u"plugin"_s, q(options->plugin)}, {u"path"_s, path}, {u"template"_s, q(options->name)}}));
            c.answer(answer, u"%1 in %2 is a link to templates/%3 now (commit %4)."_s.arg(path, q(options->plugin), q(options->name), answer[u"commit"_s].toString().left(8)));
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl
