// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "forges/forge.h"
#include "git/oid.h"

namespace coppice::forges {

/// A pull request (GitHub) or merge request (GitLab) to be opened: from one branch of a repository to another of the same.
struct NewPull {
    QString title;
    Document body;
    QString marker; ///< "coppice-…", searched for before a second try; stands in the body's last line
    QString head;   ///< short name of the branch that holds the change
    QString base;   ///< short name of the branch that it is for
    QStringList labels;
    bool draft = false;
};
/// One as its forge tells it. All text is from outside, plain and capped.
struct RemotePull {
    enum class State { Open, Merged, Closed };
    QString number;
    QString url; ///< for people; made of the place, never taken from an answer
    State state = State::Open;
    bool draft = false;
    QString head;     ///< short name of its branch
    QString base;     ///< short name
    git::Oid headId;  ///< what its branch stands at there
    git::Oid mergeId; ///< what it became on the base's branch, where the forge says it
    qint64 updated = 0;
};
[[nodiscard]] QString nameOf(RemotePull::State state);

/// Where a plugin's pull requests are opened: the forge and project of its settings, else of its upstream's address; the
/// key and the address of the interface are those of `trackers` in coppice.yaml. An error says which setting is missing.
[[nodiscard]] Result<Place> pullPlaceOf(const library::LibrarySettings &library, const library::PluginSettings &plugin);

/// GitHub and GitLab, as for issues: calls block, answers are bounded, errors by meaning (see Forge).
class PullForge
{
public:
    virtual ~PullForge() = default;
    /// Opens it, and sets its labels where the forge wants that asked for by itself; labels that could not be set are no
    /// error of opening it: `notes` tells it.
    [[nodiscard]] virtual Result<RemotePull> create(const NewPull &pull, QStringList *notes) = 0;
    [[nodiscard]] virtual Result<RemotePull> get(const QString &number) = 0;
    /// Ours, open or over, from this branch: its body carries the marker.
    [[nodiscard]] virtual Result<std::optional<RemotePull>> find(const QString &head, const QString &marker) = 0;
    /// New words for one that is open.
    [[nodiscard]] virtual Result<RemotePull> update(const QString &number, const NewPull &pull) = 0;
    [[nodiscard]] virtual qint64 pausedUntil() const = 0;
};
/// Opens a place of kind github or gitlab: reads its key, from the keychain or where its reference says. Fails closed.
[[nodiscard]] Result<std::unique_ptr<PullForge>> openPulls(const Place &place, std::stop_token stop = {});

} // namespace coppice::forges
