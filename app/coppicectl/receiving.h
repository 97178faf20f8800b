// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include <receivers/keys.h>
#include <receivers/library_keeper.h>
#include <receivers/receiver.h>
#include <text/scrub.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coppice::library {
class Library;
}

namespace coppice::ctl {

/// What `serve` was asked for.
struct Receiving {
    std::optional<int> port;
    std::vector<std::string> keys;
    std::string address;
    std::string token;
    std::string url;
    std::string spool;
    std::string drainToken;
    int patience = int(receivers::Receiver::Options{}.patience.count());
    qint64 limit = receivers::Receiver::Options{}.eventsPerMinute;

    /// Options with the secrets read.
    [[nodiscard]] Result<receivers::Receiver::Options> options() const;
    /// "http://127.0.0.1:4318", or what --url says.
    [[nodiscard]] QString baseFor(quint16 boundPort) const;
};

/// Receivers that keep what comes in a library's events.
class LibraryReceivers
{
public:
    [[nodiscard]] static Result<std::unique_ptr<LibraryReceivers>> start(Context &context, engine::Session &session, const Receiving &wanted,
                                                                          const receivers::Receiver::Options &options);
    ~LibraryReceivers();
    [[nodiscard]] quint16 port() const { return m_receiver->port(); }
    [[nodiscard]] const QString &base() const { return m_base; }

private:
    explicit LibraryReceivers(store::Database &events) : m_keeper(events) { }
    receivers::LibraryKeeper m_keeper;
    std::unique_ptr<receivers::KeyRing> m_keys;
    std::unique_ptr<receivers::Receiver> m_receiver;
    QString m_base;
};

/// Until Ctrl+C, or the end of the process is asked for.
void untilStopped(const Context &context);
/// `serve --spool`: receives without a library, or prints its keys.
[[nodiscard]] Result<int> serveSpool(Context &context, const Receiving &wanted);
[[nodiscard]] Result<text::Scrubber> scrubberOf(Context &context, const library::Library &library);
/// The port that a receiver with this note listens on, or will listen on when it is started with --port 0: the one it had, or a
/// free one that is kept for it from now on.
[[nodiscard]] Result<quint16> reservedPort(const QString &noteFile);
/// Starts a receiver and notes where it listens; with port 0 where it did before, if nobody else does now.
[[nodiscard]] Result<std::unique_ptr<receivers::Receiver>> startReceiver(receivers::KeyRing &keys, receivers::Keeper &keeper, const text::Scrubber &scrubber,
                                                                         receivers::Receiver::Options options, const QString &noteFile);
/// {"plugins":[{"name","dsn","otel":{…}}]} as the terminal contract has it.
void answerKeys(Context &context, const std::vector<receivers::ReceiverKey> &keys, const QString &base, const QByteArray &token);
/// `serve --keys`: answers and makes keys that are missing.
[[nodiscard]] Result<int> printLibraryKeys(Context &context, const Receiving &wanted);

} // namespace coppice::ctl
