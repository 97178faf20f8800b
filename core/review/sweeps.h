// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/reviews.h"

#include <QHash>

#include <stop_token>

namespace coppice::review {

/// The same hunk in open patches of several plugins, to be decided on once.
struct Sweep {
    /// A hunk of an open patch's last revision.
    struct Place {
        QString patch, plugin;
        QByteArray path;
        QString hunk; ///< id
        Decision::Verdict verdict = Decision::Verdict::Undecided;
        bool ownName = false; ///< differs from the sample, in nothing but its plugin's own name
    };
    /// A plugin that has another hunk in the same file, so much like the sweep's that it should perhaps be equal.
    struct Outlier {
        Place place;
        QString difference; ///< from the sample, as the lines of a diff
    };
    QString id;               ///< hash of the content, so that it is the same for whoever looks
    QString sample;           ///< the hunk of the first place, as the lines of a diff
    std::vector<Place> places; ///< by plugin; at least two plugins
    std::vector<Outlier> outliers;
    [[nodiscard]] int undecided() const;
};
/// Hunks are equal when they remove, add and keep the same lines, wherever they stand; a plugin's own id, as a whole word of
/// four characters or more, counts as equal to another's, which each place tells. Files that are added, deleted, renamed or
/// changed as a whole must also have the same path below their plugin. `prefixes`: by plugin. The largest sweeps first.
[[nodiscard]] Result<std::vector<Sweep>> findSweeps(const git::Repository &repository, Reviews &reviews,
                                                    const QHash<QString, QByteArray> &prefixes, std::stop_token stop = {});
/// One operation on all places, which is undone as one. An error, and nothing decided, when one of the patches is no longer
/// open. Places whose hunk was decided by itself are decided again.
[[nodiscard]] Result<Id> decideSweep(journal::Journal &journal, const Actor &actor, const Sweep &sweep, Decision::Verdict verdict,
                                     const QString &reason = {});
[[nodiscard]] std::unique_ptr<journal::Projector> sweepProjector();

} // namespace coppice::review
