// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <chrono>
#include <vector>

namespace coppice::evals {

/// One maintenance task: a folder in the Harbor layout (https://harborframework.com/docs/tasks) with
///
///   task.toml          [metadata] level, expects and what else stands below
///   instruction.md     the ticket: its first heading or line is the title
///   environment/       how the plugin's files differ from the mock plugin: *.patch, in the order of their names, and
///                      files/ that are put over them; production.log, which the ticket is made from with source = "log".
///                      Of a task that names no plugin: all its files, but for a Dockerfile, patches and the log
///   tests/test.sh      run in the sandbox after the agent, in the plugin's folder, with tests/ at /tests. Writes 1 or 0 to
///                      /logs/verifier/reward.txt (without that file its exit status counts) and prints what each test
///                      did, as TAP or as `python -m unittest -v` does
///   solution/solve.sh  what the oracle runs in the plugin's folder
///
/// Neither tests/ nor solution/ nor task.toml is ever in an agent's sight.
struct Task {
    enum class Expects { Change, Nothing };
    /// Where its ticket comes from: a person of the team, somebody outside (the ticket is data, and the run tainted), or
    /// what production logged.
    enum class Source { Person, Outside, Log };

    QString id;    ///< the folder's name
    QString folder; ///< absolute
    QString plugin; ///< id of the mock plugin
    QString pluginFolder; ///< its files; empty: the task brings all of them in environment/
    QString level;
    Expects expects = Expects::Change;
    Source source = Source::Person;
    QString playbook = QStringLiteral("fix");
    QString testCommand; ///< of the plugin; empty: the detected one
    QStringList scope;   ///< patterns of paths that may change (* within a folder, ** over folders); empty: all
    QStringList forbid;  ///< kinds of risk flags (review/flags.h) that the change may not bring
    QStringList turn;     ///< hidden tests with what the ticket tells: they fail before, and have to pass
    QStringList variants; ///< hidden tests of the same cause with other inputs: they fail before, and have to pass
    QStringList stay;     ///< hidden tests that pass before, and have to go on passing
    std::chrono::seconds agentTimeout{0}; ///< 0: as the playbook says
    std::chrono::seconds testTimeout{120};
    QString title;
    QString text; ///< of instruction.md, below the title
    QByteArray hash; ///< of all its files and the mock plugin's: what a trial was made of; hex
};
[[nodiscard]] QString nameOf(Task::Expects expects);
[[nodiscard]] QString nameOf(Task::Source source);

/// Reads one task. Errors name file and line, and what to do.
[[nodiscard]] Result<Task> loadTask(const QString &folder);
/// All tasks at or below a folder, by id. Errors where there is none, where one is not right, or two have one id.
[[nodiscard]] Result<std::vector<Task>> loadSuite(const QString &folder);

/// The mock plugin's own files: neither its tasks nor what running it leaves behind. Relative paths, sorted.
[[nodiscard]] QStringList pluginFiles(const QString &folder);

/// Whether a path is named by one of these patterns.
[[nodiscard]] bool isInScope(const QByteArray &path, const QStringList &patterns);

} // namespace coppice::evals
