// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/client.h"

#include <QString>

namespace coppice::runs {

/// What the library lets an agent do without asking. The sandbox is the boundary; this decides what a person wants to see
/// first: inside it, reading, editing and executing in the work folder is granted unless the library or the plugin says `ask`;
/// everything else goes to the approval inbox.
struct PermissionPolicy {
    QString workInside; ///< the plugin's folder, as the agent sees it
    bool ask = false;   ///< the library or the plugin wants to be asked for all that changes or runs something
};
/// Whether the policy grants a request by itself. Looking at files and thinking never asks a person.
[[nodiscard]] bool isGranted(const PermissionPolicy &policy, const clients::PermissionRequest &request);

} // namespace coppice::runs
