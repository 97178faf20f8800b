// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog_view.h"

#include "shell/app_session.h"
#include "shell/finder.h"
#include "shell/screens.h"
#include "shell/tones.h"

#include <health/health_store.h>
#include <health/policy.h>

#include <QJsonObject>

#include <algorithm>

namespace coppice::ui {

static const Screen screen("catalog", 20, "Catalog", "Every plugin: what it is, where it stands, what it needs");

namespace {

struct Work {
    int groups = 0;
    int tickets = 0;
    int patches = 0;
};
QMap<QString, Work> workByPlugin(const StatePtr &state)
{
    QMap<QString, Work> work;
    if (!state)
        return work;
    using G = capture::Group::State;
    for (const auto &group : state->groups)
        work[group.plugin].groups += group.state == G::New || group.state == G::Regressed ? 1 : 0;
    for (const auto &ticket : state->tickets)
        work[ticket.plugin].tickets += isOpen(ticket) ? 1 : 0;
    for (const auto &patch : state->patches)
        work[patch.plugin].patches += patch.state == review::Patch::State::Open ? 1 : 0;
    return work;
}

} // namespace

CatalogView::CatalogView(QObject *parent)
    : QObject(parent), m_plugins({"name", "version", "language", "description", "groups", "tickets", "patches", "findings",
                                  "owners", "tier", "tierTone", "tierIcon", "spoken"}),
      m_facts({"name", "value", "source", "mono"}), m_commands({"name", "line", "source"}),
      m_environment({"name", "description", "required", "secret", "source"}), m_findings({"text", "where", "tone", "icon"}),
      m_work({"text", "status", "tone", "icon", "at"}), m_problems({"text", "where"})
{
    const auto *app = AppSession::instance();
    connect(app, &AppSession::catalogChanged, this, &CatalogView::fill);
    connect(app, &AppSession::catalogChanged, this, &CatalogView::readTiers);
    connect(app, &AppSession::stateChanged, this, [this] {
        fill();
        if (AppSession::instance()->screen() == screen.name)
            readTiers();
    });
    connect(app, &AppSession::shown, this, [this](const QString &name, const QString &id) {
        if (name == screen.name)
            readTiers();
        if (name == screen.name) {
            setFilter({});
            setCurrent(id);
        }
    });
    fill();
    readTiers();
}

/// What health said last of each plugin; where nothing was measured, nothing is known.
void CatalogView::readTiers()
{
    auto *app = AppSession::instance();
    if (!app->session())
        return;
    using Read = Result<QHash<QString, QString>>;
    app->worker().read(
        this, [session = app->session()]() -> Read { return health::HealthStore(session->state()).tiers(); },
        [this](Read read) {
            if (!read) {
                AppSession::instance()->report(read.error());
            } else if (*read != m_tiers) {
                m_tiers = *read;
                fill();
            }
        });
}

void CatalogView::setByHealth(bool byHealth)
{
    if (m_byHealth == byHealth)
        return;
    m_byHealth = byHealth;
    Q_EMIT filterChanged();
    fill();
}

void CatalogView::fill()
{
    const auto *app = AppSession::instance();
    const auto work = workByPlugin(app->state());
    const QStringList words = m_filter.split(u' ', Qt::SkipEmptyParts);
    std::vector<Record> plugins, problems;
    m_total = app->pluginCount();
    if (app->catalog()) {
        for (const auto &entry : app->catalog()->entries) {
            const auto &manifest = entry.manifest;
            const QString owners = entry.plugin.settings.owners.join(QStringLiteral(", "));
            const QString tier = m_tiers.value(entry.plugin.id, QStringLiteral("unknown"));
            const auto look = tierLook(tier);
            const QString text = QStringList{entry.plugin.id, manifest.name.value, manifest.description.value,
                                             manifest.language.value, owners, tier}
                                     .join(u' ');
            if (!words.isEmpty() && fitOf(words, text) < 0)
                continue;
            const auto own = work.value(entry.plugin.id);
            const QString spoken = QStringList{entry.plugin.id, manifest.version.value, manifest.language.value, tr("health %1").arg(tier),
                                               counted(own.groups, tr("new error group"), tr("new error groups")),
                                               counted(own.tickets, tr("open ticket"), tr("open tickets"))}
                                       .join(QStringLiteral(", "));
            plugins.push_back({entry.plugin.id,
                               {entry.plugin.id, manifest.version.value, manifest.language.value, manifest.description.value,
                                own.groups, own.tickets, own.patches, int(manifest.findings.size()), owners, tier, look.tone, look.icon, spoken}});
        }
        if (m_byHealth) {
            // unknown first, then the poorest: what nobody knows is no better than what is bad
            const auto rank = [&](const Record &record) { return health::tierNames().indexOf(m_tiers.value(record.key)); };
            std::ranges::stable_sort(plugins, [&](const Record &a, const Record &b) {
                const auto first = rank(a), second = rank(b);
                return first != second && (first < 0 || (second >= 0 && first > second));
            });
        }
        int number = 0;
        for (const auto &problem : app->catalog()->problems)
            problems.push_back({QString::number(++number), {problem.text, problem.where()}});
    }
    m_plugins.setRecords(std::move(plugins));
    m_problems.setRecords(std::move(problems));
    if (currentIndex() < 0)
        m_current = m_plugins.keyAt(0);
    Q_EMIT listChanged();
    Q_EMIT currentChanged();
    fillDetail();
}

void CatalogView::setFilter(const QString &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    Q_EMIT filterChanged();
    fill();
}

void CatalogView::setCurrent(const QString &id)
{
    if (m_current == id || m_plugins.indexOf(id) < 0)
        return;
    m_current = id;
    Q_EMIT currentChanged();
    fillDetail();
}

void CatalogView::pick(int row)
{
    setCurrent(m_plugins.keyAt(row));
}

void CatalogView::fillDetail()
{
    const auto &catalog = AppSession::instance()->catalog();
    const auto *entry = catalog ? catalog->find(m_current) : nullptr;
    std::vector<Record> facts, commands, environment, findings;
    m_description.clear();
    if (entry) {
        const auto &manifest = entry->manifest;
        const auto &settings = entry->plugin.settings;
        m_description = manifest.description.value;
        const auto fact = [&](const QString &name, const QString &value, const QString &source = {}, bool mono = false) {
            if (!value.isEmpty())
                facts.push_back({name, {name, value, source, mono}});
        };
        fact(tr("Name"), manifest.name.value, manifest.name.source);
        fact(tr("Version"), manifest.version.value, manifest.version.source);
        fact(tr("Language"), manifest.language.value, manifest.language.source);
        fact(tr("Licence"), manifest.license.value, manifest.license.source);
        fact(tr("Prefix"), QString::fromUtf8(entry->plugin.prefix), {}, true);
        fact(tr("Upstream"), settings.upstream ? settings.upstream->url : tr("none"), {}, settings.upstream.has_value());
        if (settings.upstream)
            fact(tr("Branch"), settings.upstream->branch, {}, true);
        fact(tr("Owners"), settings.owners.join(QStringLiteral(", ")));
        fact(tr("Client"), settings.agentClient);
        fact(tr("Dependencies"), manifest.dependencies.empty() ? QString() : QString::number(manifest.dependencies.size()));
        fact(tr("Tree"), entry->tree.shown(), {}, true);
        for (auto it = entry->plugin.commands.begin(); it != entry->plugin.commands.end(); ++it) {
            if (!it->line.isEmpty())
                commands.push_back({it.key(), {it.key(), it->line, it->detected ? tr("detected") : tr("set")}});
        }
        for (const auto &variable : manifest.environment)
            environment.push_back({variable.name, {variable.name, variable.description, variable.required, variable.secret,
                                                   variable.source}});
        int number = 0;
        const auto finding = [&](const QString &text, const QString &where, bool error) {
            findings.push_back({QString::number(++number), {text, where, error ? QStringLiteral("danger") : QStringLiteral("warning"),
                                                            error ? QStringLiteral("error") : QStringLiteral("warning")}});
        };
        for (const auto &found : manifest.findings)
            finding(found.text, found.where, found.severity == manifest::Finding::Severity::Error);
        for (const auto &problem : settings.problems)
            finding(problem.text, problem.where(), true);
    }
    m_facts.setRecords(std::move(facts));
    m_commands.setRecords(std::move(commands));
    m_environment.setRecords(std::move(environment));
    m_findings.setRecords(std::move(findings));
    fillWork();
    Q_EMIT detailChanged();
}

void CatalogView::fillWork()
{
    const auto &state = AppSession::instance()->state();
    std::vector<Record> work;
    if (state && !m_current.isEmpty()) {
        for (const auto &ticket : state->tickets) {
            const auto look = lookOf(ticket.state);
            if (ticket.plugin == m_current)
                work.push_back({QStringLiteral("ticket:") + ticket.id.toString(),
                                {ticket.title, nameOf(ticket.state), look.tone, look.icon, double(ticket.changed)}});
        }
        for (const auto &patch : state->patches) {
            const auto look = lookOf(patch.state);
            if (patch.plugin == m_current)
                work.push_back({QStringLiteral("review:") + patch.id.toString(),
                                {tr("Patch: %1").arg(patch.title), nameOf(patch.state), look.tone, look.icon, double(patch.made)}});
        }
        for (const auto &group : state->groups) {
            const auto look = lookOf(group.state);
            if (group.plugin == m_current && group.state == capture::Group::State::New)
                work.push_back({QStringLiteral("group:") + group.id.toString(),
                                {group.title, nameOf(group.state), look.tone, look.icon, double(group.last)}});
        }
    }
    m_work.setRecords(std::move(work));
}

QString CatalogView::idFrom(const QString &url)
{
    QString text = url.trimmed();
    while (text.endsWith(u'/'))
        text.chop(1);
    text = text.mid(std::max(text.lastIndexOf(u'/'), text.lastIndexOf(u':')) + 1);
    if (text.endsWith(QLatin1String(".git")))
        text.chop(4);
    return text.toLower();
}

void CatalogView::add(const QString &url, const QString &id, const QString &branch, bool squash)
{
    QJsonObject args{{QStringLiteral("url"), url}, {QStringLiteral("name"), id}};
    if (!branch.isEmpty())
        args[QStringLiteral("branch")] = branch;
    if (squash)
        args[QStringLiteral("squash")] = true;
    auto *app = AppSession::instance();
    app->call(this, tr("Adding %1").arg(id), QStringLiteral("plugins.add"), args, [this, id](Result<QJsonObject> answer) {
        auto *session = AppSession::instance();
        if (!answer) {
            session->report(answer.error());
            return;
        }
        session->toasts()->tell(tr("%1 is in the library. Push the library to share it.").arg(id));
        session->rescan();
        m_current = id;
    });
}

} // namespace coppice::ui
