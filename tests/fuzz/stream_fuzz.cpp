// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as the raw stream of a client. The first byte chooses the dialect and how the rest is cut into pieces.
#include <clients/stream_reader.h>

#include <QJsonDocument>

#include <cstdlib>

using namespace coppice;
using namespace coppice::clients;

namespace {

void check(bool right)
{
    if (!right)
        std::abort();
}

AgentEnd read(const QString &dialect, QByteArrayView bytes, qsizetype pieces)
{
    const auto reader = makeReader(dialect);
    reader->onUpdate = [](const AgentUpdate &update) {
        // Whatever is told can be written down and read again, and is bounded.
        const auto again = updateFromJson(toJson(update));
        check(again && again->kind == update.kind);
        check(update.text.size() <= updateTextCap + 100);
        check(QJsonDocument(update.data).toJson().size() < 16 * updateTextCap);
    };
    for (qsizetype at = 0; at < bytes.size(); at += pieces)
        reader->feed(bytes.sliced(at, std::min(pieces, bytes.size() - at)));
    reader->finish();
    return reader->end();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size == 0)
        return 0;
    static const char *const dialects[] = {"acp", "claude", "codex", "gemini"};
    const QString dialect = QString::fromLatin1(dialects[data[0] % 4]);
    const QByteArrayView bytes(reinterpret_cast<const char *>(data) + 1, qsizetype(size) - 1);
    const AgentEnd whole = read(dialect, bytes, std::max<qsizetype>(1, bytes.size()));
    const AgentEnd cut = read(dialect, bytes, 1 + data[0] / 4);
    check(toJson(whole) == toJson(cut)); // how it was cut makes no difference
    check(whole.inputTokens >= 0 && whole.outputTokens >= 0 && whole.cachedTokens >= 0 && whole.turns >= 0);
    check(whole.denials.size() <= 100 && whole.errors.size() <= 101);
    check(whole.outcome != AgentEnd::Outcome::Completed || whole.denials.isEmpty());
    DialectFinder finder;
    finder.feed(bytes);
    return 0;
}
