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

const Definition serve([](Verb &root, Context &context) {
    auto *command = root.addSubcommand("serve", "Be the library's engine, without a window, until Ctrl+C; with --port also receive errors");
    auto wanted = std::make_shared<Receiving>();
    command->addOption("--port", wanted->port, "Receive Sentry and OTLP on this port; 0: the one of the last time, else a free one")->between(0, 65535);
    command->addOption("--keys", wanted->keys, "Print the DSN and OTEL_ variables of these plugins and end");
    command->addOption("--listen", wanted->address, "Listen on this address instead of loopback; needs --token");
    command->addOption("--token", wanted->token, "Where the token lies that senders must show: file:PATH, env:VARIABLE or keychain:NAME");
    command->addOption("--url", wanted->url, "What senders reach it by, if that is another address (a proxy, TLS)");
    command->addOption("--spool", wanted->spool, "Without a library: keep what comes in this folder until an engine fetches it");
    command->addOption("--drain-token", wanted->drainToken, "With --spool: where the token lies that lets an engine read it over http");
    command->addOption("--patience", wanted->patience, "Seconds in which a request has to have come whole; its head has a sixth of them")->between(1, 600);
    command->addOption("--limit", wanted->limit, "Events per minute that one plugin may send; 0: any number");
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
