// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <engine/session.h>
#include <library/library.h>
#include <templates/copies.h>
#include <templates/gates.h>
#include <templates/links.h>
#include <templates/staging.h>

#include <QJsonArray>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

struct Seen {
    library::Catalog catalog;
    templates::LinkReport report;
    std::vector<templates::CopyState> copies;
};
Result<Seen> look(Context &context)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(auto catalog, session->library().scan(session->state(), context.stop(), context.progress()));
    COPPICE_TRY(auto repository, session->library().repository());
    COPPICE_TRY(auto report, templates::checkLinks(repository, catalog));
    COPPICE_TRY(auto copies, templates::copyStates(repository, catalog));
    return Seen{std::move(catalog), std::move(report), std::move(copies)};
}

Result<int> list(Context &context)
{
    COPPICE_TRY(const auto seen, look(context));
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(auto repository, session->library().repository());
    COPPICE_TRY(const auto names, templates::templateNames(repository, seen.catalog.head));
    COPPICE_TRY(const auto staged, templates::stagedTemplates(repository, seen.catalog.head, seen.report));
    std::vector<QByteArray> asked;
    for (const auto &[name, folder] : names)
        asked.push_back(name);
    for (const auto &one : staged)
        asked.push_back("next/" + one.name);
    COPPICE_TRY(const auto gates, templates::gatesOf(repository, session->state(), seen.catalog.head, asked));
    QJsonArray array, next;
    QList<QStringList> rows{{u"TEMPLATE"_s, u"GATE"_s, u"LINKED BY"_s}};
    const auto listed = [](const QStringList &plugins) { return plugins.isEmpty() ? u"-"_s : plugins.join(u", "_s); };
    for (const auto &[name, folder] : names) {
        QStringList plugins, copies;
        const QByteArray full = "templates/" + name;
        for (const auto &link : seen.report.links) {
            const bool uses = link.names == full || link.names.startsWith(QByteArray(full + '/')) || full.startsWith(QByteArray(link.names + '/'));
            if (link.state == templates::LinkState::State::Good && uses && !plugins.contains(link.plugin))
                plugins << link.plugin;
        }
        for (const auto &copy : seen.copies) {
            if (copy.name == name || copy.name.startsWith(QByteArray(name + '/')))
                copies << copy.plugin;
        }
        const QString text = QString::fromUtf8(name);
        const auto &gate = gates.at(name);
        array.append(QJsonObject{{u"name"_s, text}, {u"kind"_s, folder ? u"folder"_s : u"file"_s}, {u"plugins"_s, QJsonArray::fromStringList(plugins)},
                                 {u"copies"_s, QJsonArray::fromStringList(copies)}, {u"gate"_s, templates::nameOf(gate.state)}, {u"why"_s, gate.why}});
        rows << QStringList{folder ? QString(text + u'/') : text, templates::nameOf(gate.state), listed(plugins + copies)};
    }
    for (const auto &one : staged) {
        const auto &gate = gates.at("next/" + one.name);
        const QString text = QString::fromUtf8(one.name);
        next.append(QJsonObject{{u"name"_s, text}, {u"differs"_s, one.differs}, {u"pilots"_s, QJsonArray::fromStringList(one.pilots)},
                                {u"others"_s, QJsonArray::fromStringList(one.others)}, {u"gate"_s, templates::nameOf(gate.state)}, {u"why"_s, gate.why}});
        rows << QStringList{u"next/"_s + text, templates::nameOf(gate.state), listed(one.pilots)};
    }
    context.answer({{u"templates"_s, array}, {u"staged"_s, next}}, names.empty() ? u"The library has no templates/ folder."_s : table(rows));
    return 0;
}

/// What is wrong with a copy, in a sentence; empty when nothing is.
QString copyTrouble(const templates::CopyState &copy)
{
    const QString name = QString::fromUtf8(copy.name);
    switch (copy.state) {
    case templates::CopyState::State::Equal:
        return {};
    case templates::CopyState::State::Stale:
        return u"This copy of %1 is an earlier state of it; coppicectl templates refresh brings it up to date"_s.arg(name);
    case templates::CopyState::State::Edited:
        return u"This copy of %1 was edited in the plugin; coppicectl templates decide says what becomes of it"_s.arg(name);
    case templates::CopyState::State::Missing:
        return u"A copy of %1 should stand here; coppicectl templates refresh puts it there"_s.arg(name);
    case templates::CopyState::State::NoTemplate:
        return u"This should be a copy of %1, which does not exist"_s.arg(name);
    }
    return {};
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
    QJsonArray copies;
    for (const auto &copy : seen.copies) {
        const QString where = QString::fromUtf8(copy.prefix + '/' + copy.path);
        copies.append(QJsonObject{{u"plugin"_s, copy.plugin}, {u"path"_s, QString::fromUtf8(copy.path)},
                                  {u"template"_s, QString::fromUtf8("templates/" + copy.name)}, {u"state"_s, templates::nameOf(copy.state)}});
        if (const QString trouble = copyTrouble(copy); !trouble.isEmpty()) {
            findings.append(QJsonObject{{u"code"_s, QString(u"copies."_s + templates::nameOf(copy.state))}, {u"text"_s, trouble}, {u"where"_s, where}});
            lines << QString(where + u": " + trouble);
        }
    }
    for (const auto &finding : seen.report.findings) {
        findings.append(QJsonObject{{u"code"_s, finding.code}, {u"text"_s, finding.text}, {u"where"_s, finding.where}});
        lines << QString(finding.where + u": " + finding.text);
    }
    lines << u"%1 template links are good, %2 findings."_s.arg(good).arg(findings.size());
    context.answer({{u"links"_s, links}, {u"copies"_s, copies}, {u"findings"_s, findings}}, lines.join(u'\n'));
    return findings.isEmpty() ? 0 : 1;
}

const Definition definition([](Verb &root, Context &context) {
    auto *all = group(root, "templates", "Shared files of the library and their links in plugins");
    all->addSubcommand("list", "The library's templates and who links to them")->callback([&context] { context.setAction(list); });
    all->addSubcommand("check", "Missing, dangling and escaping links, and copies that drifted; exit 1 when there is one")->callback([&context] { context.setAction(check); });

    struct Options {
        std::string plugin, path, name;
        bool copy = false;
    };
    const auto options = std::make_shared<Options>();
    auto *link = all->addSubcommand("link", "Put a template into a plugin, as a link or a copy, in one commit");
    link->addOption("PLUGIN", options->plugin, "The plugin's id")->required();
    link->addOption("TEMPLATE", options->name, "Path below templates/")->required();
    link->addOption("PATH", options->path, "The link's path in the plugin; the template's own path otherwise");
    link->addFlag("--copy", options->copy, "A copy of its own, kept equal by content, instead of a link");
    link->callback([options, &context] {
        context.setAction([options](Context &c) -> Result<int> {
            const QString path = q(options->path.empty() ? options->name : options->path);
            COPPICE_TRY(const auto answer, c.call(u"templates.link"_s, {{u"plugin"_s, q(options->plugin)}, {u"path"_s, path}, {u"template"_s, q(options->name)},
                                                                        {u"mode"_s, options->copy ? u"copy"_s : u"link"_s}}));
            c.answer(answer, u"%1 in %2 is a %3 templates/%4 now (commit %5)."_s.arg(path, q(options->plugin), options->copy ? u"copy of"_s : u"link to"_s,
                                                                                  q(options->name), answer[u"commit"_s].toString().left(8)));
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl
