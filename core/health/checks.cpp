// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/checks.h"

#include "base/clock.h"
#include "base/paths.h"
#include "runs/checker.h"
#include "sync/sync.h"

#include <QDir>

#include <mutex>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

constexpr auto longestTest = std::chrono::minutes(15);

} // namespace

Result<QHash<QString, ChecksDone>> checksDone(store::Database &state)
{
    return state.read<QHash<QString, ChecksDone>>([](store::Connection &connection) -> Result<QHash<QString, ChecksDone>> {
        QHash<QString, ChecksDone> all;
        COPPICE_CHECK(connection.query(u"SELECT plugin, tree, setup_command, test_command, setup, setup_reason, test, test_reason, log, at FROM health_checks"_s, {},
                                       [&](const store::Row &row) {
                                           all.insert(row.text(0), {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7),
                                                                    row.text(8), row.number(9)});
                                       }));
        return all;
    });
}

Result<> saveChecks(store::Database &state, const ChecksDone &done)
{
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"INSERT OR REPLACE INTO health_checks (plugin, tree, setup_command, test_command, setup, setup_reason, test, test_reason, log, at) "
                                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"_s,
                                      {done.plugin, done.tree, done.setupCommand, done.testCommand, done.setup, done.setupReason, done.test, done.testReason, done.log, done.at}));
        return {};
    });
}

Result<ChecksDone> runChecks(const library::Library &library, git::Repository &repository, const library::Catalog &catalog,
                             const library::CatalogEntry &entry, std::stop_token stop, Progress &progress)
{
    static std::mutex one; // a plugin's folder is for one at a time
    const std::lock_guard lock(one);
    const auto &plugin = entry.plugin;
    ChecksDone done{plugin.id, entry.tree.toString(), plugin.commands.value(u"setup"_s).line, plugin.commands.value(u"test"_s).line, u"none"_s, {}, u"none"_s, {}, {}, nowMs()};
    if (done.setupCommand.isEmpty() && done.testCommand.isEmpty())
        return done;
    COPPICE_TRY(const git::Oid split, sync::splitOf(repository, catalog, plugin.id, stop));
    COPPICE_TRY(const git::Oid tree, repository.treeOf(split));
    const QString folder = QDir::cleanPath(library.runsDir() + u"/../health/"_s + plugin.id);
    COPPICE_CHECK(makeFolder(folder));
    progress.report(0, 2, u"Setting up %1"_s.arg(plugin.id));
    auto checker = runs::Checker::make(repository, entry, {split, tree, folder + u"/check"_s, false}, catalog.settings.packageHosts, stop, progress);
    if (!checker) {
        if (checker.error().kind == ErrorKind::Cancelled)
            return std::unexpected(checker.error());
        // only what the plugin's own command did is its fault
        done.setup = checker.error().code == "prepare.failed"_L1 ? u"failed"_s : u"unknown"_s;
        done.setupReason = checker.error().message();
        done.test = done.testCommand.isEmpty() ? u"none"_s : u"unknown"_s;
        done.testReason = u"The set-up did not come to its end, so the tests were not run."_s;
        return done;
    }
    if (!done.setupCommand.isEmpty())
        done.setup = u"passed"_s;
    if (!done.testCommand.isEmpty()) {
        progress.report(1, 2, u"Testing %1"_s.arg(plugin.id));
        done.log = folder + u"/test.log"_s;
        const auto answer = (*checker)->check(done.testCommand, longestTest, done.log, stop);
        if (answer) {
            done.test = answer->passed ? u"passed"_s : u"failed"_s;
            done.testReason = answer->reason;
        } else if (answer.error().kind == ErrorKind::Cancelled) {
            return std::unexpected(answer.error());
        } else {
            done.test = u"unknown"_s;
            done.testReason = answer.error().message();
        }
    }
    return done;
}

} // namespace coppice::health
