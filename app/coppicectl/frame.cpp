// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "frame.h"
#include "verb.h"

#include <base/json.h>

#include <CLI/CLI.hpp>

#include <QCoreApplication>

#include <csignal>
#include <cstdio>
#include <thread>
#include <vector>

namespace coppice::ctl {

void askToStop();

namespace {

std::vector<Definition::Define> &definitions()
{
    static std::vector<Definition::Define> all;
    return all;
}

/// SIGINT and SIGTERM ask the work to stop; a second one ends the process at once.
void waitForSignals(const sigset_t &set)
{
    std::thread([set] {
        int number = 0;
        sigwait(&set, &number);
        askToStop();
        sigwait(&set, &number);
        std::_Exit(130);
    }).detach();
}

int report(const Context &context, const Error &error)
{
    if (context.json) {
        QJsonObject document{{QStringLiteral("v"), 1}};
        QJsonObject body = errorToJson(error);
        body.remove(QStringLiteral("kind"));
        const QJsonValue needs = body.take(QStringLiteral("needs"));
        document[QStringLiteral("error")] = body;
        if (!error.needs.isEmpty())
            document[QStringLiteral("needs")] = needs;
        std::printf("%s\n", toJsonLine(document).constData());
    }
    std::fprintf(stderr, "coppicectl: %s\n", qPrintable(error.message()));
    if (!error.fix.isEmpty())
        std::fprintf(stderr, "%s\n", qPrintable(error.fix));
    return error.exitCode();
}

} // namespace

Definition::Definition(Define define)
{
    definitions().push_back(std::move(define));
}

int run(int argc, char **argv, const std::function<void()> &others)
{
    sigset_t signalSet;
    sigemptyset(&signalSet);
    sigaddset(&signalSet, SIGINT);
    sigaddset(&signalSet, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signalSet, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("coppice"));
    waitForSignals(signalSet);

    Context context;
    CLI::App root("Coppice keeps a library of independent plugins alive.", "coppicectl");
    std::string library;
    root.add_option("--library", library, "The library's folder; otherwise the repository around this one");
    root.add_flag("--json", context.json, "One JSON document on stdout");
    root.set_version_flag("--version", COPPICE_VERSION);
    root.require_subcommand(1);
    root.fallthrough(); // --json and --library may also follow the command
    Verb verbs(&root);
    for (const auto &define : definitions())
        define(verbs, context);
    try {
        root.parse(argc, argv);
    } catch (const CLI::Success &success) {
        if (others)
            others();
        return root.exit(success);
    } catch (const CLI::ParseError &error) {
        if (others)
            others();
        // An unknown command leaves its word over and the place of a command empty.
        const auto rest = root.remaining(true);
        const bool unknown = dynamic_cast<const CLI::RequiredError *>(&error) && !rest.empty();
        return report(context, failUsage(QStringLiteral("usage"),
                                         unknown ? QStringLiteral("There is no such command: %1").arg(q(rest.front()).left(100))
                                                 : QString::fromStdString(error.what()), {},
                                         QStringLiteral("See coppicectl --help."))
                                   .error());
    }
    context.library = q(library);
    if (!context.action())
        return report(context, failUsage(QStringLiteral("usage"), QStringLiteral("Name a command"), {},
                                         QStringLiteral("See coppicectl --help."))
                                   .error());
    const auto code = context.action()(context);
    return code ? *code : report(context, code.error());
}

} // namespace coppice::ctl
