// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "context/context.h"

#include <QMap>

namespace coppice::context {

/// A playbook's folder as a skill: paths below it → bytes.
struct SkillFolder {
    QString name;
    QMap<QString, QByteArray> files;
};
/// The playbooks of the library at a commit (and the shipped ones) that an agent may pick up as skills: all that can be read
/// but those that deploy. At most 64 skills of 32 plain files with 1 MiB together each; what is larger is left out.
[[nodiscard]] Result<std::vector<SkillFolder>> skillFolders(const git::Repository &repository, const git::Oid &head);

/// What goes into an agent's private HOME before its client starts, path below HOME → bytes; never into the work folder.
///
/// - `.claude/skills/NAME/` for Claude Code, `.agents/skills/NAME/` for Codex, Gemini CLI, OpenCode and others
/// - the shared instructions as `.claude/CLAUDE.md`, `.gemini/GEMINI.md`, `.codex/AGENTS.md`: what has to hold when a long
///   conversation has been shortened. The rest of the context is the prompt; text from outside is never in a file that a
///   client takes for instructions.
/// Sources: https://agentskills.io/specification, the clients' own documentation of where they look.
[[nodiscard]] QMap<QString, QByteArray> homeFilesFor(const Context &context, const std::vector<SkillFolder> &skills);

} // namespace coppice::context
