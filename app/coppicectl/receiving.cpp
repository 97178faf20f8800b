// SPDX-License-Identifier: GPL-3.0-or-later
#include "receiving.h"

#include <base/json.h>
#include <base/paths.h>
#include <engine/session.h>
#include <engine/spool_keeper.h>
#include <library/library.h>
#include <net/socket.h>
#include <secrets/secret_ref.h>

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>

#include <malloc.h>
#include <unistd.h>

namespace coppice::ctl {

namespace {

QString noteFileOf(const engine::Session &session)
{
    return session.library().coppiceDir() + QStringLiteral("/receiver.json");
}

/// 0 where none was noted yet.
quint16 notedPort(const QString &noteFile)
{
    const auto bytes = readFile(noteFile, 4096);
    const auto note = bytes ? parseJsonObject(*bytes, noteFile) : Result<QJsonObject>(QJsonObject());
    return note ? quint16(qBound(0, (*note)[u"port"].toInt(), 65'535)) : quint16(0);
}

} // namespace

Result<text::Scrubber> scrubberOf(Context &context, const library::Library &library)
{
    std::vector<text::Scrubber::Rule> rules;
    COPPICE_TRY(const auto repository, library.repository());
    COPPICE_TRY(const auto head, library.head());
    if (!head.isNull()) {
        for (const auto &[name, pattern] : library::librarySettingsAt(repository, head).scrubRules)
            rules.push_back({name, pattern});
    }
    text::Scrubber scrubber(rules);
    for (const auto &problem : scrubber.problems())
        context.note(problem);
    return scrubber;
}

Result<receivers::Receiver::Options> Receiving::options() const
{
    receivers::Receiver::Options made;
    made.address = q(address);
    made.port = quint16(port.value_or(0));
    made.eventsPerMinute = limit;
    made.patience = std::chrono::seconds(patience);
    if (!token.empty()) {
        COPPICE_TRY(const auto reference, secrets::SecretRef::parse(q(token), QStringLiteral("--token")));
        COPPICE_TRY(made.token, secrets::readSecret(reference));
    }
    if (!address.empty() && token.empty())
        return failUsage(QStringLiteral("receiver.token"), QStringLiteral("Listening on other addresses than loopback needs a token"), q(address),
                         QStringLiteral("Name one by reference with --token, for example file:/etc/coppice/token."));
    if (!drainToken.empty()) {
        COPPICE_TRY(const auto reference, secrets::SecretRef::parse(q(drainToken), QStringLiteral("--drain-token")));
        COPPICE_TRY(made.drainToken, secrets::readSecret(reference));
    }
    // Bodies of strangers come and go: what they took goes back, and threads share a few heaps, so that they seldom wait for each other.
    ::mallopt(M_ARENA_MAX, 4);
    ::mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    ::mallopt(M_TRIM_THRESHOLD, 4 << 20);
    return made;
}

QString Receiving::baseFor(quint16 boundPort) const
{
    if (!url.empty())
        return q(url);
    const QString host = q(address);
    if (host.isEmpty() || host == u"0.0.0.0" || host == u"::")
        return QStringLiteral("http://127.0.0.1:%1").arg(boundPort);
    return (host.contains(u':') ? QStringLiteral("http://[%1]:%2") : QStringLiteral("http://%1:%2")).arg(host).arg(boundPort);
}

Result<quint16> reservedPort(const QString &noteFile)
{
    if (const quint16 noted = notedPort(noteFile); noted != 0)
        return noted;
    quint16 port = 0;
    COPPICE_TRY(const auto listener, net::listenOnLoopback(port)); // only to see which one is free
    COPPICE_CHECK(writeFileAtomically(noteFile, toJsonLine({{QStringLiteral("port"), port}})));
    return port;
}

Result<std::unique_ptr<receivers::Receiver>> startReceiver(receivers::KeyRing &keys, receivers::Keeper &keeper, const text::Scrubber &scrubber,
                                                           receivers::Receiver::Options options, const QString &noteFile)
{
    const bool any = options.port == 0;
    if (any)
        options.port = notedPort(noteFile);
    auto receiver = receivers::Receiver::start(keys, keeper, scrubber, options);
    if (!receiver && any && options.port != 0) { // somebody else has it by now
        options.port = 0;
        receiver = receivers::Receiver::start(keys, keeper, scrubber, options);
    }
    if (!receiver)
        return std::unexpected(std::move(receiver).error());
    COPPICE_CHECK(writeFileAtomically(noteFile, toJsonLine({{QStringLiteral("port"), (*receiver)->port()}, {QStringLiteral("pid"), qint64(getpid())}})));
    return receiver;
}

Result<std::unique_ptr<LibraryReceivers>> LibraryReceivers::start(Context &context, engine::Session &session, const Receiving &wanted,
                                                                  const receivers::Receiver::Options &options)
{
    COPPICE_TRY(const auto scrubber, scrubberOf(context, session.library()));
    std::unique_ptr<LibraryReceivers> made(new LibraryReceivers(session.events()));
    COPPICE_TRY(made->m_keys, receivers::KeyRing::open(engine::receiversFolderOf(session.library())));
    COPPICE_TRY(made->m_receiver, startReceiver(*made->m_keys, made->m_keeper, scrubber, options, noteFileOf(session)));
    made->m_base = wanted.baseFor(made->port());
    return made;
}

LibraryReceivers::~LibraryReceivers()
{
    m_receiver.reset();
}

void answerKeys(Context &context, const std::vector<receivers::ReceiverKey> &keys, const QString &base, const QByteArray &token)
{
    QJsonArray plugins;
    QStringList lines;
    for (const auto &key : keys) {
        const auto wiring = receivers::wiringFor(key, base, token);
        plugins.append(QJsonObject{{QStringLiteral("name"), key.plugin},
                                   {QStringLiteral("dsn"), wiring.dsn},
                                   {QStringLiteral("otel"), QJsonObject{{QStringLiteral("OTEL_EXPORTER_OTLP_ENDPOINT"), wiring.otelEndpoint},
                                                                        {QStringLiteral("OTEL_EXPORTER_OTLP_HEADERS"), wiring.otelHeaders}}}});
        lines << QStringLiteral("# %1, with a kit of Sentry").arg(key.plugin) << QStringLiteral("SENTRY_DSN=%1").arg(wiring.dsn)
              << QStringLiteral("# or with OpenTelemetry; the protocol has to be http, not grpc")
              << QStringLiteral("OTEL_EXPORTER_OTLP_ENDPOINT=%1").arg(wiring.otelEndpoint)
              << QStringLiteral("OTEL_EXPORTER_OTLP_HEADERS=%1").arg(wiring.otelHeaders) << QStringLiteral("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
    }
    context.answer({{QStringLiteral("plugins"), plugins}}, lines.join(u'\n'));
}

Result<int> printLibraryKeys(Context &context, const Receiving &wanted)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto options, wanted.options());
    COPPICE_TRY(const auto catalog, session->library().scan(session->state(), context.stop(), context.progress()));
    COPPICE_TRY(const auto ring, receivers::KeyRing::open(engine::receiversFolderOf(session->library())));
    std::vector<receivers::ReceiverKey> keys;
    for (const auto &name : wanted.keys) {
        if (!catalog.find(q(name)))
            return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id"), q(name),
                                QStringLiteral("See coppicectl plugins list."));
        COPPICE_TRY(auto key, ring->keyOf(q(name)));
        keys.push_back(std::move(key));
    }
    quint16 port = options.port;
    if (port == 0 && wanted.url.empty()) {
        COPPICE_TRY(port, reservedPort(noteFileOf(*session)));
    }
    answerKeys(context, keys, wanted.baseFor(port), options.token);
    return 0;
}

} // namespace coppice::ctl
