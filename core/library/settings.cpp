// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/settings.h"

#include "library/manager_settings.h"
#include "library/ship_settings.h"
#include "library/ticket_settings.h"
#include "library/yaml_file.h"

#include <base/paths.h>

#include <QRegularExpression>

#include <algorithm>

namespace coppice::library {

using namespace Qt::StringLiterals;

bool isPrefixPattern(const QString &text)
{
    return isSafeRelative(text.toUtf8()) && !text.startsWith(".git/"_L1) && text != ".git"_L1;
}

namespace {

QMap<QString, QString> textMap(const YamlFile &file, const QString &path)
{
    QMap<QString, QString> map;
    for (const QString &key : file.keys(path)) {
        const QString at = yamlPath(path, key);
        if (!file.text(at).isEmpty())
            map.insert(key, file.text(at));
    }
    return map;
}

/// The word of a path if the schema allows it.
QString oneOf(const YamlFile &file, const QString &path, std::initializer_list<const char *> words)
{
    const QString text = file.text(path);
    const bool known = std::any_of(words.begin(), words.end(), [&](const char *word) { return text == QLatin1String(word); });
    return known ? text : QString();
}

void sortProblems(std::vector<Problem> &problems)
{
    std::stable_sort(problems.begin(), problems.end(), [](const Problem &a, const Problem &b) { return a.line < b.line; });
}

ClientSettings readClient(const YamlFile &file, const QString &name, std::vector<Problem> &problems)
{
    const QString at = yamlPath(u"clients"_s, name);
    ClientSettings client;
    client.name = name;
    client.kind = oneOf(file, at + u"/kind", {"exec", "acp", "claude", "recipe", "hand", "replay"});
    client.command = file.texts(at + u"/command");
    client.env = textMap(file, at + u"/env");
    if (file.has(at + u"/model")) {
        ModelEndpoint model;
        model.dialect = oneOf(file, at + u"/model/dialect", {"anthropic", "openai-responses", "openai-chat", "gemini"});
        model.baseUrl = file.text(at + u"/model/base_url");
        model.keyEnv = file.text(at + u"/model/key_env");
        model.name = file.text(at + u"/model/name");
        static const QRegularExpression variable(u"^[A-Za-z_][A-Za-z0-9_]{0,199}\\z"_s);
        if (!model.keyEnv.isEmpty() && !variable.match(model.keyEnv).hasMatch()) {
            // Somebody may have put the key itself here: it is not repeated.
            problems.push_back({file.file(), file.line(at + u"/model/key_env"),
                                u"clients.%1.model.key_env has to be the name of an environment variable"_s.arg(name)});
            model.keyEnv.clear();
        }
        if (!model.baseUrl.isEmpty() && !model.baseUrl.startsWith("http://"_L1) && !model.baseUrl.startsWith("https://"_L1)) {
            problems.push_back({file.file(), file.line(at + u"/model/base_url"),
                                u"clients.%1.model.base_url has to begin with http:// or https://"_s.arg(name)});
            model.baseUrl.clear();
        }
        if (!model.dialect.isEmpty() && !model.baseUrl.isEmpty())
            client.model = model;
    }
    client.mode = file.text(at + u"/mode");
    client.loginHosts = file.texts(at + u"/login/hosts");
    client.loginFiles = file.texts(at + u"/login/files");
    for (qsizetype i = 0; i < client.loginFiles.size(); ++i) {
        if (!isSafeRelative(client.loginFiles[i].toUtf8()))
            problems.push_back({file.file(), file.line(at + u"/login/files/%1"_s.arg(i)),
                                u"clients.%1.login.files names files below the home folder"_s.arg(name)});
    }
    client.loginFiles.removeIf([](const QString &path) { return !isSafeRelative(path.toUtf8()); });
    const bool needsCommand = client.kind == "acp"_L1;
    if (needsCommand && client.command.isEmpty())
        problems.push_back({file.file(), file.line(at), u"clients.%1 lacks the key \"command\": the program to start"_s.arg(name)});
    return client;
}

} // namespace

namespace {

/// An amount in US dollars, as millionths.
qint64 dollars(const YamlFile &file, const QString &path)
{
    return qint64(qBound(0.0, file.text(path).toDouble(), 1e9) * 1e6 + 0.5);
}

/// A whole number between two bounds, or what it was.
template <typename Number>
void readNumber(const YamlFile &file, const QString &path, Number least, Number most, Number &into)
{
    bool whole = false;
    const qint64 read = file.text(path).toLongLong(&whole);
    if (whole && read >= least && read <= most)
        into = Number(read);
}

/// `links`: path → template, or path → {template, mode}.
std::vector<TemplateLink> readLinks(const YamlFile &file, const QString &name, std::vector<Problem> &problems)
{
    std::vector<TemplateLink> links;
    for (const QString &path : file.keys(u"links"_s)) {
        const QString at = yamlPath(u"links"_s, path);
        TemplateLink link{path.toUtf8(), file.text(at).toUtf8(), TemplateLink::Mode::Link};
        if (link.name.isEmpty())
            link.name = file.text(yamlPath(at, u"template"_s)).toUtf8();
        const QString mode = file.text(yamlPath(at, u"mode"_s));
        if (mode == "copy"_L1)
            link.mode = TemplateLink::Mode::Copy;
        else if (mode == "own"_L1)
            link.mode = TemplateLink::Mode::Own;
        if (link.name.startsWith("templates/"))
            link.name.remove(0, 10);
        if (isSafeRelative(link.path) && isSafeRelative(link.name))
            links.push_back(link);
        else
            problems.push_back({name, file.line(at), u"A link names a path in the plugin and a path below templates/"_s});
    }
    return links;
}

} // namespace

LibrarySettings parseLibrarySettings(const QByteArray &yaml, const QString &name)
{
    const YamlFile file(yaml, name);
    LibrarySettings settings;
    settings.present = true;
    settings.problems = file.problems();
    if (settings.problems.empty() || !file.root().isEmpty()) {
        const auto found = checkBySchema(file, SettingsSchema::Library);
        settings.problems.insert(settings.problems.end(), found.begin(), found.end());
    }
    settings.name = file.text(u"name"_s).simplified().left(200);
    if (file.has(u"prefixes"_s)) {
        settings.prefixes.clear();
        const auto patterns = file.texts(u"prefixes"_s);
        for (qsizetype i = 0; i < patterns.size(); ++i) {
            QString pattern = patterns[i];
            while (pattern.endsWith(u'/'))
                pattern.chop(1);
            if (isPrefixPattern(pattern))
                settings.prefixes << pattern;
            else
                settings.problems.push_back({name, file.line(u"prefixes/%1"_s.arg(i)),
                                             u"A prefix has to be a path in the library: \"%1\""_s.arg(patterns[i].left(80))});
        }
    }
    for (const QString &client : file.keys(u"clients"_s)) {
        const auto read = readClient(file, client, settings.problems);
        if (!read.kind.isEmpty())
            settings.clients.insert(client, read);
    }
    settings.gitPolicy.commits = oneOf(file, u"git_policy/commits"_s, {"conventional"});
    if (const QString tags = file.text(u"git_policy/tags"_s); !tags.isEmpty()) {
        settings.gitPolicy.makesTags = isTagPattern(tags);
        if (settings.gitPolicy.makesTags)
            settings.gitPolicy.tags = tags;
        else
            settings.problems.push_back({name, file.line(u"git_policy/tags"_s), u"git_policy.tags has to hold {version}, and to be what git takes for a tag"_s});
    }
    settings.gitPolicy.changelog = file.flag(u"git_policy/changelog"_s);
    settings.gitPolicy.linear = file.flag(u"git_policy/linear"_s);
    settings.gitPolicy.branches = file.texts(u"git_policy/branches"_s);
    settings.gitPolicy.refusesOnPull = oneOf(file, u"git_policy/on_pull"_s, {"tell", "refuse"}) == "refuse"_L1;
    settings.review = readReviewPolicy(file);
    settings.sandboxRequired = file.text(u"sandbox"_s) == "required"_L1;
    settings.askPermissions = file.text(u"permissions"_s) == "ask"_L1;
    settings.packageHosts = file.texts(u"package_hosts"_s);
    readNumber(file, u"max_runs"_s, 1, 64, settings.maxRuns);
    readNumber(file, u"stall_minutes"_s, 1, 1440, settings.stallMinutes);
    qint64 megabytes = settings.maxRunMemory >> 20;
    readNumber<qint64>(file, u"run_memory_mb"_s, 64, 1 << 20, megabytes);
    settings.maxRunMemory = megabytes << 20;
    megabytes = 0;
    readNumber<qint64>(file, u"max_memory_mb"_s, 64, 16 << 20, megabytes);
    settings.maxMemory = megabytes << 20;
    settings.budgets = {dollars(file, u"budgets/usd_day"_s), dollars(file, u"budgets/usd_plugin_day"_s),
                        dollars(file, u"budgets/usd_ticket"_s), dollars(file, u"budgets/usd_run"_s)};
    for (qsizetype i = 0; i < file.size(u"scrub"_s); ++i) {
        const QString at = u"scrub/%1"_s.arg(i);
        const QString pattern = file.text(at + u"/pattern");
        if (pattern.isEmpty())
            continue;
        if (const QRegularExpression compiled(pattern); !compiled.isValid()) {
            settings.problems.push_back({name, file.line(at + u"/pattern"),
                                         u"The pattern is no regular expression: %1"_s.arg(compiled.errorString())});
            continue;
        }
        settings.scrubRules.emplace_back(file.text(at + u"/name"), pattern);
    }
    settings.links = readLinks(file, name, settings.problems);
    const QString gate = oneOf(file, u"template_gate"_s, {"none", "review", "eval"});
    if (gate == "review"_L1 || gate == "eval"_L1)
        settings.templateGate = gate == "eval"_L1 ? LibrarySettings::TemplateGate::Eval : LibrarySettings::TemplateGate::Review;
    settings.linksSince = file.text(u"links_since"_s);
    settings.trackers = readTrackers(file, settings.problems);
    settings.triage = readTriage(file, settings.problems);
    const auto manager = managerSettingsFrom(file).problems;
    settings.problems.insert(settings.problems.end(), manager.begin(), manager.end());
    sortProblems(settings.problems);
    return settings;
}

PluginSettings parsePluginSettings(const QByteArray &yaml, const QString &name, const QString &id)
{
    const YamlFile file(yaml, name);
    PluginSettings settings;
    settings.present = true;
    settings.id = id;
    settings.prefix = "plugins/" + id.toUtf8();
    auto &problems = settings.problems;
    problems = file.problems();
    if (problems.empty() || !file.root().isEmpty()) {
        const auto found = checkBySchema(file, SettingsSchema::Plugin);
        problems.insert(problems.end(), found.begin(), found.end());
    }
    if (const QString said = file.text(u"id"_s); !said.isEmpty() && said != id)
        problems.push_back({name, file.line(u"id"_s), u"The id is the name of the file (%1), not \"%2\""_s.arg(id, said.left(80))});
    if (QString prefix = file.text(u"prefix"_s); !prefix.isEmpty()) {
        while (prefix.endsWith(u'/'))
            prefix.chop(1);
        if (isPrefixPattern(prefix))
            settings.prefix = prefix.toUtf8();
        else
            problems.push_back({name, file.line(u"prefix"_s), u"The prefix has to be a path in the library: \"%1\""_s.arg(prefix.left(80))});
    }
    if (const QString url = file.text(u"upstream/url"_s); !url.isEmpty()) {
        Upstream upstream;
        upstream.url = url;
        upstream.branch = file.text(u"upstream/branch"_s);
        if (file.text(u"upstream/mode"_s) == "squash"_L1)
            upstream.mode = Upstream::Mode::Squash;
        readShipping(file, upstream, problems);
        if (url.startsWith(u'-') || url.contains(QRegularExpression(u"[\\x00-\\x1f]"_s)))
            problems.push_back({name, file.line(u"upstream/url"_s), u"upstream.url is no address of a repository"_s});
        else if (upstream.branch.startsWith(u'-'))
            problems.push_back({name, file.line(u"upstream/branch"_s), u"upstream.branch is no name of a branch"_s});
        else
            settings.upstream = upstream;
    }
    settings.owners = file.texts(u"owners"_s);
    settings.agentClient = file.text(u"agent/client"_s);
    settings.agentModel = file.text(u"agent/model"_s);
    settings.agentBudgetUsdDay = qMax(0.0, file.text(u"agent/budget_usd_day"_s).toDouble());
    settings.agentBudgetUsdRun = qMax(0.0, file.text(u"agent/budget_usd_run"_s).toDouble());
    settings.agentAsks = file.text(u"agent/permissions"_s) == "ask"_L1;
    if (file.has(u"tracker/kind"_s) && file.has(u"tracker/project"_s))
        settings.tracker = QString(file.text(u"tracker/kind"_s) + u':' + file.text(u"tracker/project"_s));
    settings.trackerIssueType = file.text(u"tracker/issue_type"_s);
    settings.trackerStates = readTrackerStates(file, u"tracker/states"_s);
    for (const char *command : {"setup", "build", "test", "lint", "start", "deploy", "rollback"}) {
        const QString key = QLatin1String(command);
        if (const QString line = file.text(yamlPath(u"commands"_s, key)); !line.isEmpty())
            settings.commands.insert(key, line);
    }
    settings.deployBinds = file.texts(u"commands/deploy_to"_s) + file.texts(u"deploy_to"_s);
    settings.deployBinds.removeDuplicates();
    for (const QString &profile : file.keys(u"env"_s)) {
        const QString at = yamlPath(u"env"_s, profile);
        for (const QString &variable : file.keys(at)) {
            const QString path = yamlPath(at, variable);
            const QString reference = file.text(path);
            const bool known = reference.startsWith("keychain:"_L1) || reference.startsWith("env:"_L1) || reference.startsWith("file:"_L1);
            if (known)
                settings.env[profile].insert(variable, reference);
            else // perhaps the secret itself: not repeated, not kept
                problems.push_back({name, file.line(path),
                                    u"env.%1.%2 has to say where the value lies (keychain:NAME, env:VARIABLE or file:PATH), never the value"_s.arg(profile, variable)});
        }
    }
    settings.needs = file.texts(u"needs"_s);
    settings.links = readLinks(file, name, problems);
    settings.linksSince = file.text(u"links_since"_s);
    for (qsizetype i = 0; i < file.size(u"waivers"_s); ++i) {
        const QString at = u"waivers/%1"_s.arg(i);
        const Waiver waiver{file.text(at + u"/what"), file.text(at + u"/why"), file.text(at + u"/until")};
        if (!waiver.what.isEmpty() && !waiver.why.isEmpty())
            settings.waivers.push_back(waiver);
    }
    sortProblems(problems);
    return settings;
}

QByteArray pluginSettingsYaml(const PluginSettings &settings)
{
    QByteArray out = "id: " + yamlScalar(settings.id) + "\nprefix: " + yamlScalar(QString::fromUtf8(settings.prefix)) + '\n';
    const auto list = [](const QStringList &items) -> QByteArray {
        QByteArray text = "[";
        for (qsizetype i = 0; i < items.size(); ++i) {
            // Inside brackets a comma or bracket would end the item: quoted then.
            QByteArray item = yamlScalar(items[i]);
            text += QByteArray(i ? ", " : "") + item;
        }
        return text + ']';
    };
    if (settings.upstream) {
        out += "upstream:\n  url: " + yamlScalar(settings.upstream->url) + '\n';
        if (!settings.upstream->branch.isEmpty())
            out += "  branch: " + yamlScalar(settings.upstream->branch) + '\n';
        out += QByteArray("  mode: ") + (settings.upstream->mode == Upstream::Mode::Squash ? "squash" : "full") + '\n';
        out += QByteArray("  ship: ") + (settings.upstream->ship == Upstream::Ship::PullRequest ? "pr" : "push") + '\n';
        if (!settings.upstream->forge.isEmpty())
            out += "  forge: " + yamlScalar(settings.upstream->forge) + '\n';
        if (!settings.upstream->project.isEmpty())
            out += "  project: " + yamlScalar(settings.upstream->project) + '\n';
        if (!settings.upstream->labels.isEmpty())
            out += "  labels: " + list(settings.upstream->labels) + '\n';
    }
    if (!settings.owners.isEmpty())
        out += "owners: " + list(settings.owners) + '\n';
    if (!settings.agentClient.isEmpty() || !settings.agentModel.isEmpty() || settings.agentBudgetUsdDay > 0
        || settings.agentBudgetUsdRun > 0 || settings.agentAsks) {
        out += "agent:\n";
        if (!settings.agentClient.isEmpty())
            out += "  client: " + yamlScalar(settings.agentClient) + '\n';
        if (!settings.agentModel.isEmpty())
            out += "  model: " + yamlScalar(settings.agentModel) + '\n';
        if (settings.agentBudgetUsdDay > 0)
            out += "  budget_usd_day: " + QByteArray::number(settings.agentBudgetUsdDay, 'g', 10) + '\n';
        if (settings.agentBudgetUsdRun > 0)
            out += "  budget_usd_run: " + QByteArray::number(settings.agentBudgetUsdRun, 'g', 10) + '\n';
        if (settings.agentAsks)
            out += "  permissions: ask\n";
    }
    if (!settings.tracker.isEmpty())
        out += "tracker:\n  kind: " + yamlScalar(settings.tracker.section(u':', 0, 0)) + "\n  project: "
            + yamlScalar(settings.tracker.section(u':', 1)) + '\n';
    if (!settings.commands.isEmpty() || !settings.deployBinds.isEmpty()) {
        out += "commands:\n";
        for (auto it = settings.commands.cbegin(); it != settings.commands.cend(); ++it)
            out += "  " + yamlScalar(it.key()) + ": " + yamlScalar(it.value()) + '\n';
        if (!settings.deployBinds.isEmpty())
            out += "  deploy_to: " + list(settings.deployBinds) + '\n';
    }
    if (!settings.env.isEmpty()) {
        out += "env:\n";
        for (auto profile = settings.env.cbegin(); profile != settings.env.cend(); ++profile) {
            out += "  " + yamlScalar(profile.key()) + ":\n";
            for (auto it = profile->cbegin(); it != profile->cend(); ++it)
                out += "    " + yamlScalar(it.key()) + ": " + yamlScalar(it.value()) + '\n';
        }
    }
    if (!settings.needs.isEmpty())
        out += "needs: " + list(settings.needs) + '\n';
    if (!settings.links.empty()) {
        out += "links:\n";
        for (const auto &link : settings.links) {
            const QByteArray name = yamlScalar(QString::fromUtf8(link.name));
            out += "  " + yamlScalar(QString::fromUtf8(link.path)) + ':';
            if (link.mode == TemplateLink::Mode::Link)
                out += ' ' + name + '\n';
            else
                out += "\n    template: " + name + "\n    mode: " + (link.mode == TemplateLink::Mode::Copy ? "copy" : "own") + '\n';
        }
    }
    if (!settings.linksSince.isEmpty())
        out += "links_since: " + yamlScalar(settings.linksSince) + '\n';
    if (!settings.waivers.empty()) {
        out += "waivers:\n";
        for (const auto &waiver : settings.waivers) {
            out += "  - what: " + yamlScalar(waiver.what) + "\n    why: " + yamlScalar(waiver.why) + '\n';
            if (!waiver.until.isEmpty())
                out += "    until: " + yamlScalar(waiver.until) + '\n';
        }
    }
    return out;
}

} // namespace coppice::library
