// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

namespace coppice::ctl {

/// Carries out what the arguments ask for with the commands that are linked into this program; answers the exit code.
/// `others` is called before help is shown or an argument refused: it puts the program with all commands in place of
/// this one. Where it comes back, this program answers.
int run(int argc, char **argv, const std::function<void()> &others = {});

} // namespace coppice::ctl
