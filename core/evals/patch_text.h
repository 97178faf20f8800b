// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

namespace coppice::evals {

/// The difference of two trees as a git diff, binary files with their bytes. For people to read, and for `git apply`.
[[nodiscard]] Result<QByteArray> patchText(const git::Repository &repository, const git::Oid &base, const git::Oid &result);

} // namespace coppice::evals
