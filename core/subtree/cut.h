// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"

#include <stop_token>

namespace coppice::subtree {

/// A plugin's history without the library's own commits that it runs into (after its folder was deleted and made anew).
struct Cut {
    git::Oid split;  ///< what is to be pushed
    git::Oid joined; ///< a commit on top of the library's head that ties further splits to it, as a rejoin of git subtree
    size_t made = 0; ///< commits that were written anew
};
struct CutRequest {
    git::Oid head; ///< of the library's branch
    QByteArray prefix;
    git::Oid split; ///< of `head`
    std::vector<git::Oid> foreign; ///< the library's commits that shall not be sent, outermost ones
    std::vector<git::Oid> known;   ///< what upstream has, and what earlier joins name
    git::Oid upstream;             ///< what stands there now; null: nothing
};
/// Copies that follow a foreign commit get upstream's newest one as their parent instead, so that the push fast-forwards.
[[nodiscard]] Result<Cut> cutHistory(git::Repository &repository, const CutRequest &request, std::stop_token stop = {});

} // namespace coppice::subtree
