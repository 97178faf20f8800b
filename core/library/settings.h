// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace coppice::library {

/// A model service: the dialect decides the variables and files that a client is given.
struct ModelEndpoint {
    QString dialect; ///< anthropic, openai-responses, openai-chat, gemini
    QString baseUrl;
    QString keyEnv; ///< variable of Coppice's own environment that holds the key
    QString name;   ///< of the model that is asked for, as the service spells it; empty: the client's own choice
};
/// A client of coppice.yaml.
struct ClientSettings {
    QString name;
    QString kind; ///< exec, acp, claude, recipe, hand, replay
    QStringList command;
    std::optional<ModelEndpoint> model;
    QMap<QString, QString> env;
    QString mode;           ///< of acp: the session mode to set; of claude: its permission mode; empty: as it comes
    QStringList loginHosts; ///< the client logs in itself: the only hosts that it may reach, by a tunnel that is not metered
    QStringList loginFiles; ///< of such a client: files below the real home that hold its login, given as copies
};
/// The most that may be spent, in millionths of a US dollar; 0: no limit.
struct Budgets {
    qint64 day = 0;       ///< of the whole library
    qint64 pluginDay = 0; ///< of one plugin, where its own settings say nothing
    qint64 ticket = 0;
    qint64 run = 0;
};
/// `git_policy`: checked on patch, pull and ship.
struct GitPolicy {
    QString commits; ///< "conventional" or empty
    QString tags = QStringLiteral("v{version}");
    bool makesTags = false; ///< `tags` is written in the file: a shipped version is tagged
    bool changelog = false; ///< a version is shipped with its entry in the changelog
    bool linear = false;    ///< what is sent has no merges of its own
    QStringList branches;   ///< the only ones that are pushed to, * for any text; empty: all
    bool refusesOnPull = false; ///< `on_pull: refuse`: what breaks `commits` or `linear` is not merged; else it is told
};
/// `review`: whose word a patch needs before it lands.
struct ReviewPolicy {
    int reviewers = 1;               ///< 1 or 2 people
    bool otherThanRequester = false; ///< one of them is not who asked for the change
};
/// A tracker's own names of states; upper and lower case count as the same.
struct TrackerStates {
    QStringList closed;   ///< over, beside those that the tracker itself counts as done
    QStringList declined; ///< over without having been done
    QStringList open;     ///< not over, although the tracker counts them as done
    QString closeAs;      ///< what a closed ticket becomes; empty: any that is done
    QString declineAs;    ///< empty: as closeAs
    QString reopenAs;     ///< empty: any that is not done
};
/// `trackers`: one kind of tracker and how it is reached.
struct TrackerService {
    QString baseUrl; ///< without a slash at its end; empty: the public service
    QString user;    ///< of jira: the account's e-mail address
    QString token;   ///< a reference to a secret, never the secret
    QString issueType;
    QStringList labels;
    bool markdown = false; ///< of redmine: its texts are Markdown, not Textile
    TrackerStates states;
};
struct TrackerPolicy {
    QMap<QString, TrackerService> services; ///< by kind: jira, github, gitlab, redmine
    bool pushAccepted = true;               ///< accepted tickets go to their plugin's tracker by themselves
    int newPerHour = 10;
    int pollSeconds = 120;
};
/// `triage.rules`: what happens to a new error group by itself. Conditions that are empty always hold.
struct TriageRule {
    QString name;
    QStringList plugins, types, releases, environments; ///< any of each; * stands for any text
    QString level;                                      ///< at least this one
    QString message;                                    ///< a regular expression
    QMap<QString, QString> tags;
    qint64 count = 0; ///< at least so many events
    bool accept = false;
    bool mute = false;
    bool draft = false; ///< with accept: a triage run drafts the ticket
    QString decline;    ///< the reason
    QString assign;
    qint64 snoozeMs = 0;
};
struct TriagePolicy {
    std::vector<TriageRule> rules; ///< the first that fits acts
    bool draftAccepted = false;    ///< every accepted error group's ticket is drafted by a run
    int draftsPerDay = 20;
};
/// Where something stands in a settings file, and what is wrong with it.
struct Problem {
    QString file;
    int line = 0; ///< from 1; 0 when not known
    QString text;
    bool warning = false; ///< the file is good but for this: an unknown key, which was not read
    [[nodiscard]] QString where() const { return line ? QStringLiteral("%1:%2").arg(file).arg(line) : file; }
};

/// A template that a plugin has at a path of its own.
struct TemplateLink {
    enum class Mode {
        Link, ///< a link into templates/, put in when the plugin is split
        Copy, ///< a file or folder of its own, kept equal by content
        Own,  ///< of a plugin's settings only: it was one of these, and goes its own way
    };
    QByteArray path; ///< in the plugin
    QByteArray name; ///< below templates/
    Mode mode = Mode::Link;
};

/// coppice.yaml
struct LibrarySettings {
    bool present = false; ///< false: the repository has none; everything is at its default
    QString name;
    QStringList prefixes{QStringLiteral("plugins/*")};
    QMap<QString, ClientSettings> clients;
    GitPolicy gitPolicy;
    ReviewPolicy review;
    bool sandboxRequired = false;
    bool askPermissions = false;
    QStringList packageHosts; ///< that a prepare step may reach
    int maxRuns = 2;
    qint64 maxRunMemory = 8LL << 30; ///< bytes that one run's processes may hold
    qint64 maxMemory = 0;            ///< bytes that all runs together are let plan with; 0: three quarters of this machine's
    int stallMinutes = 15;           ///< an agent that says nothing for so long is stopped
    Budgets budgets;
    std::vector<std::pair<QString, QString>> scrubRules; ///< name, pattern
    std::vector<TemplateLink> links; ///< that every plugin should have
    QString linksSince;                                  ///< commit; empty: from the beginning
    TrackerPolicy trackers;
    TriagePolicy triage;
    /// What a template's change needs before it is promoted, and before plugins that link to it are pushed.
    enum class TemplateGate { None, Review, Eval } templateGate = TemplateGate::None;
    std::vector<Problem> problems;
};

struct Upstream {
    QString url;
    QString branch; ///< short name; empty: the branch of the upstream's HEAD
    enum class Mode { Full, Squash } mode = Mode::Full;
    enum class Ship { Push, PullRequest } ship = Ship::Push;
    /// Where pull requests are opened; read from `url` where the file does not say it.
    QString forge;      ///< github or gitlab; empty: as the address has it
    QString project;    ///< owner/name, or group/name
    QStringList labels; ///< of the pull requests
};
struct Waiver {
    QString what;
    QString why;
    QString until;
};
/// .coppice/plugins/<id>.yaml
struct PluginSettings {
    bool present = false;
    QString id;
    QByteArray prefix;
    std::optional<Upstream> upstream;
    QStringList owners;
    QString agentClient;
    QString agentModel;
    double agentBudgetUsdDay = 0;
    double agentBudgetUsdRun = 0;
    bool agentAsks = false; ///< agent.permissions: ask; also where the library grants
    QMap<QString, QString> commands;         ///< setup, build, test, lint, start, deploy, rollback
    QMap<QString, QMap<QString, QString>> env; ///< profile → variable → secret reference
    QStringList deployBinds;                 ///< host folders that the deploy command may write (commands.deploy_to)
    QString tracker; ///< "jira:WX": kind and project
    QString trackerIssueType;    ///< empty: the library's
    TrackerStates trackerStates; ///< what is empty is the library's
    QStringList needs; ///< plugins of the library that this one calls
    std::vector<TemplateLink> links; ///< of this plugin; they stand before the library's of the same path
    QString linksSince;
    std::vector<Waiver> waivers;
    std::vector<Problem> problems;
};

/// Parses and checks by templates/schema's JSON Schema; never fails: what is wrong is in `problems` with its line.
[[nodiscard]] LibrarySettings parseLibrarySettings(const QByteArray &yaml, const QString &file);
[[nodiscard]] PluginSettings parsePluginSettings(const QByteArray &yaml, const QString &file, const QString &id);
/// The text of a new plugin's file.
[[nodiscard]] QByteArray pluginSettingsYaml(const PluginSettings &settings);
/// Sets one scalar in a settings file's text, keeping comments and order; `path` like "upstream.branch".
[[nodiscard]] Result<QByteArray> setInYaml(const QByteArray &yaml, const QString &path, const QString &value);
/// The same for keys that may hold dots.
[[nodiscard]] Result<QByteArray> setInYaml(const QByteArray &yaml, const QStringList &keys, const QString &value);

/// Whether a text can stand in `prefixes`: a path in the library, * for any name.
[[nodiscard]] bool isPrefixPattern(const QString &text);

} // namespace coppice::library
