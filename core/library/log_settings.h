// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/library.h"

namespace coppice::library {

/// One entry of `logs` in a plugin's settings.
struct LogSettings {
    QString file;    ///< absolute path; or
    QString journal; ///< a unit of systemd
    QString host;    ///< reached by ssh; empty: this machine
    QString release;
    friend bool operator==(const LogSettings &, const LogSettings &) = default;
};
/// `retention` of coppice.yaml.
struct RetentionSettings {
    int days = 90;
    qint64 bytes = 512LL << 20; ///< of one plugin's events
    int samples = 20;
};

/// What stands at a commit; entries that name no log, or a file by no absolute path, are left out and told in `problems`.
[[nodiscard]] std::vector<LogSettings> logSettingsAt(const git::Repository &repository, const git::Oid &commit, const QString &plugin,
                                                     std::vector<Problem> *problems = nullptr);
[[nodiscard]] RetentionSettings retentionAt(const git::Repository &repository, const git::Oid &commit);

} // namespace coppice::library
