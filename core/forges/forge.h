// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "forges/document.h"
#include "library/settings.h"

#include <QStringList>

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace coppice::forges {

/// One project of one tracker, and how it is reached.
struct Place {
    QString kind;    ///< jira, github, gitlab, redmine
    QString baseUrl; ///< of its REST interface, no slash at its end
    QString project; ///< jira: key; github: owner/name; gitlab: path; redmine: identifier
    QString user;    ///< of jira: the account's e-mail address
    QString token;   ///< a reference to a secret
    QString issueType;
    QStringList labels;
    bool markdown = false; ///< of redmine: it is set to Markdown, not Textile
    library::TrackerStates states;
    [[nodiscard]] QString name() const { return kind + u':' + project; } ///< "jira:WX", as in a plugin's settings
};
/// The place of a plugin's tickets; none where the plugin names no tracker. An error says which setting is missing.
[[nodiscard]] Result<std::optional<Place>> placeOf(const library::LibrarySettings &library, const library::PluginSettings &plugin);

struct NewIssue {
    QString title;
    Document body;
    QString marker; ///< "coppice-…", searched for before a second try; stands in the body's last line and as a label
};
/// An issue as its tracker tells it. All text is from outside, plain and capped.
struct RemoteIssue {
    enum class State { Open, Closed, Declined };
    QString key; ///< number, or WX-12
    QString url; ///< for people; made of the place, never taken from an answer
    QString status; ///< the tracker's own word
    State state = State::Open; ///< by the tracker's judgement and the place's names
    QString assignee; ///< as people are called there; empty: nobody
    qint64 updated = 0; ///< by the tracker's clock
    QString text; ///< the body, where it was asked for
    QStringList labels;
};
struct RemoteComment {
    QString id;
    QString author;
    QString text; ///< at most 16 KiB
    qint64 at = 0;
};
/// Issues changed since a cursor, the oldest change first. An empty cursor asks for the last day.
struct Changes {
    std::vector<RemoteIssue> issues;
    QString cursor;
    bool more = false; ///< ask again at once
};

/// One interface to all trackers. Calls block; one object for one task on one thread. Answers are bounded (16 MB, two
/// minutes) and redirects are not followed. Errors by meaning:
///   forge.auth         the key is wrong, or may not do this
///   forge.missing      no such project or issue, or the key does not show it
///   forge.invalid      the tracker takes it not as it is; its words stand in `what`
///   forge.limited      a rate limit; pausedUntil() says until when
///   forge.unreachable  no answer, or one that says to come again
///   forge.moved        answers by a redirect
///   forge.answer       an answer that is none of this interface
///   forge.state        the tracker does not offer the wanted state now
/// After forge.unreachable and forge.answer the request may have been carried out all the same.
class Forge
{
public:
    virtual ~Forge() = default;
    [[nodiscard]] virtual Result<RemoteIssue> create(const NewIssue &issue) = 0;
    [[nodiscard]] virtual Result<RemoteIssue> get(const QString &key) = 0;
    /// The issue that carries a marker, of those made or changed since a time.
    [[nodiscard]] virtual Result<std::optional<RemoteIssue>> findByMarker(const QString &marker, qint64 since) = 0;
    /// Answers the comment's id.
    [[nodiscard]] virtual Result<QString> comment(const QString &key, const Document &text) = 0;
    /// The comments made or changed since a time, the oldest first; at most 200.
    [[nodiscard]] virtual Result<std::vector<RemoteComment>> comments(const QString &key, qint64 since) = 0;
    /// Moves an issue; nothing is done where it is there already. Answers it as it is then.
    [[nodiscard]] virtual Result<RemoteIssue> setState(const QString &key, RemoteIssue::State state) = 0;
    [[nodiscard]] virtual Result<Changes> changedSince(const QString &cursor) = 0;
    /// How long after a request its effect may be missing from findByMarker, in ms.
    [[nodiscard]] virtual qint64 settleMs() const { return 2'000; }
    /// Until when this tracker asked to be left alone (ms since 1970); 0: it did not.
    [[nodiscard]] virtual qint64 pausedUntil() const = 0;
};

/// Opens a place: reads its key. Fails without a request for a project that could not be one of its kind.
[[nodiscard]] Result<std::unique_ptr<Forge>> openForge(const Place &place, std::stop_token stop = {});

/// Whether an error leaves open that the request was carried out.
[[nodiscard]] bool mayBeDone(const Error &error);
/// Whether trying the same again later makes sense.
[[nodiscard]] bool isPassing(const Error &error);

} // namespace coppice::forges
