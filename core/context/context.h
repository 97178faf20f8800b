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
};
/// What an agent is given for one job.
struct Context {
    QString text; ///< the parts, framed; untrusted ones quoted, capped and marked as data
    QByteArray hash; ///< SHA-256 of text, hex
    int tokens = 0;  ///< an estimate
    bool tainted = false;
    std::vector<Part> parts;
};
/// What the caller knows.
struct ContextRequest {
    library::CatalogEntry plugin;
    playbooks::Playbook playbook;
    std::optional<tickets::Ticket> ticket;
    std::vector<capture::Event> events; ///< samples of the ticket's groups
    QString sentBack;                   ///< what a reviewer wants changed; empty the first time
};
/// Composes: shared instructions (templates/instructions/*.md with slots filled), playbook, the plugin's own
/// AGENTS.md, spec and knowledge, the evidence.
[[nodiscard]] Result<Context> compose(const git::Repository &repository, const git::Oid &head, const ContextRequest &request);

/// A playbook of the library (templates/playbooks/<name>/ at a commit), else the shipped one of that name.
[[nodiscard]] Result<playbooks::Playbook> findPlaybook(const git::Repository &repository, const git::Oid &head,
                                                       const QString &name);
[[nodiscard]] Result<QStringList> playbookNames(const git::Repository &repository, const git::Oid &head);

} // namespace coppice::context
