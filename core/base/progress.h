// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace coppice {

/// Told by a long call how far it is. Called from the thread that works; an implementation must be quick.
class Progress
{
public:
    virtual ~Progress() = default;
    /// `total` is 0 while it is not known.
    virtual void report(qint64 done, qint64 total, const QString &what) = 0;
    /// One that nobody listens to.
    [[nodiscard]] static Progress &none();
};

} // namespace coppice
