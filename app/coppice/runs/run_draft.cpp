// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_draft.h"

#include "shell/app_session.h"

#include <clients/client.h>
#include <playbooks/playbook.h>

namespace coppice::ui {

namespace {

/// Names of the folders right below a folder of the library's head.
QStringList foldersAt(const git::Repository &repository, const git::Oid &root, const QByteArray &path)
{
    const auto entry = repository.entryAt(root, path);
    if (!entry || !*entry || (*entry)->mode != git::Mode::Tree)
        return {};
    const auto children = repository.tree((*entry)->id);
    QStringList names;
    for (const auto &child : children ? *children : std::vector<git::TreeEntry>()) {
        if (child.mode == git::Mode::Tree)
            names << QString::fromUtf8(child.name);
    }
    return names;
}

std::optional<QByteArray> fileAt(const git::Repository &repository, const git::Oid &root, const QByteArray &path)
{
    const auto entry = repository.entryAt(root, path);
    if (!entry || !*entry)
        return {};
    const auto bytes = repository.blob((*entry)->id, 1 << 20);
    return bytes ? std::optional(*bytes) : std::nullopt;
}

} // namespace

RunDraft::RunDraft(QObject *parent) : QObject(parent) { }

void RunDraft::begin(const QString &ticket, const QString &plugin)
{
    auto *app = AppSession::instance();
    m_ticket.clear();
    m_ticketTitle.clear();
    m_plugin = plugin;
    m_error = {};
    m_busy = false;
    if (app->state()) {
        if (const auto *known = app->state()->ticket(ticket)) {
            m_ticket = ticket;
            m_ticketTitle = known->title;
            m_plugin = known->plugin;
        }
    }
    Q_EMIT changed();

    if (!app->session() || !app->catalog())
        return;
    app->worker().read(
        this,
        [session = app->session(), settings = app->catalog()->settings]() -> Result<Choices> {
            Choices choices;
            COPPICE_TRY(const auto repository, session->library().repository());
            COPPICE_TRY(const auto head, session->library().head());
            COPPICE_TRY(const auto root, repository.treeOf(head));
            for (const auto &name : foldersAt(repository, root, "templates/playbooks")) {
                const QByteArray folder = "templates/playbooks/" + name.toUtf8() + '/';
                const auto playbook = playbooks::parsePlaybook(
                    name, [&](const QString &file) { return fileAt(repository, root, folder + file.toUtf8()); });
                choices.playbooks.push_back(playbook ? Choice{name, playbook->description, {}, playbook->needsTicket}
                                                     : Choice{name, playbook.error().message(), QStringLiteral("broken")});
            }
            for (const auto &name : foldersAt(repository, root, "templates/recipes")) {
                const auto yaml = fileAt(repository, root, "templates/recipes/" + name.toUtf8() + "/recipe.yaml");
                const auto recipe = clients::parseRecipe(name, yaml.value_or(QByteArray()));
                choices.clients.push_back({QStringLiteral("recipe:") + name,
                                           recipe ? recipe->description : recipe.error().message(), QStringLiteral("recipe")});
            }
            for (const auto &found : clients::findClients(settings)) {
                const QString text = !found.missing.isEmpty() ? tr("Not ready: %1").arg(found.missing)
                                     : found.version.isEmpty() ? found.program
                                                               : QString(found.program + u' ' + found.version);
                const bool there = std::any_of(choices.clients.begin(), choices.clients.end(),
                                               [&](const Choice &known) { return known.name == found.name; });
                if (!there)
                    choices.clients.push_back({found.name, text, found.kind, false, found.missing});
            }
            return choices;
        },
        [this](Result<Choices> read) {
            if (read) {
                choose(std::move(*read));
            } else {
                m_error = ErrorInfo(read.error());
                Q_EMIT changed();
            }
        });
}

void RunDraft::choose(Choices choices)
{
    m_playbooks = std::move(choices.playbooks);
    m_clients = std::move(choices.clients);
    if (!find(m_playbooks, m_playbook))
        m_playbook = find(m_playbooks, QStringLiteral("fix")) ? QStringLiteral("fix")
                     : m_playbooks.empty()                    ? QString()
                                                              : m_playbooks.front().name;
    const auto *entry = AppSession::instance()->catalog() ? AppSession::instance()->catalog()->find(m_plugin) : nullptr;
    const QString own = entry ? entry->plugin.settings.agentClient : QString();
    if (find(m_clients, own))
        m_client = own;
    else if (!find(m_clients, m_client))
        m_client = m_clients.empty() ? QString() : m_clients.front().name;
    Q_EMIT choicesChanged();
    Q_EMIT changed();
}

const RunDraft::Choice *RunDraft::find(const std::vector<Choice> &all, const QString &name)
{
    for (const auto &choice : all) {
        if (choice.name == name)
            return &choice;
    }
    return nullptr;
}

QStringList RunDraft::playbooks() const
{
    QStringList names;
    for (const auto &choice : m_playbooks)
        names << choice.name;
    return names;
}

QStringList RunDraft::clients() const
{
    QStringList names;
    for (const auto &choice : m_clients)
        names << choice.name;
    return names;
}

void RunDraft::setPlugin(const QString &plugin)
{
    if (m_plugin == plugin || !m_ticket.isEmpty())
        return;
    m_plugin = plugin;
    Q_EMIT changed();
}

void RunDraft::setPlaybook(const QString &playbook)
{
    if (m_playbook == playbook)
        return;
    m_playbook = playbook;
    Q_EMIT changed();
}

void RunDraft::setClient(const QString &client)
{
    if (m_client == client)
        return;
    m_client = client;
    Q_EMIT changed();
}

void RunDraft::setCommand(const QString &command)
{
    if (m_command == command)
        return;
    m_command = command;
    Q_EMIT changed();
}

QString RunDraft::playbookText() const
{
    const auto *choice = find(m_playbooks, m_playbook);
    return choice ? choice->text : QString();
}

QString RunDraft::clientText() const
{
    const auto *choice = find(m_clients, m_client);
    return choice ? choice->text : QString();
}

bool RunDraft::wantsCommand() const
{
    return m_client == QLatin1String("exec");
}

void RunDraft::setModel(const QString &model)
{
    if (m_model == model)
        return;
    m_model = model;
    Q_EMIT changed();
}

bool RunDraft::takesModel() const
{
    const auto *client = find(m_clients, m_client);
    return client && client->kind != QLatin1String("exec") && client->kind != QLatin1String("recipe") &&
           client->kind != QLatin1String("hand") && client->kind != QLatin1String("replay");
}

QString RunDraft::modelText() const
{
    const auto *app = AppSession::instance();
    const auto *entry = app->catalog() ? app->catalog()->find(m_plugin) : nullptr;
    const QString own = entry ? entry->plugin.settings.agentModel : QString();
    return own.isEmpty() ? tr("Empty: the client's own choice.") : tr("Empty: %1, as the plugin's settings say.").arg(own);
}

void RunDraft::setUrgency(int urgency)
{
    if (m_urgency == urgency)
        return;
    m_urgency = urgency;
    Q_EMIT changed();
}

QString RunDraft::missing() const
{
    QStringList missing;
    const auto *playbook = find(m_playbooks, m_playbook);
    const auto *client = find(m_clients, m_client);
    if (m_plugin.isEmpty())
        missing << tr("Choose a plugin.");
    if (!playbook)
        missing << tr("The library has no playbooks under templates/playbooks.");
    else if (playbook->kind == QLatin1String("broken"))
        missing << tr("The playbook %1 cannot be read: %2").arg(m_playbook, playbook->text);
    else if (playbook->needsTicket && m_ticket.isEmpty())
        missing << tr("The playbook %1 works on a ticket. Start it from a ticket in the Inbox.").arg(m_playbook);
    if (!client)
        missing << tr("Choose a client.");
    else if (!client->missing.isEmpty())
        missing << tr("The client %1 is not ready: %2.").arg(m_client, client->missing);
    if (wantsCommand() && m_command.trimmed().isEmpty())
        missing << tr("Say which command edits the files.");
    return missing.join(u'\n');
}

void RunDraft::start()
{
    if (!missing().isEmpty() || m_busy)
        return;
    m_busy = true;
    m_error = {};
    Q_EMIT changed();
    QJsonObject args{{QStringLiteral("playbook"), m_playbook}, {QStringLiteral("client"), m_client}};
    if (m_ticket.isEmpty())
        args[QStringLiteral("plugin")] = m_plugin;
    else
        args[QStringLiteral("ticket")] = m_ticket;
    if (wantsCommand())
        args[QStringLiteral("command")] = m_command.trimmed();
    if (takesModel() && !m_model.trimmed().isEmpty())
        args[QStringLiteral("model")] = m_model.trimmed();
    if (m_urgency != 1)
        args[QStringLiteral("priority")] = m_urgency == 0 ? -10 : 10;
    auto *app = AppSession::instance();
    app->call(this, tr("Starting a run on %1").arg(m_plugin), QStringLiteral("run.start"), args,
              [this](Result<QJsonObject> answer) {
                  m_busy = false;
                  if (!answer)
                      m_error = ErrorInfo(answer.error());
                  Q_EMIT changed();
                  if (answer) {
                      const QString id = answer->value(QLatin1String("id")).toString();
                      Q_EMIT started(id);
                      AppSession::instance()->follow(QStringLiteral("run:") + id);
                  }
              });
}

} // namespace coppice::ui
