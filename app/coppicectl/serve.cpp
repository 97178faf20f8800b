// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

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

const Definition serve([](CLI::App &root, Context &context) {
    auto *command = root.add_subcommand("serve", "Be the library's engine, without a window, until Ctrl+C");
    command->callback([&context] {
        context.setAction([](Context &here) -> Result<int> {
            COPPICE_TRY(auto *session, here.session());
            COPPICE_CHECK(becomeEngine(*session, here.stop()));
            here.answer({{QStringLiteral("library"), session->library().path()}, {QStringLiteral("pid"), qint64(getpid())}},
                        QStringLiteral("The engine of %1 runs; Ctrl+C ends it.").arg(session->library().path()));
            while (!here.stop().stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
            // Runs under way are interrupted, and gone on with by the next engine.
            session->stopEngine(false);
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl
