// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/queue_order.h"
#include "store/database.h"

#include <QHash>

#include <atomic>
#include <span>

namespace coppice::review {

/// A patch, and where its plugin lies in the library.
struct Placed {
    const Patch *patch;
    QByteArray prefix; ///< empty where the library has no such plugin
};
/// The risk flags of patches' last revisions: looked for once and kept in state.db with what they were found from. What was
/// found by another detector, from other trees, for another prefix or taint is looked for again. Whoever shows flags or orders
/// a queue asks here. Safe from any thread.
class Risks
{
public:
    explicit Risks(store::Database &state) : m_state(state) { }

    /// The flags as they are kept, else found now and kept. `files` are the last revision's, where the caller has them
    /// already. That they cannot be kept (a full disk) is no reason to hide them: they are found again then.
    [[nodiscard]] Result<std::vector<Flag>> of(const git::Repository &repository, const Patch &patch, const QByteArray &prefix,
                                               const std::vector<FilePatch> *files = nullptr);
    /// The same, counted; without reading the flags.
    [[nodiscard]] Result<FlagKinds> kindsOf(const git::Repository &repository, const Patch &patch, const QByteArray &prefix);
    /// Looks for the flags of a revision that was just recorded, so that nobody who opens the queue waits for it. What goes
    /// wrong is told to whoever asks for them.
    void lookAhead(const git::Repository &repository, const Patch &patch, const QByteArray &prefix) { (void)kindsOf(repository, patch, prefix); }
    /// What is kept for many patches, by patch id, with one query and without reading a tree. Patches that have not been
    /// looked at yet are not in it.
    [[nodiscard]] Result<QHash<QString, FlagKinds>> kept(std::span<const Placed> patches);
    /// How often this object has looked through the files of a patch.
    [[nodiscard]] int looked() const { return m_looked.load(); }

private:
    [[nodiscard]] Result<std::optional<QString>> stored(const Patch &patch, const QByteArray &prefix, const char *column);
    [[nodiscard]] Result<std::vector<Flag>> find(const git::Repository &repository, const Patch &patch, const QByteArray &prefix,
                                                 const std::vector<FilePatch> *files);

    store::Database &m_state;
    std::atomic<int> m_looked = 0;
};
/// Names the rules by which flags are found: another text of their sources, another name.
[[nodiscard]] QString detectorName();

} // namespace coppice::review
