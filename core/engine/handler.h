// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/actor.h"
#include "base/error.h"
#include "base/progress.h"
#include "runs/runner.h"

#include <QJsonObject>

#include <functional>
#include <stop_token>

namespace coppice::scheduler {
class Scheduler;
}

namespace coppice::engine {

/// What a handler of a command gets.
struct Call {
    const runs::House &house;
    scheduler::Scheduler &scheduler;
    Actor actor;
    QJsonObject args;
    std::stop_token stop;
    Progress &progress;
};
/// One verb that the engine carries out. Defined at namespace scope in a file of its own; registers itself.
struct Handler {
    using Function = std::function<Result<QJsonObject>(const Call &)>;
    /// `resumable`: may be carried out again from its beginning after the engine died.
    /// `Others`: takes long, moves no branch and pushes nothing; carried out beside other commands, one of this kind at a time.
    enum class Beside { Nothing, Others };
    Handler(const char *verb, bool resumable, Function function, Beside beside = Beside::Nothing);
    QString verb;
    bool resumable;
    Function function;
    Beside beside;
    [[nodiscard]] static const Handler *find(const QString &verb);
};

} // namespace coppice::engine
