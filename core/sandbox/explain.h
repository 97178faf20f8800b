// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/sandbox.h"

#include <QByteArray>

namespace coppice::sandbox {

/// What decides whether bubblewrap can work, beside bubblewrap itself: settings of the kernel, empty where there is no such
/// setting.
struct Surroundings {
    QByteArray mostNamespaces;     ///< user.max_user_namespaces
    QByteArray cloneAllowed;       ///< kernel.unprivileged_userns_clone (Debian's kernels)
    QByteArray apparmorRestricts;  ///< kernel.apparmor_restrict_unprivileged_userns (Ubuntu 23.10 and later)
    bool container = false;
    bool root = false;
};
[[nodiscard]] Surroundings surroundings();

/// True when this version of bubblewrap has all that is used of it (0.8: --disable-userns).
[[nodiscard]] bool isNewEnough(const QString &version);
/// A plain sentence: what stands in the way of bubblewrap, by what it printed and what surrounds it, and what to do.
[[nodiscard]] QString explain(const QByteArray &printed, const QString &version, const Surroundings &around);

/// What probe() does, done again: for those who have just been told what to mend.
[[nodiscard]] Probe probeNow();

} // namespace coppice::sandbox
