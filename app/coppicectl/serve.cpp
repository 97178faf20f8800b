// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "receiving.h"

#include <engine/session.h>

#include <chrono>
#include <thread>

#include <unistd.h>

namespace coppice::ctl {

namespace {

/// A command that is the engine only while it lasts gets out of the way in a moment; another window or `serve` does not.
constexpr auto patience = std::chrono::seconds(30);

Result<> becomeEngine(engine::Session &session, const std::stop_token &stop)
{
    const auto until = std::chrono::steady_clock::now() + patience;
    while (true) {
        auto taken = session.becomeEngine();
        if (taken || taken.error().code != QLatin1String("engine.busy") || std::chrono::steady_clock::now() > until || stop.stop_requested())
            return taken;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

/// An engine, with receivers where a port is named.
Result<int> serveLibrary(Context &here, const Receiving &wanted)
{
    COPPICE_TRY(const auto options, wanted.options()); // what cannot be is said before anything is begun
    COPPICE_TRY(auto *session, here.session());
    COPPICE_CHECK(becomeEngine(*session, here.stop()));
    QJsonObject answer{{QStringLiteral("library"), session->library().path()}, {QStringLiteral("pid"), qint64(getpid())}};
    QString text = QStringLiteral("The engine of %1 runs; Ctrl+C ends it.").arg(session->library().path());
    std::unique_ptr<LibraryReceivers> receivers;
    if (wanted.port) {
        COPPICE_TRY(receivers, LibraryReceivers::start(here, *session, wanted, options));
        answer[QStringLiteral("port")] = receivers->port();
        answer[QStringLiteral("url")] = receivers->base();
        text += QStringLiteral("\nIt receives at %1; coppicectl serve --port %2 --keys PLUGIN prints what to paste into a plugin's environment.")
                    .arg(receivers->base())
                    .arg(receivers->port());
    }
    here.answer(answer, text);
    untilStopped(here);
    receivers.reset();
    // Runs under way are interrupted, and gone on with by the next engine.
    session->stopEngine(false);
    return 0;
}

const Definition serve([](CLI::App &root, Context &context) {
    auto *command = root.add_subcommand("serve", "Be the library's engine, without a window, until Ctrl+C; with --port also receive errors");
    auto wanted = std::make_shared<Receiving>();
    command->add_option("--port", wanted->port, "Receive Sentry and OTLP on this port; 0: the one of the last time, else a free one")->check(CLI::Range(0, 65535));
    command->add_option("--keys", wanted->keys, "Print the DSN and OTEL_ variables of these plugins and end");
    command->add_option("--listen", wanted->address, "Listen on this address instead of loopback; needs --token");
    command->add_option("--token", wanted->token, "Where the token lies that senders must show: file:PATH, env:VARIABLE or keychain:NAME");
    command->add_option("--url", wanted->url, "What senders reach it by, if that is another address (a proxy, TLS)");
    command->add_option("--spool", wanted->spool, "Without a library: keep what comes in this folder until an engine fetches it");
    command->add_option("--drain-token", wanted->drainToken, "With --spool: where the token lies that lets an engine read it over http");
    command->add_option("--patience", wanted->patience, "Seconds in which a request has to have come whole; its head has a sixth of them")->check(CLI::Range(1, 600));
    command->add_option("--limit", wanted->limit, "Events per minute that one plugin may send; 0: any number");
    command->callback([wanted, &context] {
        context.setAction([wanted](Context &here) -> Result<int> {
            if (!wanted->spool.empty())
                return serveSpool(here, *wanted);
            if (!wanted->keys.empty())
                return printLibraryKeys(here, *wanted);
            return serveLibrary(here, *wanted);
        });
    });
});

} // namespace

} // namespace coppice::ctl
