// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only.

#include "git/user_git.h"

namespace coppice::git {

/// userGit() with more told: variables for git beside the usual ones, -c settings, and what to do with its messages.
struct GitCall {
    QString gitDir;   ///< empty: none
    QString workTree; ///< empty: none
    QStringList args;
    QStringList settings; ///< "key=value", beside the usual ones
    QMap<QString, QString> variables;
    QByteArray input;
    std::chrono::milliseconds time = std::chrono::minutes(30);
    std::function<void(QByteArrayView)> onStderr;
};
[[nodiscard]] Result<process::Outcome> runGit(const GitCall &call, std::stop_token stop = {});

/// The last lines that git said to a person: no credentials, hints or control characters.
[[nodiscard]] QString lastWords(const process::Outcome &outcome);

} // namespace coppice::git
