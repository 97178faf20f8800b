// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QTimer>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// The queue of runs as a whole: paused by whom and since when, held back by which provider's limit and until when.
class QueueView : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(bool paused READ paused NOTIFY changed)
    Q_PROPERTY(QString pausedBy READ pausedBy NOTIFY changed)
    Q_PROPERTY(double pausedAt READ pausedAt NOTIFY changed)
    Q_PROPERTY(QStringList limits READ limits NOTIFY changed) ///< a sentence each, with what is left of it
    Q_PROPERTY(int queued READ queued NOTIFY changed)
    Q_PROPERTY(int working READ working NOTIFY changed)
public:
    explicit QueueView(QObject *parent = nullptr);
    [[nodiscard]] bool paused() const { return m_paused; }
    [[nodiscard]] QString pausedBy() const { return m_pausedBy; }
    [[nodiscard]] double pausedAt() const { return m_pausedAt; }
    [[nodiscard]] QStringList limits() const { return m_limits; }
    [[nodiscard]] int queued() const { return m_queued; }
    [[nodiscard]] int working() const { return m_working; }

    Q_INVOKABLE void pause();
    Q_INVOKABLE void resume();
    Q_INVOKABLE void stopAll(); ///< pauses the queue and cancels what is under way

Q_SIGNALS:
    void changed();

private:
    void fill();
    void call(const QString &title, const QString &verb, const QString &told);

    QTimer m_countdown;
    QStringList m_limits;
    QString m_pausedBy;
    double m_pausedAt = 0;
    int m_queued = 0, m_working = 0;
    bool m_paused = false;
};

} // namespace coppice::ui
