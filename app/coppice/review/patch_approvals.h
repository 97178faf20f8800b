// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"

#include <QJsonObject>
#include <QObject>
#include <QStringList>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// Who approved what is accepted of a patch, and what is missing until it may land; as the engine says it.
class PatchApprovals : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(bool busy READ busy NOTIFY changed)
    Q_PROPERTY(bool asked READ asked NOTIFY changed)   ///< the library asks for more than the word of who applies
    Q_PROPERTY(QString approved READ approved NOTIFY changed) ///< names
    Q_PROPERTY(QString lapsed READ lapsed NOTIFY changed)     ///< names of who approved other content
    Q_PROPERTY(QStringList missing READ missing NOTIFY changed)
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY changed)
public:
    explicit PatchApprovals(QObject *parent = nullptr) : QObject(parent) { }

    Q_INVOKABLE void ask(const QString &patch);
    Q_INVOKABLE void approve(); ///< the same, with this person's word

    [[nodiscard]] bool busy() const { return m_busy; }
    [[nodiscard]] bool asked() const;
    [[nodiscard]] QString approved() const;
    [[nodiscard]] QString lapsed() const;
    [[nodiscard]] QStringList missing() const;
    [[nodiscard]] ErrorInfo error() const { return m_error; }

Q_SIGNALS:
    void changed();

private:
    void call(const QString &verb, const QString &what);
    [[nodiscard]] QString people(const char *key) const;

    QString m_patch;
    QJsonObject m_state;
    ErrorInfo m_error;
    bool m_busy = false;
};

} // namespace coppice::ui
