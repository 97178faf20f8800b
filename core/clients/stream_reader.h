// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/client.h"
#include "process/lines.h"

#include <QByteArray>
#include <QSet>

namespace coppice::clients {

/// Reads what one start of a client printed, in any pieces, live or recorded: updates come out as they are understood, and
/// how it ended at any time. One reader per dialect; they differ only in `take`. Lines that are no JSON, that are too long,
/// or that the dialect does not know are passed over. Nothing of it is trusted: bounded, plain.
///
/// What the figures of an AgentEnd mean:
/// | dialect | turns | input, output, cached | cost |
/// |---|---|---|---|
/// | claude | num_turns (answers of the model), summed over results: each counts its own turn | `usage` of the results, summed; input without what the cache gave. Without results: what the messages say so far | total_cost_usd, which counts on over the results of a session, also over a resumed one |
/// | codex | turns begun (prompts) | `usage` of turn.completed, which counts on over a thread; input with what the cache gave | none |
/// | gemini | results (prompts) | `stats`, summed over results; input with what the cache gave | none |
/// | acp | prompts answered | `usage` of the answers, else their _meta.quota, summed | usage_update.cost, which counts on over a session |
///
/// The outcome is that of the last turn, but for denials: one anywhere makes a finished stream a denied one. A stream that
/// stops within a turn is incomplete.
class StreamReader
{
public:
    virtual ~StreamReader();
    StreamReader(const StreamReader &) = delete;
    StreamReader &operator=(const StreamReader &) = delete;

    void feed(QByteArrayView piece);
    /// No more is to come: what stands in the last line, without its end, is read too.
    void finish();
    /// One message, already read; as feed() does for each line.
    void message(const QJsonObject &object);
    /// How it ended as far as it was read.
    [[nodiscard]] AgentEnd end() const;
    /// True when anything of this dialect was seen.
    [[nodiscard]] bool recognised() const { return m_recognised; }
    /// Within a turn that has not been ended.
    [[nodiscard]] bool open() const { return m_open; }
    /// What kept the model from answering, when it was asked again and again without an end; else Incomplete.
    [[nodiscard]] AgentEnd::Outcome retrying() const { return m_retrying; }
    [[nodiscard]] QString retryText() const { return m_retryText; }

    /// The session was begun by an earlier start: the cost counts from here on, not what the client counted before.
    void setResumed() { m_resumed = true; }

    std::function<void(const AgentUpdate &)> onUpdate;
    std::function<void(const QString &)> onSession;
    std::function<void(const QJsonObject &)> onMessage; ///< each message, once it has been read
    std::function<void()> onTurnEnd;                    ///< a turn has ended; end() says how

protected:
    StreamReader() = default;
    virtual void take(const QJsonObject &object) = 0;
    /// Text that was no single-line JSON at all, when nothing else was recognised.
    virtual void takeWhole(const QByteArray &) { }

    // What a dialect tells.
    void know() { m_recognised = true; }
    void beginTurn() { m_open = true; }
    /// The turn is over: `outcome` by itself, before denials are looked at.
    void endTurn(AgentEnd::Outcome outcome, const QString &reason = {});
    void session(const QString &id);
    void deny(const QString &key, const QString &what);
    void error(const QString &what);
    void retry(AgentEnd::Outcome kind, const QString &what);
    void tell(AgentUpdate update);
    void say(const char *role, const QString &text);
    void tool(QJsonObject data);
    void diff(const QString &tool, const QString &path, const QJsonValue &before, const QString &after);
    void usage(QJsonObject more = {});
    [[nodiscard]] bool isResumed() const { return m_resumed; }

    AgentEnd m_end; ///< figures as far as they are known; outcome and reason of the last turn

private:
    void line(QByteArrayView bytes);

    process::LineSplitter m_lines{32 << 20}; ///< longer lines are passed over
    QByteArray m_whole; ///< the beginning of the stream, until something was recognised
    bool m_recognised = false;
    bool m_open = false;
    bool m_ended = false; ///< at least one turn
    bool m_resumed = false;
    QSet<QString> m_denied;
    AgentEnd::Outcome m_retrying = AgentEnd::Outcome::Incomplete;
    QString m_retryText;
};

/// The reader of a dialect: acp, claude, codex or gemini; none for another word.
[[nodiscard]] std::unique_ptr<StreamReader> makeReader(const QString &dialect);

/// Any command's output: which dialect it speaks is found by what it prints, within its first lines; a command that speaks
/// none has no reader.
class DialectFinder
{
public:
    /// Answers the reader as soon as it is known, from then on always; it has read everything from the beginning.
    StreamReader *feed(QByteArrayView piece);
    [[nodiscard]] StreamReader *reader() const { return m_reader.get(); }
    std::function<void(StreamReader &)> onFound; ///< before it reads

private:
    void look();
    QByteArray m_seen;
    qsizetype m_looked = 0;
    int m_lines = 0;
    std::unique_ptr<StreamReader> m_reader;
    bool m_over = false;
};

/// Reads a recorded raw stream from a file: `clients explain`, replay.
[[nodiscard]] Result<AgentEnd> explainFile(const QString &dialect, const QString &path);
/// The pinned shape of `clients explain`, without "v".
[[nodiscard]] QJsonObject toJson(const AgentEnd &end);

} // namespace coppice::clients
