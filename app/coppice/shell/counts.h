// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QObject>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// How much waits on each screen, for the rail.
class Counts : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(int stamp READ stamp NOTIFY changed) ///< rises with every change
public:
    explicit Counts(QObject *parent = nullptr);
    /// `stamp` is there so that a binding depends on it.
    Q_INVOKABLE int of(const QString &screen, int stamp) const;
    [[nodiscard]] int stamp() const { return m_stamp; }

Q_SIGNALS:
    void changed();

private:
    void count();
    QMap<QString, int> m_counts;
    int m_stamp = 0;
};

} // namespace coppice::ui
