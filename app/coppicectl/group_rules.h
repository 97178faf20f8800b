// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include <capture/group_rules.h>
#include <engine/session.h>

#include <QJsonArray>

#include <utility>

namespace coppice::ctl {

[[nodiscard]] capture::GroupRules rulesOf(engine::Session &session);
/// The rules in force that name a group, as JSON and as sentences.
[[nodiscard]] Result<std::pair<QJsonArray, QStringList>> rulesShown(engine::Session &session, const QString &group);
/// merge, split, mute and unmute below `groups`.
void addGroupRuleCommands(Verb &groups, Context &context);

} // namespace coppice::ctl
