// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

namespace coppice::evals {

/// The result with everything that decides whether tests pass as it is in the base: test files, settings of test runners, modules
/// that would be loaded in place of a runner's (added ones are gone, deleted ones are back), and in package.json the scripts and
/// the settings of runners.
[[nodiscard]] Result<git::Oid> withBaseTests(git::Repository &repository, const git::Oid &base, const git::Oid &result);

/// A path at which a file is loaded in place of a test runner's module, or by the interpreter before any test.
[[nodiscard]] bool standsInForRunner(const QByteArray &path);

} // namespace coppice::evals
