// SPDX-License-Identifier: GPL-3.0-or-later
// Health: rounds of probes, and set-up and tests of single plugins when they are asked for.
#include "engine/branch_commit.h"

#include "health/checks.h"
#include "health/measure.h"

#include <QJsonArray>

namespace coppice::engine {

using namespace Qt::StringLiterals;

namespace {

health::House houseOf(const Call &call)
{
    return {call.house.library, call.house.state, call.house.events, call.house.journal};
}

Result<QJsonObject> round(const Call &call)
{
    COPPICE_TRY(const auto answer, health::measure(houseOf(call), call.stop, call.progress));
    return QJsonObject{{u"plugins"_s, answer.plugins}, {u"measured"_s, answer.measured}, {u"kept"_s, answer.kept}, {u"moved"_s, answer.moved},
                       {u"unwell"_s, QJsonArray::fromStringList(answer.unwell)}, {u"at"_s, answer.at}};
}

/// Measures what has changed; starts no process.
const Handler measure("health.measure", true, round);

/// Runs set-up and tests of plugins in the sandbox, then measures. What has been found for a state of a plugin is not found
/// again, but with `again`.
const Handler check("health.check", true, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const auto catalog, call.house.library.scan(call.house.state, call.stop, call.progress));
    COPPICE_TRY(auto repository, call.house.library.repository());
    COPPICE_TRY(const auto known, health::checksDone(call.house.state));
    QJsonArray done;
    for (const auto &value : call.args[u"plugins"_s].toArray()) {
        const auto *entry = catalog.find(value.toString());
        if (!entry)
            return failNotFound(u"plugin.unknown"_s, u"The library has no such plugin"_s, value.toString(), u"See coppicectl plugins list."_s);
        const auto before = known.constFind(entry->plugin.id);
        const bool holds = before != known.cend() && before->tree == entry->tree.toString() && before->test != "unknown"_L1 && before->setup != "unknown"_L1
            && before->testCommand == entry->plugin.commands.value(u"test"_s).line && before->setupCommand == entry->plugin.commands.value(u"setup"_s).line;
        if (holds && !call.args[u"again"_s].toBool())
            continue;
        COPPICE_TRY(const auto found, health::runChecks(call.house.library, repository, catalog, *entry, call.stop, call.progress));
        COPPICE_CHECK(health::saveChecks(call.house.state, found));
        done.append(QJsonObject{{u"plugin"_s, found.plugin}, {u"setup"_s, found.setup}, {u"setup_reason"_s, found.setupReason}, {u"test"_s, found.test},
                                {u"test_reason"_s, found.testReason}, {u"log"_s, found.log}});
    }
    COPPICE_TRY(auto answer, round(call));
    answer[u"checks"_s] = done;
    return answer;
});

} // namespace

} // namespace coppice::engine
