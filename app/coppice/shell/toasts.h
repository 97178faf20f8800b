// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "error_info.h"
#include "record_model.h"

#include <QTimer>

#include <functional>

namespace coppice::ui {

/// Short notes over the window: what was done, with the way back while there is one. Errors stay until dismissed.
class Toasts : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Reached as App.toasts")
    Q_PROPERTY(coppice::ui::RecordModel *list READ list CONSTANT)
public:
    explicit Toasts(QObject *parent = nullptr);

    void tell(const QString &text, std::function<void()> undo = {});
    void tellError(const ErrorInfo &error);
    /// Undoes the newest that can be undone; false when there is none.
    Q_INVOKABLE bool undoNewest();
    Q_INVOKABLE void undo(const QString &key);
    Q_INVOKABLE void dismiss(const QString &key);
    [[nodiscard]] RecordModel *list() { return &m_list; }

private:
    struct Toast {
        QString key;
        QString text, where, fix;
        bool error = false;
        std::function<void()> undo;
        qint64 until = 0; ///< 0: until dismissed
    };
    void add(Toast toast);
    void refresh();
    void dropOld();

    std::vector<Toast> m_toasts;
    RecordModel m_list;
    QTimer m_timer;
    int m_next = 0;
};

} // namespace coppice::ui
