// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record_model.h"

#include <QPointer>

namespace coppice::ui {

/// What can be done by key or from the palette: each KeyCommand in QML tells itself here once. The key sheet and the
/// palette read the same list, so that they cannot say different things.
class Commands : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON
    Q_PROPERTY(coppice::ui::RecordModel *sheet READ sheet CONSTANT) ///< for the key sheet, by group
public:
    explicit Commands(QObject *parent = nullptr);

    struct Entry {
        QPointer<QObject> command;
        QString text;
        QString group; ///< a screen's title, or "Everywhere"
        QString keys;
        QString icon;
        [[nodiscard]] bool enabled() const;
    };
    /// `command` has the properties text, group, keysText, icon, listed, enabled, and the signal activated().
    Q_INVOKABLE void add(QObject *command);
    /// Fills `sheet` anew: the groups that hold something enabled first.
    Q_INVOKABLE void refreshSheet();
    [[nodiscard]] const std::vector<Entry> &entries() const { return m_entries; }
    [[nodiscard]] RecordModel *sheet() { return &m_sheet; }
    static void activate(QObject *command);

private:
    std::vector<Entry> m_entries;
    RecordModel m_sheet;
};

} // namespace coppice::ui
