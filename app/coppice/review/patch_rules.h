// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/error_info.h"

#include <QJsonObject>
#include <QObject>
#include <QStringList>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// What git_policy says of a patch before it lands, as the engine says it.
class PatchRules : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(bool known READ known NOTIFY changed)
    Q_PROPERTY(QString subject READ subject NOTIFY changed)          ///< of the commit that it would land as
    Q_PROPERTY(QStringList refused READ refused NOTIFY changed)      ///< why it cannot be applied with this subject
    Q_PROPERTY(QStringList told READ told NOTIFY changed)            ///< what shipping it will say
public:
    explicit PatchRules(QObject *parent = nullptr) : QObject(parent) { }

    /// `message`: a person's own words for the commit; empty: as it is made from the title.
    Q_INVOKABLE void ask(const QString &patch, const QString &message = {});

    [[nodiscard]] bool known() const { return !m_state.isEmpty(); }
    [[nodiscard]] QString subject() const { return m_state.value(QLatin1String("subject")).toString(); }
    [[nodiscard]] QStringList refused() const { return sentences("applying"); }
    [[nodiscard]] QStringList told() const { return sentences("shipping"); }

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] QStringList sentences(const char *key) const;
    QString m_patch, m_message;
    QJsonObject m_state;
};

} // namespace coppice::ui
