// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/clock.h>
#include <engine/session.h>
#include <runs/run.h>

#include <QJsonArray>

#include <algorithm>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

const char *const about = "The queue of runs";

Result<int> show(Context &here)
{
    COPPICE_TRY(auto *session, here.session());
    COPPICE_TRY(const auto queue, runs::queueState(session->state()));
    COPPICE_TRY(const auto all, runs::RunStore(session->state()).list());
    const auto count = [&all](runs::Run::State state) {
        return int(std::ranges::count_if(all, [state](const runs::Run &run) { return run.state == state; }));
    };
    using State = runs::Run::State;
    const int underWay = count(State::Preparing) + count(State::Running) + count(State::Checking);
    QJsonArray limits;
    QStringList lines{queue.paused ? u"The queue is paused by %1 since %2: nothing new is started."_s.arg(queue.pausedBy, isoTime(queue.pausedAt))
                                   : u"The queue is open."_s,
                      u"%1 under way, %2 queued, %3 waiting for a person"_s.arg(underWay).arg(count(State::Queued)).arg(count(State::Waiting))};
    for (const auto &limit : queue.limits) {
        limits.append(QJsonObject{{u"account"_s, limit.account}, {u"until"_s, isoTime(limit.until)}, {u"reason"_s, limit.reason}});
        lines << u"%1 takes no more until %2: %3"_s.arg(limit.account, isoTime(limit.until), limit.reason);
    }
    here.answer({{u"paused"_s, queue.paused},
                 {u"paused_by"_s, queue.paused ? QJsonValue(queue.pausedBy) : QJsonValue()},
                 {u"under_way"_s, underWay},
                 {u"queued"_s, count(State::Queued)},
                 {u"waiting"_s, count(State::Waiting)},
                 {u"limits"_s, limits}},
                lines.join(u'\n'));
    return 0;
}

void ask(Verb &root, Context &context, const char *name, const char *description, const char *verb)
{
    auto *command = group(root, "queue", about)->addSubcommand(name, description);
    command->callback([&context, verb] {
        context.setAction([verb](Context &here) -> Result<int> {
            COPPICE_TRY([[maybe_unused]] const QJsonObject done, here.call(QString::fromLatin1(verb), {}));
            return show(here);
        });
    });
}

const Definition status([](Verb &root, Context &context) {
    group(root, "queue", about)->addSubcommand("status", "Whether it is paused, and what is in it")->callback([&context] {
        context.setAction([](Context &here) { return show(here); });
    });
});
const Definition pause([](Verb &root, Context &context) {
    ask(root, context, "pause", "Start nothing new; what is under way goes on", "queue.pause");
});
const Definition resume([](Verb &root, Context &context) {
    ask(root, context, "resume", "Start runs again", "queue.resume");
});
const Definition stopAll([](Verb &root, Context &context) {
    ask(root, context, "stop-all", "Pause, and cancel every run that is under way", "queue.stop-all");
});

} // namespace

} // namespace coppice::ctl
