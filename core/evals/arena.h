// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "evals/trial.h"
#include "journal/approval.h"
#include "journal/lease.h"
#include "library/library.h"
#include "runs/runner.h"

#include <memory>

namespace coppice::evals {

/// The library in which one trial takes place: below its folder, with databases of its own, held by its lease, gone afterwards.
/// The run's folder lies where all runs lie.
class Arena
{
public:
    [[nodiscard]] static Result<std::unique_ptr<Arena>> make(const TrialRequest &request);
    ~Arena(); ///< remove(), where nobody has asked for it
    Q_DISABLE_COPY_MOVE(Arena)

    [[nodiscard]] const Sealed &sealed() const { return m_sealed; }
    [[nodiscard]] const library::Library &library() const { return *m_library; }
    [[nodiscard]] store::Database &state() { return *m_state; }
    [[nodiscard]] journal::Approvals &approvals() { return *m_approvals; }
    /// The ticket, and a run that answers it, carried out to its end. Steps that ask a person get the answer that goes on.
    [[nodiscard]] Result<runs::Run> run(const TrialRequest &request, std::stop_token stop, Progress &progress);
    /// Deletes library, databases and the folders of its runs.
    [[nodiscard]] Result<> remove();

private:
    Arena() = default;
    Result<QString> makeTicket(const Task &task);

    QString m_path;
    Sealed m_sealed;
    std::optional<library::Library> m_library;
    std::unique_ptr<store::Database> m_state, m_events;
    std::unique_ptr<journal::Journal> m_journal;
    std::unique_ptr<journal::Approvals> m_approvals;
    std::optional<journal::Lease> m_lease;
};

/// While it lives, permissions that clients of that library ask for are refused by Questions::answerAll().
class Questions::Watch
{
public:
    Watch(Questions &questions, journal::Approvals &approvals);
    ~Watch();
    Q_DISABLE_COPY_MOVE(Watch)

private:
    Questions &m_questions;
    journal::Approvals *m_approvals;
};

} // namespace coppice::evals
