// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"
#include "library/settings.h"
#include "store/database.h"

#include <map>

namespace coppice::templates {

/// Whether a template's content as it stands has been reviewed as a patch and evaluated: what every linked plugin gets
/// with its next push. Known from the reviews on this machine.
struct Gate {
    enum class State {
        Initial, ///< as the library was made with it
        Gated,    ///< landed from a review whose evidence says that an eval passed
        Reviewed, ///< landed from a review, and not evaluated
        Ungated,  ///< by a commit that was not reviewed here
    };
    State state = State::Ungated;
    QString why;
    git::Oid commit; ///< that made it what it is; null when that lies too far back
};
[[nodiscard]] QString nameOf(Gate::State state);
/// Whether it is enough for what coppice.yaml asks for.
[[nodiscard]] bool passes(Gate::State state, library::LibrarySettings::TemplateGate asked);
/// "reviewed", "reviewed and evaluated": what is asked for.
[[nodiscard]] QString nameOf(library::LibrarySettings::TemplateGate asked);

/// Names are paths below templates/, also those below next/.
[[nodiscard]] Result<std::map<QByteArray, Gate>> gatesOf(git::Repository &repository, store::Database &state, const git::Oid &head,
                                                         const std::vector<QByteArray> &names);

} // namespace coppice::templates
