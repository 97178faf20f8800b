// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <span>
#include <type_traits>
#include <vector>

namespace coppice::subtree {

/// Values by number, the first of which may lie in a mapped file (privately: a change stays in this process) and the
/// rest in memory, so that what an earlier run knew is there without being copied.
template <class T> class Column
{
    static_assert(std::is_trivially_copyable_v<T>);

public:
    /// In place of what there is.
    void adopt(std::span<T> base)
    {
        m_base = base;
        m_more.clear();
    }
    [[nodiscard]] size_t size() const { return m_base.size() + m_more.size(); }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] T &operator[](size_t i) { return i < m_base.size() ? m_base[i] : m_more[i - m_base.size()]; }
    [[nodiscard]] const T &operator[](size_t i) const { return i < m_base.size() ? m_base[i] : m_more[i - m_base.size()]; }
    void push_back(const T &value) { m_more.push_back(value); }
    void resize(size_t size, const T &value = {})
    {
        if (size > m_base.size())
            m_more.resize(size - m_base.size(), value);
    }
    void reserve(size_t size)
    {
        if (size > m_base.size())
            m_more.reserve(size - m_base.size());
    }
    /// `count` values that lie side by side: they were added without others in between.
    [[nodiscard]] std::span<const T> run(size_t from, size_t count) const { return {count ? &(*this)[from] : nullptr, count}; }
    [[nodiscard]] std::span<const T> base() const { return m_base; }
    [[nodiscard]] std::span<const T> more() const { return m_more; }

private:
    std::span<T> m_base;
    std::vector<T> m_more;
};

} // namespace coppice::subtree
