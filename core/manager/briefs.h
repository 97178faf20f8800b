// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "manager/brief.h"

namespace coppice::manager {

/// The briefs that were given, in state.db, and the questions that their proposals are. Safe from any thread.
class Briefs
{
public:
    Briefs(store::Database &state, journal::Journal &journal) : m_state(state), m_journal(journal) { }

    struct Kept {
        Brief brief;
        QMap<QString, PluginThen> then; ///< how the plugins stood
    };
    [[nodiscard]] Result<std::optional<Kept>> last();
    /// Another text whenever last() would answer something else; cheap.
    [[nodiscard]] Result<QString> mark();
    /// The last one given at or before a time.
    [[nodiscard]] Result<std::optional<Kept>> lastBefore(qint64 at);
    /// Stores a brief with how the plugins stand, and asks what it proposes. What waits for an answer is not asked twice; what
    /// a person left, or had done, in the last 14 days is not asked again; what is proposed no longer is asked no longer.
    [[nodiscard]] Result<> keep(const Brief &brief, const Facts &facts);
    /// One by its id.
    [[nodiscard]] Result<std::optional<Kept>> get(const QString &id);
    /// How a client told it, in place of an earlier telling. NotFound where the brief is no longer kept.
    [[nodiscard]] Result<> setWorded(const QString &id, const Worded &worded);

    /// The due time that no brief was given for yet; 0: none. `last` is the newest due time by now, `times` what coppice.yaml says:
    /// other times than at the last look begin anew, and nothing that was due before they stood there has been missed.
    [[nodiscard]] Result<qint64> due(const QString &times, qint64 last, qint64 now);

private:
    Result<> ask(const Actor &actor, const std::vector<Proposal> &proposals, const std::vector<Proposal> &all, qint64 now);

    store::Database &m_state;
    journal::Journal &m_journal;
};

/// A brief of now: facts are read, compared with the last brief (or with `since`, ms), told, and kept where `keep` says so.
struct BriefRequest {
    qint64 since = 0; ///< 0: since the last brief
    bool keep = true;
    std::vector<PluginHealth> health;
    QString healthUnknown; ///< why health is not known, where it is not
    qint64 due = 0;        ///< the time of coppice.yaml that it is for; 0: none
};
[[nodiscard]] Result<Brief> makeBrief(const Sources &sources, const BriefRequest &request, std::stop_token stop, Progress &progress);

} // namespace coppice::manager
