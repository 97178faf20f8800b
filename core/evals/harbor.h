// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "evals/task.h"

namespace coppice::evals {

/// Writes a task as one that stands alone, for Harbor (harborframework.com/docs/tasks) and for Coppice: <into>/<task.id>/ with
/// task.toml (naming no mock plugin any more), instruction.md, tests/, solution/, and in environment/ all files of the plugin as an
/// agent gets them, beside a Dockerfile that makes of them what the sandbox makes: /src/<plugin>, a repository with one commit, the
/// interpreter that it needs and git; what production logged is in /var/log. Network is only needed to build the image.
/// Error "harbor.exists" where the folder is there already.
[[nodiscard]] Result<> writeHarborTask(const Task &task, const QString &into);

/// The Dockerfile for a plugin with these files. Only interpreters are provided for; packages from a registry are not.
[[nodiscard]] QByteArray harborDockerfile(const Task &task, const QStringList &files);

} // namespace coppice::evals
