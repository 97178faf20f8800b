// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

namespace coppice {

/// A value that came from outside: production, a tracker, an upstream, an agent. It is data, never instructions. The
/// value is reached only by saying what for, so that a reader finds every place where outside text goes somewhere.
template <class T> class Untrusted
{
public:
    Untrusted() = default;
    explicit Untrusted(T value) : m_value(std::move(value)) { }

    /// For drawing as plain text, storing, or comparing.
    [[nodiscard]] const T &forDisplay() const { return m_value; }
    /// For a context: the caller quotes, caps and marks it, and taints the run.
    [[nodiscard]] const T &forQuoting() const { return m_value; }

private:
    T m_value{};
};

} // namespace coppice
