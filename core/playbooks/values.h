// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "playbooks/playbook.h"

#include <QJsonValue>
#include <QMap>

namespace coppice::playbooks {

/// The values that a step can be asked for later: those it declares; "answer" of an approve step.
[[nodiscard]] QStringList outputNames(const Step &step);
/// A value as text: a number without needless digits, true or false.
[[nodiscard]] QString textOf(const QJsonValue &value);
/// Slots of prompts, questions and inputs: "outputs.STEP.NAME" → text, one for each output that the playbook's steps declare,
/// empty where the step did not run. They hold what an agent or a program wrote: never put one into a command line.
[[nodiscard]] QMap<QString, QString> outputSlots(const Playbook &playbook, const QJsonObject &outputs);
/// COPPICE_OUT_STEP_NAME, in capitals, hyphens as underscores: how an output reaches a command.
[[nodiscard]] QString outputVariable(const QString &step, const QString &name);
[[nodiscard]] QMap<QString, QString> outputVariables(const QJsonObject &outputs);
/// What a step that declares outputs and did not leave all of them is told; empty when all are there.
[[nodiscard]] QString missingOutputs(const Step &step, const QJsonObject &values);

} // namespace coppice::playbooks
