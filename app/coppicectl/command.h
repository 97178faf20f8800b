// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "verb.h"

#include <base/error.h>
#include <base/progress.h>

#include <QJsonObject>

#include <functional>
#include <memory>
#include <stop_token>

namespace coppice::engine {
class Session;
}

namespace coppice::ctl {

/// What a command of the terminal gets: the options before it, the library, and the ways to answer.
class Context
{
public:
    QString library; ///< --library; empty: the repository around the current folder
    bool json = false;

    /// The session on the library; opened on first use, what a dead engine left behind is set right.
    [[nodiscard]] Result<engine::Session *> session();
    /// session()->call with this process' stop token and progress line.
    [[nodiscard]] Result<QJsonObject> call(const QString &verb, const QJsonObject &args);

    /// The one answer of a command: with --json the document (with "v":1), else the text for people.
    void answer(QJsonObject document, const QString &text);
    /// One line of a stream of JSON documents, whatever --json says.
    void streamLine(const QJsonObject &document);
    /// A note for people on stderr.
    void note(const QString &text);

    [[nodiscard]] std::stop_token stop() const; ///< asked by Ctrl+C
    [[nodiscard]] Progress &progress();

    /// Called in a subcommand's callback: what to carry out once the whole line is read. Answers the exit code.
    using Action = std::function<Result<int>(Context &)>;
    void setAction(Action action) { m_action = std::move(action); }
    [[nodiscard]] const Action &action() const { return m_action; }

private:
    Action m_action;
    std::shared_ptr<engine::Session> m_session;
};

/// One command: a file of its own with one of these at namespace scope. `define` adds its subcommands and options to
/// the root and calls Context::setAction in their callbacks.
struct Definition {
    using Define = std::function<void(Verb &root, Context &context)>;
    explicit Definition(Define define);
};

/// A subcommand of a subcommand ("sync pull"): the parent is made when it is not there yet.
Verb *group(Verb &root, const std::string &name, const std::string &description);

/// "name   version   state" lines with columns aligned.
[[nodiscard]] QString table(const QList<QStringList> &rows);

inline QString q(const std::string &text) { return QString::fromStdString(text); }

} // namespace coppice::ctl
