// SPDX-License-Identifier: GPL-3.0-or-later
#include "toasts.h"

#include <base/clock.h>

namespace coppice::ui {

namespace {
constexpr qint64 Shown = 6'000;
constexpr qint64 ShownWithUndo = 12'000;
constexpr size_t AtMost = 4;
} // namespace

Toasts::Toasts(QObject *parent) : QObject(parent), m_list({"text", "where", "fix", "error", "canUndo"})
{
    m_timer.setInterval(500);
    connect(&m_timer, &QTimer::timeout, this, &Toasts::dropOld);
}

void Toasts::tell(const QString &text, std::function<void()> undo)
{
    const qint64 until = nowMs() + (undo ? ShownWithUndo : Shown);
    add({{}, text, {}, {}, false, std::move(undo), until});
}

void Toasts::tellError(const ErrorInfo &error)
{
    add({{}, error.what, error.where, error.fix, true, {}, 0});
}

void Toasts::add(Toast toast)
{
    std::erase_if(m_toasts, [&](const Toast &there) { return there.text == toast.text && there.where == toast.where; });
    toast.key = QString::number(++m_next);
    m_toasts.push_back(std::move(toast));
    if (m_toasts.size() > AtMost)
        m_toasts.erase(m_toasts.begin());
    m_timer.start();
    refresh();
}

bool Toasts::undoNewest()
{
    for (size_t i = m_toasts.size(); i-- > 0;) {
        if (m_toasts[i].undo) {
            undo(QString(m_toasts[i].key));
            return true;
        }
    }
    return false;
}

void Toasts::undo(const QString &key)
{
    std::function<void()> back;
    for (auto &toast : m_toasts) {
        if (toast.key == key)
            back = std::move(toast.undo);
    }
    dismiss(key);
    if (back)
        back();
}

void Toasts::dismiss(const QString &key)
{
    std::erase_if(m_toasts, [&](const Toast &toast) { return toast.key == key; });
    refresh();
}

void Toasts::dropOld()
{
    const qint64 now = nowMs();
    std::erase_if(m_toasts, [&](const Toast &toast) { return toast.until != 0 && toast.until < now; });
    if (m_toasts.empty())
        m_timer.stop();
    refresh();
}

void Toasts::refresh()
{
    std::vector<Record> records;
    for (const auto &toast : m_toasts)
        records.push_back({toast.key, {toast.text, toast.where, toast.fix, toast.error, bool(toast.undo)}});
    m_list.setRecords(std::move(records));
}

} // namespace coppice::ui
