// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runs/runner.h"

namespace coppice::shipping {

/// An annotated tag of a plugin's version, as an object that is made once and pushed until it is there.
struct Tag {
    QString name;    ///< short
    git::Oid object; ///< of type tag
    git::Oid commit;
};
/// Writes the tag's object, kept alive by refs/coppice/tags/<plugin>/<name>. Nothing leaves.
[[nodiscard]] Result<Tag> makeTag(const runs::House &house, const QString &plugin, const QString &name, const git::Oid &commit, const QString &message);

struct TagOutcome {
    bool pushed = false; ///< by this call
    bool there = false;  ///< on the same commit: by this call, an earlier one, or somebody else
    QString note;        ///< why it is not there
};
/// Pushes it where no tag of this name is; one that is there already is never moved, whatever it names.
[[nodiscard]] Result<TagOutcome> pushTag(const runs::House &house, const QString &url, const QString &plugin, const Tag &tag, std::stop_token stop,
                                         Progress &progress);

} // namespace coppice::shipping
