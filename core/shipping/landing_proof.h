// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shipping/merge_onto.h"

#include <QJsonObject>

namespace coppice::shipping {

/// How a commit that landed equals what was approved, by the ids of its trees and blobs.
struct LandingProof {
    struct Path {
        QByteArray path;
        QString approved; ///< "100644 <id>", empty: it was approved to be gone
        QString landed;   ///< the same of the commit's tree
        bool merged = false; ///< the head had changed it, too: merged line by line
    };
    git::Oid approvedTree; ///< composed of what was accepted, on the patch's base
    git::Oid parentTree;   ///< of the head that it landed on
    git::Oid landedTree;
    std::vector<Path> paths; ///< that the accepted part touches, each once
    /// Every path is as approved, but for those that were merged; no other path differs from the parent's.
    [[nodiscard]] bool holds() const;
    [[nodiscard]] QStringList mergedPaths() const;
    QString broken; ///< the first path that is not as it has to be
};
/// Reads the trees and compares; `merged` is what the merge says it did. Nothing is taken on trust but the ids.
[[nodiscard]] Result<LandingProof> proveLanding(const git::Repository &repository, const git::Oid &base, const git::Oid &approved,
                                                const git::Oid &parentTree, const git::Oid &landedTree,
                                                const std::vector<QByteArray> &merged);
/// At most 500 paths are written out, merged ones first; `paths_total` counts all.
[[nodiscard]] QJsonObject toJson(const LandingProof &proof);
[[nodiscard]] LandingProof proofFrom(const QJsonObject &object);

} // namespace coppice::shipping
