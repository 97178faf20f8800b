// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/error.h>
#include <review/interdiff.h>
#include <review/threads.h>

#include <QJsonObject>

#include <optional>

namespace coppice::ctl {

/// A patch with all that is known of it.
struct Shown {
    review::Patch patch;
    std::vector<review::FilePatch> files;
    std::vector<review::Flag> flags;
    std::vector<review::Decision> decisions;
    std::vector<review::Thread> threads;
    std::vector<review::Evidence> evidence;
    QStringList viewed; ///< hunks that a person marked as read
    QStringList shown;  ///< hunks that were on somebody's screen
    std::optional<review::Interdiff> since; ///< only what is new is shown then
    int sinceNumber = 0;
    std::vector<review::FilePatch> newFiles; ///< of `since`
};
[[nodiscard]] QJsonObject patchJson(const review::Patch &patch);
/// As the terminal contract has `review show`.
[[nodiscard]] QJsonObject jsonOf(const Shown &shown);
/// For people: flags, evidence, then every hunk with its verdict. Characters that are not to be trusted are spelled out.
[[nodiscard]] Result<QString> textOf(const git::Repository &repository, const Shown &shown);

} // namespace coppice::ctl
