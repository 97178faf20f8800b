// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "process/spawn.h"

#include <memory>

namespace coppice::process {

/// A control group that bounds the number of processes. Only for root, whom RLIMIT_NPROC does not bind; for everybody
/// else the limit itself is enough. Removed when destroyed, once its last process is gone.
class PidsGroup
{
public:
    /// None where there is no control group to be had: then the watch over the group is all there is.
    [[nodiscard]] static std::unique_ptr<PidsGroup> make(qint64 most);
    ~PidsGroup();
    PidsGroup(const PidsGroup &) = delete;
    PidsGroup &operator=(const PidsGroup &) = delete;
    /// A process that writes "0" here joins the group.
    [[nodiscard]] int joinFd() const { return m_join.get(); }

private:
    PidsGroup(QByteArray path, Descriptor join) : m_path(std::move(path)), m_join(std::move(join)) { }
    QByteArray m_path;
    Descriptor m_join;
};

} // namespace coppice::process
