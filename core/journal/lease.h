// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>

#include <optional>

namespace coppice::journal {

/// The right to act for a library: flock on coppice/engine.lock. Whoever holds it is the engine; the kernel gives it
/// back when the process dies, however it dies. Movable, held until destroyed.
class Lease
{
public:
    struct Holder {
        qint64 pid = 0;
        qint64 startedAt = 0; ///< ms since 1970
        QString socket;       ///< path of the engine's wake-up socket
    };
    /// Takes the lease of the library whose `coppice/` folder this is; NeedsPerson "engine.busy" with the holder in
    /// `where` when another process has it.
    [[nodiscard]] static Result<Lease> take(const QString &coppiceDir);
    /// Who holds it, if anybody.
    [[nodiscard]] static std::optional<Holder> holder(const QString &coppiceDir);

    Lease(Lease &&) noexcept;
    Lease &operator=(Lease &&) noexcept;
    ~Lease();
    [[nodiscard]] const QString &coppiceDir() const { return m_coppiceDir; }
    [[nodiscard]] QString socketPath() const;

private:
    Lease(int fd, QString coppiceDir) : m_fd(fd), m_coppiceDir(std::move(coppiceDir)) { }
    int m_fd = -1;
    QString m_coppiceDir;
};

} // namespace coppice::journal
