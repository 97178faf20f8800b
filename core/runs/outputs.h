// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "playbooks/playbook.h"
#include "sandbox/sandbox.h"

namespace coppice::runs {

/// What a step left behind for later ones. The file holds either lines name=value (empty ones and those that begin with #
/// count for nothing; everything behind the first = is the value; a name given twice has its last value) or one JSON object
/// of texts, numbers, true and false. It is a stranger's: at most 64 KiB, a value at most 8,192 characters of plain text
/// (longer ones are cut, with a mark), names that the step does not declare are left out.
struct StepOutputs {
    QJsonObject values;
    QString problem; ///< why the step has failed, in a sentence; empty: all that it declares is there
};
[[nodiscard]] StepOutputs parseOutputs(const playbooks::Step &step, const QByteArray &bytes);

/// Before a step: `folder` (of the run, on the host) is made anew with an empty file in it, shown writable in the sandbox,
/// and named to the step by COPPICE_OUTPUTS. Nothing to do for a step that declares no outputs.
[[nodiscard]] Result<> offerOutputs(const playbooks::Step &step, sandbox::SandboxProfile &profile, const QString &folder);
/// After the step: reads that file, following no link. An Error is a failure of the machine. May be asked again after a
/// restart, as long as the folder is there.
[[nodiscard]] Result<StepOutputs> takeOutputs(const playbooks::Step &step, const QString &folder);

/// What that file holds, however little it is what was asked for: at most 64 KiB, and nothing where it is no plain file.
[[nodiscard]] Result<QByteArray> readOutputs(const QString &folder);

/// The file in that folder.
[[nodiscard]] QString outputsFile(const QString &folder);

} // namespace coppice::runs
