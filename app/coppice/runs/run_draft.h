// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"
#include "shell/record_model.h"

#include <QStringList>

namespace coppice::ui {

/// A run that is about to be started: for a ticket, or on a plugin; by which playbook and which client.
class RunDraft : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QString ticket READ ticket NOTIFY changed)             ///< id; empty: on the plugin alone
    Q_PROPERTY(QString ticketTitle READ ticketTitle NOTIFY changed)
    Q_PROPERTY(QString plugin READ plugin WRITE setPlugin NOTIFY changed)
    Q_PROPERTY(QStringList playbooks READ playbooks NOTIFY choicesChanged)
    Q_PROPERTY(QStringList clients READ clients NOTIFY choicesChanged)
    Q_PROPERTY(QString playbook READ playbook WRITE setPlaybook NOTIFY changed)
    Q_PROPERTY(QString client READ client WRITE setClient NOTIFY changed)
    Q_PROPERTY(QString playbookText READ playbookText NOTIFY changed) ///< what it does
    Q_PROPERTY(QString clientText READ clientText NOTIFY changed)     ///< what it is, or what it lacks
    Q_PROPERTY(QString model MEMBER m_model WRITE setModel NOTIFY changed)  ///< empty: the client's own choice
    Q_PROPERTY(bool takesModel READ takesModel NOTIFY changed)        ///< there is a model behind the client
    Q_PROPERTY(QString modelText READ modelText NOTIFY changed)       ///< which one it is when nothing is said
    Q_PROPERTY(int urgency MEMBER m_urgency WRITE setUrgency NOTIFY changed) ///< 0 when there is time, 1 as usual, 2 first
    Q_PROPERTY(bool wantsCommand READ wantsCommand NOTIFY changed)    ///< exec
    Q_PROPERTY(QString command READ command WRITE setCommand NOTIFY changed)
    Q_PROPERTY(QString missing READ missing NOTIFY changed) ///< what is still to be said; empty: it can start
    Q_PROPERTY(bool busy READ busy NOTIFY changed)
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY changed)
public:
    explicit RunDraft(QObject *parent = nullptr);

    /// Begins a draft; reads playbooks, recipes and clients of the library.
    Q_INVOKABLE void begin(const QString &ticket, const QString &plugin);
    Q_INVOKABLE void start();

    [[nodiscard]] QString ticket() const { return m_ticket; }
    [[nodiscard]] QString ticketTitle() const { return m_ticketTitle; }
    [[nodiscard]] QString plugin() const { return m_plugin; }
    void setPlugin(const QString &plugin);
    [[nodiscard]] QStringList playbooks() const;
    [[nodiscard]] QStringList clients() const;
    [[nodiscard]] QString playbook() const { return m_playbook; }
    void setPlaybook(const QString &playbook);
    [[nodiscard]] QString client() const { return m_client; }
    void setClient(const QString &client);
    [[nodiscard]] QString playbookText() const;
    [[nodiscard]] QString clientText() const;
    void setModel(const QString &model);
    [[nodiscard]] bool takesModel() const;
    [[nodiscard]] QString modelText() const;
    void setUrgency(int urgency);
    [[nodiscard]] bool wantsCommand() const;
    [[nodiscard]] QString command() const { return m_command; }
    void setCommand(const QString &command);
    [[nodiscard]] QString missing() const;
    [[nodiscard]] bool busy() const { return m_busy; }
    [[nodiscard]] ErrorInfo error() const { return m_error; }

Q_SIGNALS:
    void changed();
    void choicesChanged();
    void started(const QString &run);

private:
    struct Choice {
        QString name, text, kind;
        bool needsTicket = false;
        QString missing; ///< what the client lacks on this machine; empty: it is ready
    };
    struct Choices {
        std::vector<Choice> playbooks, clients;
    };
    void choose(Choices choices);
    [[nodiscard]] static const Choice *find(const std::vector<Choice> &all, const QString &name);

    std::vector<Choice> m_playbooks, m_clients;
    QString m_ticket, m_ticketTitle, m_plugin, m_playbook, m_client, m_command, m_model;
    ErrorInfo m_error;
    int m_urgency = 1;
    bool m_busy = false;
};

} // namespace coppice::ui
