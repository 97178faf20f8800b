// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runs/run.h"

namespace coppice::evals {

/// One try of a client at one task, and what the graders found.
struct Trial {
    QString task;
    QString client;
    QString instructions; ///< version (tree id); empty: the arm without shared instructions
    int number = 1;
    QString run;
    bool passed = false;
    runs::Run::Failure failure = runs::Run::Failure::None; ///< machine and limit failures do not count
    QStringList findings;
};

} // namespace coppice::evals
