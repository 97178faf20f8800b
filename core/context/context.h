// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "git/repository.h"
#include "library/library.h"
#include "playbooks/playbook.h"
#include "tickets/ticket.h"

#include <optional>
#include <vector>

namespace coppice::context {

/// A part of a context, and where it came from.
struct Part {
    QString title;
    QString source; ///< "templates/instructions/AGENTS.md", "plugins/x/.agents/knowledge/a.md", "ticket:01J…"
    QString text;
    bool untrusted = false;
    int firstLine = 0; ///< of the source, from 1, where it is a file; 0: it is none
    int lastLine = 0;
    int tokens = 0; ///< as it stands in the context, with its frame
};
/// What an agent is given for one job.
struct Context {
    QString text; ///< the parts, framed; untrusted ones quoted, capped and marked as data
    QByteArray hash; ///< SHA-256 of text, hex
    int tokens = 0;  ///< an estimate, see tokens.h
    bool tainted = false;
    std::vector<Part> parts;
};
/// What the caller knows.
struct ContextRequest {
    library::CatalogEntry plugin;
    playbooks::Playbook playbook;
    std::optional<tickets::Ticket> ticket;
    std::vector<capture::Event> events; ///< samples of the ticket's groups
    QString sentBack;                   ///< what a reviewer wants changed, in people's words; empty the first time
    QString sentBackHunks{};            ///< the parts of the patch that these words number
    bool sentBackTainted = false;       ///< those parts are text from outside
    QString step{};                     ///< the agent step that it is for; empty: the jobs of all of them, to look at
    QJsonObject outputs{};              ///< of the steps before it: {step: {name: value}}
};
/// Composes: shared instructions (templates/instructions/*.md with slots filled), playbook, the plugin's own
/// AGENTS.md, spec and knowledge, the evidence. A step's job says which outputs it has to leave.
[[nodiscard]] Result<Context> compose(const git::Repository &repository, const git::Oid &head, const ContextRequest &request);

/// A text of a workflow with its slots filled, for people or a program: an approve step's question, a graph's input. Where the
/// request names no step, outputs are shown as what they will be.
[[nodiscard]] Result<QString> fillText(const QString &text, const ContextRequest &request);

/// A playbook of the library (templates/playbooks/<name>/ at a commit), else the shipped one of that name.
[[nodiscard]] Result<playbooks::Playbook> findPlaybook(const git::Repository &repository, const git::Oid &head,
                                                       const QString &name);
[[nodiscard]] Result<QStringList> playbookNames(const git::Repository &repository, const git::Oid &head);

} // namespace coppice::context
